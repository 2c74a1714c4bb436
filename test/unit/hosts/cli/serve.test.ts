// `atelier serve` refuses what cannot be served before anything is opened.
import { expect, test } from 'vitest';
import { runCli } from '#hosts/cli/run';
import { temporaryFolder } from '#test/store';

async function serve(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  let said = '';
  const terminal = { write: (text: string) => (said += text) };
  const code = await runCli(['serve', ...args], {
    out: terminal,
    err: terminal,
    cwd: temporaryFolder(),
    signal: new AbortController().signal,
  });
  return { code, said };
}

test('a port that is none is a wrong command line', async () => {
  for (const port of ['99999', '-1', '80.5', 'http', '']) {
    const { code, said } = await serve(`--port=${port}`);
    expect([port, code, said]).toEqual([port, 2, expect.stringContaining('--port takes')]);
  }
});

test('a file is no workspace', async () => {
  const { code, said } = await serve('--workspace', import.meta.filename);
  expect(code).toBe(1);
  expect(said).toContain('is a file');
});
