// Runs over time: clocks that jump, files that change, readers early and late, what user code prints.
import { describe, expect, test, vi } from 'vitest';
import type { RunEvent } from '#contract/journal';
import type { RunUpdate } from '#contract/run';
import { agentFile, node, played, PlayedClock, step, toolFile, type Played } from '#test/played-runners';
import { temporaryStore } from '#test/store';

const opened = (id: string, until?: number): RunEvent => ({
  type: 'interrupt.opened',
  id,
  kind: until === undefined ? 'human' : 'wait',
  title: 'Well?',
  ...(until === undefined
    ? { form: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] } }
    : { until }),
});
describe('time', () => {
  const wait = '/1:wait';

  /** A run that sleeps for 10 s. */
  async function sleeping(studio: Played): Promise<string> {
    const { id } = await studio.begin();
    const until = studio.clock.time + 10_000;
    studio.runners.tells(id, opened(wait, until));
    studio.runners.leaves(id, { type: 'run.slept', until });
    await studio.settle();
    return id;
  }

  test('wakes a run that sleeps, with an answer by the clock', async () => {
    const store = temporaryStore();
    const before = played(store, { crashes: true });
    const id = await sleeping(before);
    expect(before.control.get(id).run).toMatchObject({
      status: 'sleeping',
      open: 0,
      wakeAt: before.clock.time + 10_000,
    });
    // A clock that was set back wakes nothing.
    const clock = new PlayedClock();
    clock.time = before.clock.time - 1_000_000;
    const early = played(store, { bundler: before.bundler, clock, crashes: true });
    await early.control.open({ resume: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(early.runners.orders).toEqual([]);
    await early.control.close();
    // One that was set forward wakes at once.
    clock.time = before.clock.time + 86_400_000;
    const late = played(store, { bundler: before.bundler, clock });
    await late.control.open({ resume: true });
    await vi.waitUntil(() => late.runners.in.has(id));
    expect(
      late.runners
        .orderOf(id)
        .resume?.events.slice(-2)
        .map(({ event }) => event),
    ).toMatchObject([{ type: 'interrupt.answered', id: wait, by: 'clock' }, { type: 'run.resumed' }]);
    expect(late.control.get(id).run).toMatchObject({ status: 'running' });
  });

  test('a run whose file has changed meanwhile pauses, with the difference in its journal', async () => {
    const store = temporaryStore();
    const studio = played(store);
    const id = await sleeping(studio);
    studio.bundler.put(agentFile, 'another agent', [toolFile]);
    studio.clock.time += 20_000;
    await studio.control.open({ resume: true });
    await vi.waitUntil(() => studio.control.get(id).run.status === 'paused');
    const last = studio.control.journal(id, 0, 100).events.at(-2);
    expect(last?.event).toMatchObject({ type: 'log', level: 'error', text: expect.stringContaining('+another agent') });
  });
});

describe('a file that has changed', () => {
  async function paused(options: Parameters<typeof played>[1] = {}): Promise<{ studio: Played; id: string }> {
    const studio = played(temporaryStore(), options);
    const { id } = await studio.begin();
    studio.runners.leaves(id, { type: 'run.paused', why: 'asked' });
    await studio.settle();
    return { studio, id };
  }

  test('is refused with what is different, and taken again once it is put back', async () => {
    const { studio, id } = await paused();
    studio.bundler.put(toolFile, 'other tools');
    const refused = studio.control.resume(id);
    await expect(refused).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('-tools') });
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('+other tools') });
    await expect(refused).rejects.toMatchObject({ message: expect.not.stringContaining('an agent') });
    expect(studio.control.get(id).run.status).toBe('paused');
    studio.bundler.put(toolFile, 'tools');
    expect(await studio.control.resume(id)).toMatchObject({ status: 'running' });
  });

  test('with a version that says how to come there: the runner brings the state over, main says the hash', async () => {
    const { studio, id } = await paused({ version: '1' });
    const before = studio.control.get(id).run;
    studio.bundler.put(agentFile, 'the second agent', [toolFile]);
    studio.runners.descriptions.set(agentFile, {
      agent: { input: {}, state: {}, version: '2', migratesFrom: ['1'], tools: [] },
      tools: [],
    });
    await studio.control.resume(id);
    expect(studio.runners.orderOf(id)).toMatchObject({ migrateFrom: '1' });
    studio.runners.tells(id, { type: 'run.migrated', from: '1', to: '2', hash: 'a lie', delta: [] });
    await studio.settle();
    const { run } = studio.control.get(id);
    expect(run.version).toBe('2');
    expect(run.hash).not.toBe(before.hash);
    expect(run.hash).not.toBe('a lie');
    expect(studio.store.runs.source(run.hash)?.files[agentFile]).toBe('the second agent');
  });
});

