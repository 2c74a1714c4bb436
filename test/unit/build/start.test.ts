// npm start and the command line say in words what is missing; they do not dump a stack.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { nodeIsNewEnough } from '../../../build/setup/host.mjs';

const build = resolve(import.meta.dirname, '../../../build');

function run(script: string, env: NodeJS.ProcessEnv): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
}

test.runIf(process.platform === 'linux')('without a display npm start says so and what to do', () => {
  const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
  const done = run(join(build, 'start.mjs'), env);
  expect(done.status).toBe(1);
  expect(done.stderr).toContain('no display');
  expect(done.stderr).toContain('xvfb-run -a npm start');
  expect(done.stderr).not.toMatch(/^\s+at /m);
});

test('a checkout that was never set up says what to run', () => {
  const bare = mkdtempSync(join(tmpdir(), 'atelier-bare-'));
  mkdirSync(join(bare, 'build'));
  cpSync(join(build, 'cli.mjs'), join(bare, 'build/cli.mjs'));
  cpSync(join(build, 'setup'), join(bare, 'build/setup'), { recursive: true });
  const done = run(join(bare, 'build/cli.mjs'), process.env);
  rmSync(bare, { recursive: true });
  expect(done.status).toBe(1);
  expect(done.stderr).toContain('node build/setup.mjs');
  expect(done.stderr).not.toMatch(/^\s+at /m);
});

test('knows which Node is too old', () => {
  expect(['18.20.0', '20.20.2', '22.11.0'].map((version) => nodeIsNewEnough(version))).toEqual([false, false, false]);
  expect(['22.12.0', '24.0.0', '26.1.0'].map((version) => nodeIsNewEnough(version))).toEqual([true, true, true]);
});
