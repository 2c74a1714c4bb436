// Reads `.env` files as dotenv and shells write them.
import { readFileSync, statSync } from 'node:fs';
import { Problem, sentenceOf } from '../problem.ts';

const longestFile = 1024 * 1024;
const mostVariables = 5000;

/** Values by name, in the order of the file; of two with one name the last counts. Throws a Problem where it cannot be read. */
export function readEnvFile(path: string): ReadonlyMap<string, string> {
  return parseEnv(textOf(path));
}

function textOf(path: string): string {
  const name = path.split(/[/\\]/u).at(-1) ?? path;
  try {
    const info = statSync(path);
    if (!info.isFile()) throw new Problem('BAD_INPUT', `${name} is no file.`);
    if (info.size > longestFile)
      throw new Problem('BAD_INPUT', `${name} is larger than 1 MiB: that is no .env file.`, 'Choose another one.');
    const text = readFileSync(path, 'utf8');
    if (text.includes('\0')) throw new Problem('BAD_INPUT', `${name} is no text.`, 'Choose a .env file.');
    return text;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('NOT_FOUND', `${name} cannot be read: ${sentenceOf(error)}.`, 'Check its name and its rights.');
  }
}

const assignment = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*(?:=|:[ \t])[ \t]*/u;

/**
 * `NAME=value` a line, with or without `export`; values bare (to the end of the line or " #"), in '…' or `…` as they stand, or in "…" with
 * \n, \r, \t, \" and \\; a quoted value may have several lines. Whatever else stands on a line is passed over. Nothing is expanded.
 */
export function parseEnv(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  let rest = text.replace(/^\uFEFF/u, '').replaceAll(/\r\n?/gu, '\n');
  while (rest !== '' && variables.size < mostVariables) {
    const start = assignment.exec(rest);
    const name = start?.[1];
    if (start === null || name === undefined) {
      rest = afterLine(rest);
      continue;
    }
    const [value, after] = valueAt(rest.slice(start[0].length));
    variables.delete(name);
    variables.set(name, value);
    rest = afterLine(after);
  }
  return variables;
}

/** The value that the text begins with, and what follows it. */
function valueAt(text: string): readonly [string, string] {
  const quoted = /^(?:'([^']*)'|`([^`]*)`|"((?:[^"\\]|\\[\s\S])*)")(?=[ \t]*(?:#|\n|$))/u.exec(text);
  if (quoted !== null) {
    const [whole, single, back, double] = quoted;
    return [single ?? back ?? unescaped(double ?? ''), text.slice(whole.length)];
  }
  const line = /^[^\n]*/u.exec(text)?.[0] ?? '';
  return [line.replace(/(?:^|[ \t])#.*$/u, '').trim(), text.slice(line.length)];
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unescaped(text: string): string {
  return text.replaceAll(
    /\\([\s\S])/gu,
    (whole, sign: string) => escapes[sign] ?? ('"\\$`'.includes(sign) ? sign : whole),
  );
}

function afterLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? '' : text.slice(end + 1);
}
