// The import as a whole: once is enough, cancelling loses nothing, and what repeats itself is stored once.
import { formatNames } from '#contract/trace';
import { newTask } from '#engine/jobs';
import type { Store, Task } from '#engine/ports';
import { Problem } from '#engine/problem';
import { importFiles } from '#engine/trace/import/run';
import { madeTranscript } from '#test/transcripts';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { benchMemory } from '../../../bench/import.ts';
import { clock, jsonl, quietTask, workbench } from './bench.ts';

describe('importing again', () => {
  const records = [0, 1, 2, 1].map((seed) => ({ model: `m${seed}`, messages: madeTranscript(seed, 9) }));

  test('finds everything and adds nothing, an identical record included', async () => {
    using bench = workbench();
    const first = await bench.take(jsonl(records));
    expect(first.summary).toMatchObject({ traces: 4, newTraces: 4, messages: 36, turns: 27, newTurns: 27 });
    const second = await bench.take(jsonl(records));
    expect(second.summary).toMatchObject({ traces: 4, newTraces: 0, messages: 36, turns: 27, newTurns: 0 });
    expect(await bench.give()).toEqual(records.map((record) => JSON.stringify(record)));
  });

  test('the same records as an array, with other white space, are the same traces', async () => {
    using bench = workbench();
    await bench.take(jsonl(records));
    const { summary } = await bench.take(JSON.stringify(records, null, 4), 'auto', 'log.json');
    expect(summary).toMatchObject({ traces: 4, newTraces: 0, newTurns: 0 });
  });

  test('preferences keep their pair and their label', async () => {
    using bench = workbench();
    const content = jsonl([
      { prompt: 'Q', chosen: 'a', rejected: 'b' },
      { prompt: 'Q', chosen: 'b', rejected: 'a' },
    ]);
    const first = await bench.take(content);
    expect(first.summary).toMatchObject({ traces: 4, pairs: 2, newPairs: 1, rejected: 1 });
    expect(first.rejects[0]?.cause).toBe(
      'Another record prefers the other side of the same pair; the first one stands.',
    );
    const second = await bench.take(content);
    expect(second.summary).toMatchObject({ pairs: 2, newPairs: 0, newTraces: 0 });
    expect(bench.store.labels.list({}, 0, 10).total).toBe(1);
  });

  test('a removed trace comes back', async () => {
    using bench = workbench();
    await bench.take(jsonl(records));
    const [trace] = bench.store.traces.list({}, { by: 'position', descending: false }, 0, 1).items;
    bench.store.traces.setRemoved([trace?.id ?? ''], true);
    expect(bench.store.traces.count()).toBe(3);
    await bench.take(jsonl(records));
    expect(bench.store.traces.count()).toBe(4);
  });
});

test('what a full disk rolled back counts nowhere', async () => {
  using bench = workbench();
  const { store } = bench;
  const records = Array.from({ length: 2500 }, (_, index) => ({ messages: [{ role: 'user', content: `${index}` }] }));
  let commits = 0;
  const failing: Store = {
    ...store,
    close: () => store.close(),
    transaction: (work) =>
      store.transaction(() => {
        const result = work();
        commits += 1;
        if (commits === 2) throw new Problem('REFUSED', 'The disk is full.');
        return result;
      }),
  };
  const paths = [bench.file('log.jsonl', jsonl(records))];
  const [summary] = await importFiles(failing, clock, paths, { format: 'auto' }, quietTask());
  const stored = store.traces.count();
  expect(stored).toBe(1000);
  expect(summary).toMatchObject({ state: 'failed', traces: stored, newTraces: stored, messages: stored });
  expect(store.imports.get(summary?.id ?? '')).toEqual(summary);
});

describe('cancelling', () => {
  test('what was taken stays; importing again completes it', async () => {
    using bench = workbench();
    const records = Array.from({ length: 3000 }, (_, seed) => ({ messages: madeTranscript(seed, 5) }));
    const path = bench.file('log.jsonl', jsonl(records));
    const controller = new AbortController();
    const quiet = newTask(controller.signal, () => {});
    let calls = 0;
    const task: Task = {
      signal: controller.signal,
      progress: (done, message) => {
        calls += 1;
        if (calls === 4) controller.abort();
        return quiet.progress(done, message);
      },
    };
    const [summary, next] = await importFiles(bench.store, clock, [path, path], { format: 'auto' }, task);
    expect(summary?.state).toBe('cancelled');
    expect(next).toBeUndefined();
    expect(summary?.traces).toBeGreaterThan(0);
    expect(summary?.traces).toBeLessThan(3000);
    expect(bench.store.traces.count()).toBe(summary?.traces);
    expect(bench.store.imports.get(summary?.id ?? '')).toMatchObject({ state: 'cancelled', traces: summary?.traces });
    const [again] = await importFiles(bench.store, clock, [path], { format: 'auto' }, quietTask());
    expect(again).toMatchObject({ state: 'done', traces: 3000, newTraces: 3000 - (summary?.traces ?? 0) });
  });

  test('progress grows to the end', async () => {
    using bench = workbench();
    const path = bench.file(
      'log.jsonl',
      jsonl(Array.from({ length: 2500 }, (_, seed) => ({ messages: madeTranscript(seed, 5) }))),
    );
    const shares: number[] = [];
    const task: Task = {
      signal: new AbortController().signal,
      progress: (done) => {
        shares.push(done ?? Number.NaN);
        return Promise.resolve();
      },
    };
    await importFiles(bench.store, clock, [path, path], { format: 'auto' }, task);
    expect(shares.length).toBeGreaterThan(5);
    expect(shares).toEqual(shares.toSorted((left, right) => left - right));
    expect(shares.at(-1)).toBe(1);
  });
});

