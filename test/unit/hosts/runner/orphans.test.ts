// When main is killed, its runners end by themselves, also those whose user code blocks.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lives, openRunner } from '#test/runners';

it('leaves no runner behind a killed main', async () => {
  await using runner = openRunner();
  const urls = [
    runner.agent('blocking', "console.log('on'); for (;;);"),
    runner.agent('micro', "console.log('on'); for (;;) await undefined;"),
    runner.agent('waiting', "console.log('on'); await new Promise(() => {});"),
  ];
  const program = join(import.meta.dirname, '../../../support/processes/runner-main.ts');
  const main = spawn(process.execPath, [program, runner.folder, ...urls], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line]: unknown[] = await once(main.stdout.setEncoding('utf8'), 'data');
  const pids = String(line).trim().split(' ').map(Number);
  expect(pids).toHaveLength(3);
  expect(pids.every(lives)).toBe(true);
  main.kill('SIGKILL');
  await runner.heard.until(() => !pids.some(lives));
});
