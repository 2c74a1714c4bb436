// House rules no linter has: length, the opening line that says what a module does, no `export *`, no marked-off tests.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from './tree.ts';

const longest = 400;

/** What is wrong with one file, as lines. */
function problemsOf(path: string, text: string): string[] {
  const problems: string[] = [];
  const lines = text.split('\n');
  const length = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  if (length > longest) problems.push(`${path}: ${length} lines; over ${longest} is two files`);
  if (path.endsWith('.css')) return problems;
  const opening = lines[0]?.startsWith('#!') === true ? lines[1] : lines[0];
  if (opening === undefined || !/^(\/\/|\/\*\*?) \S/.test(opening)) {
    problems.push(`${path}:1: the first line must be a comment that says what the module does`);
  }
  lines.forEach((line, at) => {
    if (/^\s*export\s*\*/.test(line)) problems.push(`${path}:${at + 1}: export * hides what a module gives; name it`);
    if (/^\s*@\w+(\(.*\))?\s*$/.test(line)) problems.push(`${path}:${at + 1}: no decorators`);
  });
  return problems;
}

export function files(root: string): Promise<string | undefined> {
  const paths = sourceFiles(root, ['.ts', '.tsx', '.mjs', '.css']);
  if (paths.length === 0) return Promise.resolve('No source file was found: nothing was checked.');
  const problems = paths.flatMap((path) => problemsOf(path, readFileSync(join(root, path), 'utf8')));
  return Promise.resolve(problems.length === 0 ? undefined : problems.join('\n'));
}
