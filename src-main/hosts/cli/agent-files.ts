// Agent files as a person names them: relative to where they stand, in the workspace that they belong to.
import { existsSync, realpathSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Problem } from '#engine/problem';

export interface NamedFile {
  /** The workspace: the nearest folder upwards with `.atelier`; else the folder above `agents/`; else the file's own. */
  readonly folder: string;
  /** Relative to it, with / as separator. */
  readonly file: string;
  readonly text: string;
}

/** `named`: a path, or the name of an agent of the workspace `from`, which is the current folder unless said. Throws NOT_FOUND. */
export async function namedAgentFile(named: string, cwd: string, from = cwd): Promise<NamedFile> {
  const path = [
    resolve(cwd, named),
    resolve(cwd, `${named}.agent.ts`),
    resolve(from, named),
    resolve(from, 'agents', `${named}.agent.ts`),
  ].find((one) => statSync(one, { throwIfNoEntry: false })?.isFile() === true);
  if (path === undefined)
    throw new Problem('NOT_FOUND', `There is no file ${named}.`, 'Name an agent file: agents/triage.agent.ts.');
  const real = realpathSync(path);
  const folder = workspaceAround(real);
  const file = relative(folder, real).split(sep).join('/');
  return { folder, file, text: await readFile(real, 'utf8') };
}

function workspaceAround(path: string): string {
  const own = dirname(path);
  for (let folder = own; dirname(folder) !== folder; folder = dirname(folder)) {
    if (existsSync(join(folder, '.atelier'))) return folder;
  }
  return own.endsWith(`${sep}agents`) ? dirname(own) : own;
}
