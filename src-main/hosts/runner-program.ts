// Where the runner program lies, and the modules that it shares with agent bundles: built, or as sources.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Externals } from '#adapters/bundler';
import type { RunnerProgram } from '#engine/runner/program';
import { Problem } from '#engine/problem';

export interface RunnerPlace {
  /** For runners of this workspace: they may read its bundles too. */
  readonly program: (folder: string) => RunnerProgram;
  readonly externals: Externals;
}

/** Looks upwards from this module. */
export function runnerPlace(): RunnerPlace {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const place = builtIn(join(folder, 'runner')) ?? sourcesIn(folder);
    if (place !== undefined) return place;
    if (dirname(folder) === folder) break;
  }
  throw new Problem('INTERNAL', 'The program that runs agents is missing.', 'Install Atelier again.');
}

function builtIn(folder: string): RunnerPlace | undefined {
  const entry = join(folder, 'main.js');
  if (!existsSync(entry)) return undefined;
  const url = (name: string): string => pathToFileURL(join(folder, name)).href;
  return placeOf(entry, [folder], { atelier: url('atelier.js'), zod: url('zod.js') });
}

function sourcesIn(root: string): RunnerPlace | undefined {
  const entry = join(root, 'src-main', 'hosts', 'runner', 'main.ts');
  if (!existsSync(entry)) return undefined;
  const readable = ['src-main', 'src-preload', 'node_modules', 'package.json'].map((name) => join(root, name));
  const atelier = pathToFileURL(join(root, 'src-main', 'engine', 'graph', 'atelier.ts')).href;
  return placeOf(entry, readable, { atelier, zod: pathToFileURL(join(root, 'node_modules', 'zod', 'index.js')).href });
}

function placeOf(entry: string, readable: readonly string[], externals: Externals): RunnerPlace {
  const program = (folder: string): RunnerProgram => ({
    entry,
    readable: [...readable, join(folder, '.atelier', 'cache', 'agents')],
  });
  return { program, externals };
}
