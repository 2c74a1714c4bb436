// The curl examples of the README do what they say, against a real server with a real key.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { apiStudio } from '#test/api-studio';

const readme = readFileSync(join(import.meta.dirname, '../../../../README.md'), 'utf8');

/** Those of the section, each with the lines it goes on in. */
function examples(): string[] {
  const section = /^## API\n(.*?)^## /ms.exec(readme)?.[1] ?? '';
  const lines = section.replaceAll('\\\n', '').split('\n');
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('curl '));
}

const expected: readonly unknown[] = [
  { name: 'Riverside Books', isSample: true },
  { total: expect.any(Number), items: expect.arrayContaining([expect.objectContaining({ name: expect.any(String) })]) },
  expect.arrayContaining([expect.objectContaining({ name: 'Ada' })]),
  { detail: { pair: { prompt: expect.any(String) } }, swapped: expect.any(Boolean) },
  { id: expect.stringMatching(/^[0-9a-f]{32}$/), agent: 'triage' },
  { total: expect.any(Number) },
];

test('the curl examples work as they stand', { timeout: 60_000 }, async () => {
  if (process.platform === 'win32') {
    process.stdout.write('Not run: the examples are written for a POSIX shell.\n');
    return;
  }
  const studio = await apiStudio({ sample: true });
  const key = studio.key('read', 'write');
  await studio.settled(key);
  const env = { ...process.env, ATELIER_URL: studio.address, ATELIER_KEY: key };
  const commands = examples();
  expect(commands).toHaveLength(expected.length);
  for (const [at, command] of commands.entries()) {
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `${command} --fail-with-body`], { env });
    expect({ command, answer: JSON.parse(stdout) as unknown }).toMatchObject({ command, answer: expected[at] });
  }
});
