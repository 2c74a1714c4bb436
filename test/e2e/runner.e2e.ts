// Runners as Electron's utility processes: the same rights as under Node, and none is left behind when the app is killed.
import { expect, test } from '@playwright/test';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { electronLaunch } from '../../build/setup/electron.mjs';
import { root } from '../support/app.ts';
import { lives, openRunner } from '../support/runners.ts';

const built = join(root, 'out', 'runner');
const externals = {
  atelier: pathToFileURL(join(built, 'atelier.js')).href,
  zod: pathToFileURL(join(built, 'zod.js')).href,
};

test('a utility process keeps agent code from files, programs, secrets and network, and dies with the app', async () => {
  await using files = openRunner({}, externals);
  const trying = `
    const tried = {};
    const attempt = async (name, body) => {
      try { tried[name] = 'GOT ' + String(await body()); } catch (error) { tried[name] = error.message; }
    };
    const fs = await import('node:fs');
    await attempt('read', () => fs.readFileSync(${JSON.stringify(join(root, 'package.json'))}, 'utf8'));
    await attempt('environ', () => fs.readFileSync('/proc/self/environ', 'utf8'));
    await attempt('write', () => fs.writeFileSync('x', 'x'));
    await attempt('spawn', async () => (await import('node:child_process')).execSync('env'));
    await attempt('fetch', () => fetch('http://127.0.0.1:1'));
    await attempt('exit', () => process.exit(0));
    await attempt('linked', () => process._linkedBinding('electron_common_v8_util'));
    await attempt('parent', () => process.parentPort.postMessage({ type: 'left', run: 'r0' }));
    tried.env = Object.keys(process.env).join();
    console.log(JSON.stringify(tried));
    for (;;);`;
  const urls = [
    files.agent('trying', trying),
    files.agent('waiting', "console.log('on'); await new Promise(() => {});"),
    files.agent(
      'growing',
      "console.log('on'); const all = []; for (;;) all.push(Array.from({ length: 100 }, Math.random));",
    ),
  ];
  const bundles = join(files.folder, '.atelier', 'cache', 'agents');
  const launch = electronLaunch();
  if (launch === undefined) throw new Error('No Electron runtime is installed: run node build/setup.mjs.');
  const script = join(import.meta.dirname, '../support/processes/runner-electron.ts');
  const args = [...launch.args, script, '--', join(built, 'main.js'), `${built},${bundles}`, files.folder, ...urls];
  const main = spawn(launch.executable, args, {
    env: { ...process.env, ...launch.env, ATELIER_TEST_CANARY: 'canary-utility' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  main.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const told = (): Record<string, unknown>[] =>
    said.split('\n').flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [record(line)] : []));

  await expect
    .poll(() => told().find(({ lost }) => lost === 'r2'), { timeout: 30_000 })
    .toMatchObject({
      error: { name: 'OutOfMemory' },
    });
  await expect.poll(() => told().some(({ pids }) => pids !== undefined)).toBe(true);
  const tried = record(String(told().find(({ run }) => run === 'r0')?.text));
  expect(tried).toMatchObject({
    read: expect.stringContaining('restricted'),
    environ: expect.stringContaining('restricted'),
    write: 'Agent code writes no files; a tool may.',
    spawn: 'Agent code starts no programs; a tool may.',
    fetch: 'Agent code reaches the network only through tools and models.',
    exit: expect.stringContaining('process.exit is not available'),
    linked: expect.stringContaining('not available'),
    parent: expect.not.stringContaining('GOT'),
    env: expect.not.stringMatching(/CANARY|PATH|HOME|DBUS/u),
  });
  const pids = told().flatMap((one) => (Array.isArray(one.pids) ? one.pids.map(Number) : []));
  expect(pids.length).toBeGreaterThanOrEqual(2);
  main.kill('SIGKILL');
  await expect.poll(() => pids.filter(lives)).toEqual([]);
});

function record(text: string): Record<string, unknown> {
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
}
