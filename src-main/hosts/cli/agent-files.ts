// Agent files as a person names them: relative to where they stand, in the workspace that they belong to.
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { agentNameOf, isAgentFile } from '#engine/graph/agent-file';
import { didYouMean } from '#engine/graph/did-you-mean';
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
  const path = pathOf(named, cwd, from);
  if (path === undefined)
    throw new Problem('NOT_FOUND', `There is no file ${named}.`, 'Name an agent file: agents/triage.agent.ts.');
  const real = realpathSync(path);
  const folder = workspaceAround(real);
  const file = withSlashes(relative(folder, real));
  return { folder, file, text: await readFile(real, 'utf8') };
}

/** The agent's file relative to the workspace, with slashes: named from here, from the workspace, or by the agent's name alone. */
export function agentFile(named: string, cwd: string, workspace: string): string {
  const found = pathOf(named, cwd, workspace);
  if (found === undefined) throw new Problem('NOT_FOUND', `There is no agent ${named}.`, agentsThere(named, workspace));
  const inside = relative(workspace, found);
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside))
    throw new Problem(
      'BAD_INPUT',
      `${found} is not in the workspace ${workspace}.`,
      'An agent runs in the workspace its file lies in: name that with --workspace DIR.',
    );
  return withSlashes(inside);
}

function pathOf(named: string, cwd: string, workspace: string): string | undefined {
  return [
    resolve(cwd, named),
    resolve(cwd, `${named}.agent.ts`),
    resolve(workspace, named),
    resolve(workspace, 'agents', `${named}.agent.ts`),
  ].find((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

function withSlashes(path: string): string {
  return path.split(sep).join('/');
}

function workspaceAround(path: string): string {
  const own = dirname(path);
  for (let folder = own; dirname(folder) !== folder; folder = dirname(folder)) {
    if (existsSync(join(folder, '.atelier'))) return folder;
  }
  return own.endsWith(`${sep}agents`) ? dirname(own) : own;
}

function agentsThere(named: string, workspace: string): string {
  const folder = join(workspace, 'agents');
  const names = (existsSync(folder) ? readdirSync(folder) : [])
    .map((name) => `agents/${name}`)
    .filter(isAgentFile)
    .map(agentNameOf);
  return didYouMean(named, names.toSorted(), 'Make one: atelier new agent NAME --template chat.');
}
