// The writer of journals: commits shared by all runs, and stores that take nothing.
import { describe, expect, test } from 'vitest';
import type { JournalEvent } from '#contract/journal';
import type { RunSummary } from '#contract/run';
import { JournalWriter } from '#engine/control/journal-writer';
import type { NewEvent, Store } from '#engine/ports';
import { Problem } from '#engine/problem';
import { onEveryStore, temporaryStore } from '#test/store';

const run = (id: string): RunSummary => ({
  id: id.padStart(32, '0'),
  agent: 'a',
  file: 'agents/a.agent.ts',
  hash: 'h',
  status: 'queued',
  seed: 1,
  title: '',
  createdAt: 1,
  updatedAt: 1,
  step: 0,
  seq: 0,
  usage: { inputTokens: 0, outputTokens: 0 },
  open: 0,
});
const log = (text: string): NewEvent => ({ at: 5, event: { type: 'log', level: 'info', text } });
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Heard {
  readonly told: { readonly id: string; readonly events: readonly JournalEvent[] }[];
  readonly troubles: (Problem | undefined)[];
  readonly lost: string[];
  readonly broken: string[];
}

function writerOn(store: Store): { readonly writer: JournalWriter; readonly heard: Heard } {
  const heard: Heard = { told: [], troubles: [], lost: [], broken: [] };
  const writer = new JournalWriter(store, {
    committed: ({ id }, events) => void heard.told.push({ id, events }),
    trouble: (problem) => void heard.troubles.push(problem),
    unwritable: (id) => void heard.lost.push(id),
    broken: (id) => void heard.broken.push(id),
  });
  return { writer, heard };
}

/** The same store, whose transactions can be counted and made to fail. */
function watched(store: Store): { readonly store: Store; count: number; failure: Error | undefined } {
  const state = {
    count: 0,
    failure: undefined as Error | undefined,
    store: {
      ...store,
      transaction<T>(work: () => T): T {
        state.count += 1;
        if (state.failure !== undefined) throw state.failure;
        return store.transaction(work);
      },
    },
  };
  return state;
}

const full = new Problem('REFUSED', 'The disk is full; nothing of this step was saved.', 'Make room.');

onEveryStore('the writer of journals', (open) => {
  test('writes what all runs brought since the last commit in one', async () => {
    const store = watched(open());
    for (let n = 0; n < 100; n += 1) store.store.runs.create(run(String(n)));
    const { writer, heard } = writerOn(store.store);
    store.count = 0;
    for (let n = 0; n < 100; n += 1) writer.put(run(String(n)).id, { events: [log(`from ${n}`)], open: 0 });
    expect(heard.told).toEqual([]);
    await soon();
    expect(store.count).toBe(1);
    expect(heard.told).toHaveLength(100);
    expect(store.store.runs.events(run('42').id, 0, 10)[0]?.event).toMatchObject({ text: 'from 42' });
  });

  test('does what waits for the disk after it, in order', async () => {
    const store = open();
    store.runs.create(run('1'));
    const { writer, heard } = writerOn(store);
    const order: string[] = [];
    writer.put(run('1').id, {
      events: [log('one')],
      open: 0,
      within: () => void order.push('within'),
      after: () => void order.push(`after ${heard.told.length}`),
    });
    const done = writer.do(() => order.push('job')).then(() => order.push('job done'));
    await soon();
    await done;
    expect(order).toEqual(['within', 'job', 'after 1', 'job done']);
  });

  test('a job that fails takes nothing else with it', async () => {
    const store = open();
    store.runs.create(run('1'));
    const { writer } = writerOn(store);
    writer.put(run('1').id, { events: [log('one')], open: 0 });
    const failed = writer.do(() => {
      store.runs.create(run('2'));
      throw new Problem('CONFLICT', 'not so');
    });
    await expect(failed).rejects.toThrow('not so');
    expect(store.runs.get(run('2').id)).toBeUndefined();
    expect(store.runs.events(run('1').id, 0, 10)).toHaveLength(1);
  });

  test('a snapshot covers the events before it', async () => {
    const store = open();
    store.runs.create(run('1'));
    const { writer } = writerOn(store);
    const { id } = run('1');
    writer.put(id, { events: [log('1'), log('2')], open: 0 });
    writer.put(id, { open: 0, snapshot: { step: 3, state: {}, next: [], joins: {} } });
    writer.put(id, { events: [log('3')], open: 0 });
    await soon();
    expect(store.runs.snapshot(id, 3)?.seq).toBe(2);
  });
});

describe('a store that takes nothing', () => {
  test('nothing is told or begun; when there is room again all is written, in order', async () => {
    const store = watched(temporaryStore());
    const { id } = run('1');
    store.store.runs.create(run('1'));
    const { writer, heard } = writerOn(store.store);
    const begun: string[] = [];
    store.failure = full;
    writer.put(id, { events: [log('1')], open: 0, after: () => void begun.push('effect') });
    await soon();
    writer.put(id, { events: [log('2')], open: 0 });
    await soon();
    expect(heard.told).toEqual([]);
    expect(begun).toEqual([]);
    expect(writer.problem?.message).toContain('disk is full');
    await expect(writer.do(() => undefined)).rejects.toThrow('disk is full');
    store.failure = undefined;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(writer.problem).toBeUndefined();
    expect(begun).toEqual(['effect']);
    expect(store.store.runs.events(id, 0, 10).map(({ event }) => 'text' in event && event.text)).toEqual(['1', '2']);
    expect(heard.troubles.at(-1)).toBeUndefined();
    writer.close();
  });

  test('a run that alone cannot be written is given up; the others go on', async () => {
    const store = temporaryStore();
    store.runs.create(run('1'));
    store.runs.create(run('2'));
    const { writer, heard } = writerOn(store);
    writer.put(run('1').id, {
      events: [log('1')],
      open: 0,
      within: () => {
        throw new TypeError('a mistake');
      },
    });
    writer.put(run('2').id, { events: [log('2')], open: 0 });
    await soon();
    expect(heard.lost).toEqual([run('1').id]);
    expect(store.runs.events(run('2').id, 0, 10)).toHaveLength(1);
  });

  test('a run that is unknown is given up', async () => {
    const { writer, heard } = writerOn(temporaryStore());
    writer.put(run('9').id, { events: [log('1')], open: 0 });
    await soon();
    expect(heard.lost).toEqual([run('9').id]);
  });

  test('what goes wrong after the commit is told of its run, and keeps nobody else from theirs', async () => {
    const store = temporaryStore();
    store.runs.create(run('1'));
    store.runs.create(run('2'));
    const { writer, heard } = writerOn(store);
    const fail = (): void => {
      throw new TypeError('a mistake');
    };
    writer.put(run('1').id, { events: [log('1')], open: 0, after: fail });
    writer.put(run('2').id, { events: [log('2')], open: 0 });
    await soon();
    expect(heard.broken).toEqual([run('1').id]);
    expect(heard.told.map(({ id }) => id)).toEqual([run('1').id, run('2').id]);
  });
});
