// Reads which tools an agent names, and from which files they come.
import { posix } from 'node:path';
import type { Expression } from 'oxc-parser';
import type { AgentGraph } from '#contract/agent';
import type { Reading } from './reading.ts';

type GraphTool = AgentGraph['tools'][number];

export function readTools(
  reading: Reading,
  expression: Expression,
): { readonly tools: readonly GraphTool[]; readonly whole: boolean } {
  const object = reading.object(expression, 'the tools', 'Write them as an object: `tools: { search }`.');
  if (object === undefined) return { tools: [], whole: false };
  const tools = object.list.map(({ name, value }): GraphTool => {
    const at = reading.scope.resolve(value);
    const file = at.type === 'Identifier' ? fileOf(reading, at.name) : undefined;
    if (!file?.startsWith('tools/')) {
      const from = file === undefined ? 'is not imported from' : `comes from ${file}, not from`;
      const cause = `The tool "${name}" ${from} a file of tools/.`;
      const suggestion = 'Put it in a file of tools/ with `defineTool`, export it there and import it here.';
      reading.report('foreign-tool', value, cause, suggestion);
    }
    return file === undefined ? { name } : { name, file };
  });
  return { tools, whole: object.whole };
}

/** The file, relative to the workspace, from which a name is imported; undefined where it is from here or from a package. */
export function fileOf(reading: Reading, local: string): string | undefined {
  const module = reading.scope.imports.get(local)?.module;
  if (module === undefined || !/^\.{0,2}\//u.test(module)) return undefined;
  const path = posix.normalize(posix.join(posix.dirname(reading.source.file), module));
  // TypeScript finds search.ts under the name search.js too.
  const named = path.replace(/\.js$/u, '.ts').replace(/\.mjs$/u, '.mts');
  return /\.[cm]?[jt]s$/u.test(named) ? named : `${named}.ts`;
}