describe('readers', () => {
  async function read(studio: Played, id: string, after: number, count: number): Promise<RunUpdate[]> {
    const stop = new AbortController();
    const updates: RunUpdate[] = [];
    for await (const update of studio.control.watch(id, after, stop.signal)) {
      updates.push(update);
      if (updates.length === count) stop.abort();
    }
    return updates;
  }
  const seqs = (updates: readonly RunUpdate[]): number[] =>
    updates.flatMap((update) => (update.kind === 'events' ? update.events.map(({ seq }) => seq) : []));

  test('a late one misses nothing, one that returns gets what it has not', async () => {
    const studio = played(temporaryStore());
    const { id } = await studio.begin();
    for (let n = 1; n <= 1200; n += 1) studio.runners.tells(id, step(n, {}, ['n']));
    await studio.settle();
    const all = await read(studio, id, 0, 3);
    expect(seqs(all)).toEqual(Array.from({ length: 1202 }, (_, n) => n + 1));
    expect(seqs(await read(studio, id, 1200, 1))).toEqual([1201, 1202]);
    expect(() => studio.control.watch('0'.repeat(32), 0, undefined)).toThrow('There is no run');
  });

  test('events are told only once they are on disk, then at once', async () => {
    const studio = played(temporaryStore());
    const { id } = await studio.begin();
    const updates = read(studio, id, 2, 1);
    studio.runners.tells(id, node(1, 'n'));
    expect(seqs(await updates)).toEqual([3]);
  });

  test('tokens come as they are said; one that comes later gets all that was said first; a slow one fewer pieces', async () => {
    const studio = played(temporaryStore());
    const { id } = await studio.begin();
    let speak: (text: string) => void = () => undefined;
    let end: () => void = () => undefined;
    studio.models.reply = ({ onText }) => {
      speak = (text) => onText('text', text);
      return new Promise((resolve) => {
        end = () =>
          resolve({
            message: { role: 'assistant', content: [{ type: 'text', text: 'abcdef' }] },
            stop: 'end',
            model: 'm',
            usage: { inputTokens: 1, outputTokens: 1 },
          });
      });
    };
    const key = '/1:n#1.1';
    const messages = [{ role: 'context', content: [], tools: [] }];
    studio.runners.asks(id, key, 'model', 'test/m', { messages, parameters: {} });
    await studio.settle();
    const stop = new AbortController();
    const quick = studio.control.watch(id, 3, stop.signal);
    const slow = studio.control.watch(id, 3, stop.signal);
    const next = async (reader: typeof quick): Promise<RunUpdate | undefined> =>
      (await reader.next()).value ?? undefined;
    let waits = next(quick);
    speak('ab');
    expect(await waits).toEqual({ kind: 'tokens', key, channel: 'text', offset: 0, text: 'ab' });
    waits = next(quick);
    speak('c');
    expect(await waits).toMatchObject({ offset: 2, text: 'c' });
    speak('d');
    expect(await next(slow)).toMatchObject({ offset: 0, text: 'abcd' });
    expect(await next(quick)).toMatchObject({ offset: 3, text: 'd' });
    speak('ef');
    end();
    await studio.settle();
    // Both come too late for the last two.
    for (const reader of [quick, slow]) {
      expect(await next(reader)).toMatchObject({ kind: 'events' });
      expect(await next(reader)).toEqual({ kind: 'skipped', key, characters: 2 });
    }
    stop.abort();
    await Promise.all([quick.next(), slow.next()]);
  });

  test('views are told at once, then ten times a second at most', async () => {
    const studio = played(temporaryStore());
    const { id } = await studio.begin();
    await new Promise((resolve) => setTimeout(resolve, 250));
    const before = studio.changes.count;
    for (let n = 1; n <= 50; n += 1) {
      studio.runners.tells(id, step(n, {}, ['n']));
      await studio.settle();
    }
    expect(studio.changes.count - before).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(studio.changes.count - before).toBeLessThan(10);
  });
});

describe('what user code prints', () => {
  test('goes into the journal, up to a limit', async () => {
    const studio = played(temporaryStore());
    const { id } = await studio.begin();
    studio.runners.prints(id, 'hello', 3);
    studio.runners.prints(undefined, 'from nobody in particular');
    for (let n = 0; n < 40; n += 1) studio.runners.prints(id, 'x'.repeat(64 * 1024));
    await studio.settle();
    const texts = studio.control
      .journal(id, 0, 1000)
      .events.flatMap(({ event }) => (event.type === 'log' ? [event.text] : []));
    expect(texts[0]).toBe('hello\n… 3 bytes were left out here.');
    expect(texts[1]).toBe('from nobody in particular');
    expect(texts.at(-1)).toContain('prints too much');
    expect(texts.join('').length).toBeLessThan(1_100_000);
  });
});
