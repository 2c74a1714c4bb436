// Where the runner program lies, and the modules that agent bundles import: built, or the sources they are built from.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { RunnerProgram } from '#engine/runner/program';

export interface RunnerFiles {
  readonly program: RunnerProgram;
  /** `file:` URLs. */
  readonly externals: { readonly atelier: string; readonly zod: string };
}

/** For the workspace in `folder`, whose bundles agent code may read. */
export function runnerFiles(folder: string): RunnerFiles {
  const bundles = join(folder, '.atelier', 'cache', 'agents');
  const built = builtFolder();
  if (built !== undefined) {
    return {
      program: { entry: join(built, 'main.js'), readable: [built, bundles] },
      externals: {
        atelier: pathToFileURL(join(built, 'atelier.js')).href,
        zod: pathToFileURL(join(built, 'zod.js')).href,
      },
    };
  }
  const root = resolve(import.meta.dirname, '../..');
  const zod = import.meta.resolve('zod');
  const sources = ['src-main', 'src-preload', 'package.json', 'node_modules'].map((name) => join(root, name));
  return {
    program: {
      entry: join(root, 'src-main/hosts/runner/main.ts'),
      readable: [...sources, dirname(fileURLToPath(zod)), bundles],
    },
    externals: { atelier: pathToFileURL(join(root, 'src-main/engine/graph/atelier.ts')).href, zod },
  };
}

/** Beside the folder of the bundle this runs from; undefined where it runs from source. */
function builtFolder(): string | undefined {
  if (import.meta.filename.endsWith('.ts')) return undefined;
  for (let at = import.meta.dirname; at !== dirname(at); at = dirname(at)) {
    const folder = join(at, 'runner');
    if (existsSync(join(folder, 'atelier.js'))) return folder;
  }
  throw new Error('The runner program is missing beside the app. Build it again: node build/setup.mjs.');
}
