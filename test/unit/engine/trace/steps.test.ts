// Steps of a transcript without times, and transcripts written to a file.
import { stepsOf } from '#engine/trace/steps';
import { exportTranscriptsTo } from '#engine/trace/export/run';
import { turnsOf } from '#engine/turns/path';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonl, quietTask, workbench } from './bench.ts';

test('one step a turn, in order, without times', () => {
  const text = (said: string) => [{ type: 'text' as const, text: said }];
  const path = turnsOf([
    { role: 'context', content: text('S'), tools: [] },
    { role: 'user', content: text('Q') },
    {
      role: 'assistant',
      content: [],
      toolCalls: [
        { name: 'search', arguments: {} },
        { name: 'book', arguments: {} },
      ],
    },
    { role: 'tool', content: text('no'), call: 1, isError: true },
    { role: 'tool', content: text('yes'), call: 0 },
    { role: 'system', content: text('Hurry') },
    { role: 'assistant', content: text('A') },
  ]);
  const steps = stepsOf(path, 'gpt-x');
  expect(steps.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    'human user',
    'model gpt-x',
    'tool book',
    'tool search',
    'model gpt-x',
  ]);
  expect(steps.map(({ wrote }) => wrote)).toEqual([1, 2, 3, 4, 6].map((index) => path[index]?.id));
  expect(steps.map(({ read }) => read)).toEqual([0, 1, 2, 3, 5].map((index) => path[index]?.id));
  expect(steps.every((step) => !('startedAt' in step) && !('endedAt' in step))).toBe(true);
  expect(steps.map(({ error }) => error !== undefined)).toEqual([false, false, true, false, false]);
});

const records = ['a', 'b', 'c'].map((content) => ({ messages: [{ role: 'user', content }] }));

test('a file ending in .json is an array, any other JSONL', async () => {
  using bench = workbench();
  await bench.take(jsonl(records));
  const [array, lines] = [join(bench.folder, 'out.json'), join(bench.folder, 'out.jsonl')];
  expect(
    await exportTranscriptsTo(bench.store, {}, 'source', { path: array, overwrite: false }, quietTask()),
  ).toMatchObject({ records: 3 });
  await exportTranscriptsTo(bench.store, {}, 'source', { path: lines, overwrite: false }, quietTask());
  expect(JSON.parse(readFileSync(array, 'utf8'))).toEqual(records);
  expect(readFileSync(lines, 'utf8')).toBe(jsonl(records));
});

test('a cancelled export leaves no file, and an older one as it was', async () => {
  using bench = workbench();
  await bench.take(jsonl(records));
  const path = join(bench.folder, 'out.jsonl');
  const controller = new AbortController();
  controller.abort();
  await expect(
    exportTranscriptsTo(bench.store, {}, 'source', { path, overwrite: false }, quietTask(controller.signal)),
  ).rejects.toThrow('abort');
  expect(existsSync(path)).toBe(false);
  expect(readdirSync(bench.folder).filter((name) => name.includes('partial'))).toEqual([]);
  await expect(
    exportTranscriptsTo(
      bench.store,
      {},
      'source',
      { path: join(bench.folder, 'no/where'), overwrite: false },
      quietTask(),
    ),
  ).rejects.toMatchObject({ code: 'REFUSED' });
});
