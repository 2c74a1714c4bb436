// The peers of the bench: pinned in test/bench/peers/package.json, installed there on first use, apart from the project's own packages.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const folder = join(import.meta.dirname, '..', 'peers');
const packageSchema = z.looseObject({
  dependencies: z.record(z.string(), z.string()),
  overrides: z.record(z.string(), z.string()),
});

export const langGraphScript = join(folder, 'langgraph.mjs');
export const xstateScript = join(folder, 'xstate.mjs');

/**
 * Installs what is missing, no install scripts, and says so. A folder of its own: a package.json beside our own benches would change what
 * their `#engine/…` imports mean. Throws where npm cannot.
 */
export function installPeers(): void {
  const { dependencies, overrides } = packageSchema.parse(
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  );
  const wanted = Object.entries({ ...dependencies, ...overrides });
  if (wanted.every(([name, version]) => installedVersion(name) === version)) return;
  process.stdout.write(
    `Installing the peers of the bench into test/bench/peers: ${wanted.map((one) => one.join(' ')).join(', ')}\n`,
  );
  const args = [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
  ];
  const npm = spawnSync('npm', [...args, '--loglevel=error'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) throw new Error('The peers of the bench could not be installed: see what npm says above.');
}

function installedVersion(name: string): string | undefined {
  const file = join(folder, 'node_modules', name, 'package.json');
  return existsSync(file)
    ? z.looseObject({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version
    : undefined;
}
