// npm start and the command line say in words what is missing or done instead; they do not dump a stack.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { nodeIsNewEnough } from '../../../build/setup/host.mjs';

const build = resolve(import.meta.dirname, '../../../build');

function run(script: string, env: NodeJS.ProcessEnv): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
}

/** The scripts in a folder of their own, with a command line that only tells how it was called. */
function bareCheckout(): string {
  const bare = mkdtempSync(join(tmpdir(), 'atelier-bare-'));
  mkdirSync(join(bare, 'build'));
  cpSync(join(build, 'start.mjs'), join(bare, 'build/start.mjs'));
  cpSync(join(build, 'setup'), join(bare, 'build/setup'), { recursive: true });
  const told = "process.stdout.write(process.argv.slice(2).join(' ') + '\\n');";
  const untilEnded =
    "process.on('SIGTERM', () => { process.stdout.write('ended'); process.exit(7); }); setInterval(() => {}, 1000);";
  writeFileSync(join(bare, 'build/cli.mjs'), untilEnded + told);
  return bare;
}

test.runIf(process.platform === 'linux')(
  'without a display npm start says so and serves instead, until it is ended',
  async () => {
    const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
    const bare = bareCheckout();
    const child = spawn(process.execPath, [join(bare, 'build/start.mjs'), '--port', '0'], { env });
    let [out, err] = ['', ''];
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (text.includes('\n')) child.kill('SIGTERM');
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    rmSync(bare, { recursive: true });
    expect(out).toBe('serve --text --port 0\nended');
    expect(code).toBe(7);
    expect(err).toContain('no display');
    expect(err).toContain('ssh -L');
    expect(err).not.toMatch(/^\s+at /m);
  },
);

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