describe('what repeats itself', () => {
  test('200 cumulative requests take a fifth of their bytes at most, and go out equal', async () => {
    using bench = workbench();
    const whole = madeTranscript(7, 200);
    const tools = [
      {
        type: 'function',
        function: {
          name: 'search',
          description: 'x'.repeat(2000),
          parameters: { type: 'object', properties: { q: {} } },
        },
      },
    ];
    const requests = whole.map((_, index) => ({
      model: 'm',
      tools,
      messages: whole.slice(0, index + 1),
      request_id: `r${index}`,
    }));
    const content = jsonl(requests);
    const { summary } = await bench.take(content);
    expect(summary).toMatchObject({ traces: 200, messages: (200 * 201) / 2, turns: 200, newTurns: 200 });
    expect(await bench.give()).toEqual(requests.map((request) => JSON.stringify(request)));
    bench.store.close();
    const size = statSync(join(bench.folder, 'studio.db')).size;
    expect(size / content.length).toBeLessThan(0.2);
  });

  test('two formats that say the same stand on the same turns', async () => {
    using bench = workbench();
    await bench.take(
      jsonl([
        {
          messages: [
            { role: 'system', content: 'S' },
            { role: 'user', content: 'U' },
            { role: 'assistant', content: 'A' },
          ],
        },
      ]),
      'openai-chat',
    );
    const { summary } = await bench.take(
      jsonl([
        {
          system: [{ type: 'text', text: 'S' }],
          messages: [
            { role: 'user', content: [{ type: 'text', text: 'U' }] },
            { role: 'assistant', content: 'A' },
          ],
        },
      ]),
      'anthropic',
    );
    expect(summary).toMatchObject({ turns: 3, newTurns: 0, newTraces: 1 });
  });
});

describe('memory', () => {
  test('a 64 MB file needs a fraction of it', { timeout: 120_000 }, async () => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    if (typeof collect === 'function') collect();
    const figures = await benchMemory({ megabytes: 64 });
    expect(figures.inputBytes).toBeGreaterThan(64e6);
    // Text alone would be 64 MB, its objects several times that.
    expect((figures.peakBytes - figures.beforeBytes) / 1e6).toBeLessThan(400);
  });
});

const shared = join(
  import.meta.dirname,
  '../../../../../shared/data/tau-bench-airline/gpt-4o-airline.tasks-00-24.json',
);

describe('real τ-bench results', () => {
  const missing = !existsSync(shared);
  if (missing) process.stderr.write(`Skipped: the real ${formatNames['tau-bench']} file is not at ${shared}.\n`);

  test.skipIf(missing)(
    '100 traces, 2,962 messages on 2,857 turns, rewards, 11 tasks with both outcomes; out equal',
    async () => {
      using bench = workbench();
      const text = readFileSync(shared, 'utf8');
      const { summary } = await bench.take(text, 'auto', 'results.json');
      expect(summary).toMatchObject({
        format: 'tau-bench',
        traces: 100,
        newTraces: 100,
        messages: 2962,
        turns: 2857,
        newTurns: 2857,
        scores: 100,
        rejected: 0,
      });
      const traces = bench.store.traces.list({}, { by: 'position', descending: false }, 0, 1000).items;
      const rewards = traces.map(({ scores }) => scores[0]?.value);
      expect([0, 1].map((value) => rewards.filter((reward) => reward === value).length)).toEqual([69, 31]);
      const outcomes = Map.groupBy(traces, ({ group }) => group);
      expect(outcomes.size).toBe(25);
      expect(
        [...outcomes.values()].filter((group) => new Set(group.map(({ scores }) => scores[0]?.value)).size === 2),
      ).toHaveLength(11);
      const records: unknown[] = JSON.parse(text) as unknown[];
      expect(await bench.give()).toEqual(records.map((record) => JSON.stringify(record)));
    },
  );
});
