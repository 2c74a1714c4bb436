// Builds what the bench measures of ours, as the app is built: sources whose types are stripped as they load take memory of their own.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..', '..', '..');
const out = join(root, 'out', 'bench');

/** Beside the runner program in `out`, which the set-up has built; it is found from there as the app finds it. */
export async function buildOurs(): Promise<void> {
  if (!existsSync(join(root, 'out', 'runner', 'main.js'))) {
    throw new Error('Nothing is built yet: npm run bench:runtime does that by itself, or run node build/setup.mjs.');
  }
  await build({
    entryPoints: [join(import.meta.dirname, 'ours.ts')],
    outfile: join(out, 'ours.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.12',
    external: ['better-sqlite3', 'esbuild'],
    logLevel: 'error',
  });
}

export const ours = join(out, 'ours.js');
