// Runs as people and programs ask for them: from start to end, what is asked in between, and runners that die.
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '#contract/journal';
import { agentFile, node, played, PlayedBundler, step, type Played } from '#test/played-runners';
import { onEveryStore, temporaryStore } from '#test/store';

const opened = (id: string, until?: number): RunEvent => ({
  type: 'interrupt.opened',
  id,
  kind: until === undefined ? 'human' : 'wait',
  title: 'Well?',
  ...(until === undefined
    ? { form: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] } }
    : { until }),
});
const ask = '/1:ask';

/** A run that waits for a person and has left its runner. */
async function waiting(studio: Played): Promise<string> {
  const { id } = await studio.begin();
  studio.runners.tells(id, opened(ask));
  studio.runners.leaves(id, { type: 'run.slept' });
  await studio.settle();
  return id;
}

onEveryStore('runs', (open) => {
  test('a run begins with its input, and ends', async () => {
    const studio = played(open());
    const run = await studio.control.start({ file: agentFile, input: { text: '  What\nis it? ' }, seed: 7 });
    expect(run).toMatchObject({ status: 'queued', agent: 'a', title: 'What is it?', seed: 7, seq: 1 });
    expect(studio.runners.orderOf(run.id)).toMatchObject({ input: { text: '  What\nis it? ' }, seed: 7 });
    expect(studio.runners.orderOf(run.id).resume).toBeUndefined();
    studio.runners.tells(run.id, step(0, {}, ['n']), node(1, 'n'), step(1, { a: 1 }, []));
    await studio.settle();
    expect(studio.control.get(run.id).run).toMatchObject({ status: 'running', step: 1, seq: 4 });
    studio.runners.leaves(run.id, { type: 'run.finished' });
    await studio.settle();
    expect(studio.control.get(run.id).run).toMatchObject({ status: 'finished', seq: 5 });
    expect(studio.control.counts()).toMatchObject({ total: 1, byStatus: { finished: 1 } });
    expect(studio.runners.sent).toContainEqual({ type: 'ack', run: run.id, count: 3 });
    await expect(studio.control.pause(run.id)).rejects.toThrow('has ended');
  });

  test('an input that does not fit is refused before anything begins', async () => {
    const studio = played(open());
    const started = studio.control.start({ file: agentFile, input: { n: 'x' } });
    await expect(started).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('n: ') });
    expect(studio.control.counts().total).toBe(0);
  });

  test('a thousand that start at once share their commits', async () => {
    const store = open();
    let commits = 0;
    let depth = 0;
    const counted = {
      ...store,
      transaction<T>(work: () => T): T {
        if (depth === 0) commits += 1;
        depth += 1;
        try {
          return store.transaction(work);
        } finally {
          depth -= 1;
        }
      },
    };
    const studio = played(counted);
    const starts = Array.from({ length: 1000 }, (_, n) => studio.control.start({ file: agentFile, input: { n } }));
    const runs = await Promise.all(starts);
    expect(commits).toBeGreaterThan(0);
    expect(commits).toBeLessThan(20);
    const before = commits;
    for (const { id } of runs) studio.runners.tells(id, step(0, {}, ['n']));
    await studio.settle();
    expect(commits - before).toBeGreaterThan(0);
    expect(commits - before).toBeLessThan(5);
    expect(studio.control.counts().byStatus.running).toBe(1000);
  });

  test('an answer wakes a run that sleeps; a crash before that loses neither', async () => {
    const studio = played(open());
    const id = await waiting(studio);
    expect(studio.control.get(id).run).toMatchObject({ status: 'waiting', open: 1 });
    await expect(studio.control.answer(id, ask, { ok: 'no' }, 'me')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await studio.control.answer(id, ask, { ok: true }, 'me');
    const { resume } = studio.runners.orderOf(id);
    expect(resume?.events.map(({ event }) => event.type)).toEqual([
      'run.started',
      'step.finished',
      'interrupt.opened',
      'run.slept',
      'interrupt.answered',
      'run.resumed',
    ]);
    expect(studio.control.get(id)).toMatchObject({ run: { status: 'running', open: 0 }, interrupts: [] });
    // As it would be found after a crash.
    expect(studio.store.runs.unfinished(9).map((run) => run.id)).toEqual([id]);
    await expect(studio.control.answer(id, ask, { ok: true }, 'me')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('an answer that comes while it falls asleep is heard', async () => {
    const studio = played(open());
    const { id } = await studio.begin();
    studio.runners.tells(id, opened(ask));
    await studio.settle();
    const answered = studio.control.answer(id, ask, { ok: true }, 'me');
    await studio.settle();
    await answered;
    expect(studio.runners.sent).toContainEqual({ type: 'answer', run: id, interrupt: ask, value: { ok: true } });
    // It had gone to sleep before that reached it.
    studio.runners.leaves(id, { type: 'run.slept' });
    await studio.settle();
    expect(studio.runners.orders.filter(({ order }) => order.run === id)).toHaveLength(2);
    // And where it did hear, it is left to sleep.
    studio.runners.tells(id, node(1, 'ask'), step(1, {}, ['next']), opened('/2:next'));
    studio.runners.leaves(id, { type: 'run.slept' });
    await studio.settle();
    expect(studio.runners.orders.filter(({ order }) => order.run === id)).toHaveLength(2);
    expect(studio.control.get(id).run).toMatchObject({ status: 'waiting', open: 1 });
  });

  test('a paused run keeps an answer until it is resumed', async () => {
    const studio = played(open());
    const id = await waiting(studio);
    expect(await studio.control.pause(id)).toMatchObject({ status: 'paused', open: 1 });
    expect(await studio.control.answer(id, ask, { ok: true }, 'me')).toMatchObject({ status: 'paused', open: 0 });
    expect(studio.runners.in.has(id)).toBe(false);
    await studio.control.resume(id);
    expect(studio.runners.in.has(id)).toBe(true);
  });

  test('pause and step are told to the runner', async () => {
    const studio = played(open());
    const { id } = await studio.begin();
    await studio.control.pause(id);
    expect(studio.runners.sent).toContainEqual({ type: 'pause', run: id });
    studio.runners.leaves(id, { type: 'run.paused', why: 'asked' });
    await studio.settle();
    expect(await studio.control.resume(id, { step: true })).toMatchObject({ status: 'running' });
    expect(studio.runners.orderOf(id).pause).toBe('step');
  });

  test('breakpoints and until outlive the process, and go with the run', async () => {
    const store = open();
    const studio = played(store, { crashes: true });
    const breakpoints = [{ when: 'before', node: 'n' } as const];
    const { id } = await studio.control.start({ file: agentFile, input: {}, until: 'n', breakpoints });
    expect(studio.runners.orderOf(id)).toMatchObject({ until: 'n', breakpoints });
    const next = played(store, { bundler: studio.bundler });
    await next.control.open({ resume: true });
    expect(next.runners.orderOf(id)).toMatchObject({ until: 'n', breakpoints });
    next.runners.tells(id, step(0, {}, ['n']));
    next.runners.leaves(id, { type: 'run.paused', why: 'until', at: '/1:n' });
    await next.settle();
    await next.control.resume(id);
    expect(next.runners.orderOf(id).until).toBeUndefined();
    await next.settle();
    const told = next.changes.count;
    expect((await next.control.setBreakpoints(id, [])).breakpoints).toEqual([]);
    await expect.poll(() => next.changes.count).toBeGreaterThan(told);
    next.runners.leaves(id, { type: 'run.finished' });
    await next.settle();
    expect(store.settings.get(`run:${id}`)).toBeUndefined();
  });
});

describe('cancel', () => {
  test('reaches the runner and what is under way', async () => {
    const studio = played(temporaryStore());
    let stopped = false;
    studio.models.reply = ({ signal }) => new Promise(() => signal.addEventListener('abort', () => (stopped = true)));
    const { id } = await studio.begin();
    const messages = [{ role: 'context', content: [], tools: [] }];
    studio.runners.asks(id, '/1:n#1.1', 'model', 'test/m', { messages, parameters: {} });
    await studio.settle();
    const cancelled = studio.control.cancel(id);
    await studio.settle();
    expect(stopped).toBe(true);
    expect(studio.runners.sent).toContainEqual({ type: 'cancel', run: id });
    studio.runners.leaves(id, { type: 'run.cancelled' });
    expect(await cancelled).toMatchObject({ status: 'cancelled' });
  });

  test('a runner that does not obey loses the run', async () => {
    const studio = played(temporaryStore());
    const { id } = await studio.begin();
    expect(await studio.control.cancel(id)).toMatchObject({ status: 'cancelled' });
    expect(studio.runners.dropped).toEqual([id]);
    // What it still says comes too late.
    studio.runners.tells(id, node(1, 'n'));
    await studio.settle();
    expect(studio.types(id).at(-1)).toBe('run.cancelled');
  });

  test('a run that paused between two steps needs no runner for it; one that waits does, to undo', async () => {
    const studio = played(temporaryStore());
    const { id } = await studio.begin();
    studio.runners.leaves(id, { type: 'run.paused', why: 'asked' });
    await studio.settle();
    expect(await studio.control.cancel(id)).toMatchObject({ status: 'cancelled' });
    expect(studio.runners.orders).toHaveLength(1);
    const other = await waiting(studio);
    const cancelled = studio.control.cancel(other);
    await studio.settle();
    expect(studio.runners.sent).toContainEqual({ type: 'cancel', run: other });
    studio.runners.leaves(other, { type: 'run.cancelled' });
    expect(await cancelled).toMatchObject({ status: 'cancelled', open: 0 });
  });
});

describe('a runner that dies', () => {
  test('not alone: the run goes on alone; three times alone with no result in between: it has failed', async () => {
    const studio = played(temporaryStore());
    const { id } = await studio.begin();
    studio.runners.loses(id, false);
    await studio.settle();
    expect(studio.runners.orders.at(-1)).toMatchObject({ alone: true, order: { run: id } });
    for (let n = 0; n < 2; n += 1) {
      studio.runners.loses(id, true);
      await studio.settle();
    }
    expect(studio.control.get(id).run.status).toBe('running');
    studio.runners.tells(id, node(1, 'n'), step(1, {}, ['n', 'm']));
    studio.runners.loses(id, true);
    await studio.settle();
    studio.runners.tells(id, node(2, 'n'));
    for (let n = 0; n < 2; n += 1) {
      studio.runners.loses(id, true);
      await studio.settle();
      expect(studio.control.get(id).run.status).toBe('running');
    }
    studio.runners.loses(id, true);
    await studio.settle();
    const { status, error } = studio.control.get(id).run;
    expect(status).toBe('failed');
    expect(error?.message).toMatch(/^Given up after 3 tries/u);
  });

  test('one that lets go of a run without a word, or lies, ends only that run', async () => {
    const studio = played(temporaryStore());
    const [one, two, three] = [await studio.begin(), await studio.begin(), await studio.begin()];
    studio.runners.left(one.id);
    studio.runners.says(two.id, { at: 1, event: '{"type":"effect.finished","key":"k","ms":1,"result":1}' });
    studio.runners.says(three.id, { at: 1, event: '{"type":' });
    await studio.settle();
    for (const { id } of [one, two, three]) {
      expect(studio.control.get(id).run).toMatchObject({ status: 'failed', error: { name: 'Protocol' } });
    }
    expect(studio.control.get(two.id).run.error?.message).toContain('not its to tell');
  });

  test('one that cannot begin an order says why', async () => {
    const studio = played(temporaryStore());
    const run = await studio.control.start({ file: agentFile, input: {} });
    studio.runners.refuses(run.id, { name: 'ZodError', message: 'text: too short' });
    await studio.settle();
    expect(studio.control.get(run.id).run).toMatchObject({ status: 'failed', error: { message: 'text: too short' } });
  });
});

describe('edit', () => {
  test('is done by the runner, which may refuse it', async () => {
    const studio = played(temporaryStore());
    const { id } = await studio.begin();
    await expect(studio.control.edit(id, { a: 1 }, [])).rejects.toThrow('Only a paused run');
    studio.runners.leaves(id, { type: 'run.paused', why: 'asked' });
    await studio.settle();
    const edited = studio.control.edit(id, { a: 1 }, ['b']);
    await studio.settle();
    expect(studio.runners.orderOf(id)).toMatchObject({ edit: { set: { a: 1 }, remove: ['b'] }, pause: 'now' });
    studio.runners.tells(id, { type: 'run.edited', delta: [['=', ['a'], 1]] });
    studio.runners.leaves(id, { type: 'run.paused', why: 'asked' });
    expect(await edited).toMatchObject({ status: 'paused' });
    const refused = studio.control.edit(id, { a: 'x' }, []).catch((error: unknown) => error);
    await studio.settle();
    studio.runners.refuses(id, { name: 'BadEdit', message: 'a: not a number' });
    expect(await refused).toMatchObject({ code: 'BAD_INPUT', message: 'a: not a number' });
    expect(studio.control.get(id).run.status).toBe('paused');
  });
});

test('a bundler is asked with the file as it is now, and a missing one said so', async () => {
  const bundler = new PlayedBundler();
  const studio = played(temporaryStore(), { bundler });
  await expect(studio.control.start({ file: agentFile, input: {} })).rejects.toThrow('there is no agents/a.agent.ts');
});
