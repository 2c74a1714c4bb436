// Files written aside: nothing of anybody else's is touched, and what goes wrong is said in words.
import { exportTranscriptsTo } from '#engine/trace/export/run';
import { fileProblem, writeFileAside } from '#engine/trace/export/written-file';
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonl, quietTask, workbench } from './bench.ts';

const records = ['a', 'b'].map((content) => ({ messages: [{ role: 'user', content }] }));

test('a file that holds something else stays, unless it is to be replaced', async () => {
  using bench = workbench();
  await bench.take(jsonl(records));
  const path = bench.file('out.jsonl', 'mine');
  bench.file('out.jsonl.partial', 'mine as well');
  const write = (overwrite: boolean): Promise<unknown> =>
    exportTranscriptsTo(bench.store, {}, 'source', { path, overwrite }, quietTask());
  await expect(write(false)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(readFileSync(path, 'utf8')).toBe('mine');
  await write(true);
  expect(readFileSync(path, 'utf8')).toBe(jsonl(records));
  // The same again is no conflict; longer or shorter is one.
  await write(false);
  for (const other of [`${jsonl(records)}x`, jsonl(records).slice(0, -1)]) {
    writeFileSync(path, other);
    await expect(write(false)).rejects.toMatchObject({ code: 'CONFLICT' });
  }
  expect(readFileSync(`${path}.partial`, 'utf8')).toBe('mine as well');
  expect(readdirSync(bench.folder).filter((name) => name.endsWith('.partial'))).toEqual(['out.jsonl.partial']);
});

test('a difference is found before the rest is asked for', async () => {
  using bench = workbench();
  const path = bench.file('out.txt', 'something else');
  let asked = 0;
  const body = async (write: (text: string) => Promise<void>): Promise<void> => {
    for (; asked < 100; asked += 1) await write('x'.repeat(100_000));
  };
  await expect(writeFileAside(path, { overwrite: false }, body)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(asked).toBeLessThan(5);
});

test('a link stays a link', async () => {
  using bench = workbench();
  const target = bench.file('real.txt', 'old');
  const link = join(bench.folder, 'link.txt');
  symlinkSync(target, link);
  await writeFileAside(link, { overwrite: true }, (write) => write('new'));
  expect(readFileSync(target, 'utf8')).toBe('new');
});

test('a folder, a device, a missing folder are said in words', async () => {
  using bench = workbench();
  const nothing = (): Promise<void> => Promise.resolve();
  const attempt = (path: string): Promise<unknown> => writeFileAside(path, { overwrite: true }, nothing);
  mkdirSync(join(bench.folder, 'folder'));
  await expect(attempt(join(bench.folder, 'folder'))).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringMatching(/is a folder\.$/),
    hint: 'Name a file in it.',
  });
  await expect(attempt(join(bench.folder, 'no/where'))).rejects.toMatchObject({
    code: 'REFUSED',
    message: expect.stringMatching(/could not be written: there is no such folder\.$/),
  });
});

test.skipIf(process.platform === 'win32')('a device is no place for a file', async () => {
  const attempt = writeFileAside('/dev/null', { overwrite: true }, () => Promise.resolve());
  await expect(attempt).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

test.each([
  ['ENOSPC', 'there is no room left on its disk'],
  ['EACCES', 'you may not write there'],
  ['EISDIR', 'a folder stands there'],
])('%s is %s', (code, said) => {
  const error = Object.assign(new Error(`${code}: raw`), { code, syscall: 'write' });
  expect(fileProblem('x.jsonl', error)).toMatchObject({ message: `x.jsonl could not be written: ${said}.` });
});
