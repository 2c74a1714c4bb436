// Runs every kind of test and ends with one line: N passed, N failed. Arguments: unit, conformance, e2e.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { electronLaunch, standInNotice } from './setup/electron.mjs';
import { root, say } from './setup/host.mjs';
import { readPlaywright, readVitest, type Outcome } from './tallies.ts';

const results = join(root, 'test-results');

type Runner = { name: string; run: () => Promise<Outcome> };

function exec(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', (error) => {
      say(`${command} could not be started: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Where a runner writes its report; an old one must not be read as a new one. */
function freshReport(name: string): string {
  const file = join(results, `${name}.json`);
  rmSync(file, { force: true });
  return file;
}

const bin = (path: string): string => join(root, 'node_modules', path);

async function vitest(folder: string): Promise<Outcome> {
  const report = freshReport(folder);
  const args = ['run', `test/${folder}/`, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await exec(process.execPath, [bin('vitest/vitest.mjs'), ...args]);
  return readVitest(report, code);
}

async function playwright(): Promise<Outcome> {
  const launch = electronLaunch();
  const notice = standInNotice();
  if (notice !== undefined) say(notice);
  const report = freshReport('e2e');
  const command = [process.execPath, bin('@playwright/test/cli.js'), 'test'];
  const headless = process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'];
  const screen = ['xvfb-run', '-a', '-s', '-screen 0 1920x1200x24'];
  const [program = '', ...args] = headless ? [...screen, ...command] : command;
  const code = await exec(program, args, { ...launch?.env, ATELIER_TEST_REPORT: report });
  return readPlaywright(report, code);
}

/** A kind of test whose folder does not exist is not run; one whose folder runs nothing fails. */
const runners: Runner[] = [
  { name: 'unit', run: () => vitest('unit') },
  { name: 'conformance', run: () => vitest('conformance') },
  { name: 'e2e', run: playwright },
];

async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !runners.some((runner) => runner.name === name));
  if (unknown.length > 0) {
    say(`No such kind of test: ${unknown.join(', ')}. There are: ${runners.map((runner) => runner.name).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  mkdirSync(results, { recursive: true });
  let passed = 0;
  let failed = 0;
  const notes: string[] = [];
  for (const { name, run } of runners) {
    const folder = join(root, 'test', name);
    const wanted = asked.length === 0 ? existsSync(folder) && readdirSync(folder).length > 0 : asked.includes(name);
    if (!wanted) continue;
    const outcome = await run();
    passed += outcome.passed;
    failed += outcome.failed;
    notes.push(`${name}: ${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped.length} skipped`);
    notes.push(
      ...outcome.skipped.map((title) => `  skipped: ${title}`),
      ...outcome.problems.map((line) => `  ${line}`),
    );
  }
  if (passed + failed === 0) {
    failed = 1;
    notes.push('No test was run.');
  }
  process.stdout.write(`\n${notes.join('\n')}\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
