// What a runner may not do, whatever runs in it: pass one effect off as another, lead a journal astray; and two who act at once.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Wakes } from '#engine/control/wakes';
import { agentFile, played, step, toolFace, toolFile, type Played } from '#test/played-runners';
import { temporaryStore } from '#test/store';

const key = '/1:n#1.1';
const pay = toolFace('pay', { effect: 'write' });
const put = toolFace('put', { effect: 'write', idempotent: true });

function allowing(): string {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-policy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'policies.json'), '{"rules":[{"tool":"*","decision":"allow"}]}');
  return folder;
}

test('what a person is asked to allow cannot be exchanged under the same key', async () => {
  const studio = played(temporaryStore(), { tools: [pay] });
  const { id } = await studio.begin();
  studio.runners.asks(id, key, 'tool', `${toolFile}#pay`, { to: 'a friend' });
  await studio.settle();
  studio.runners.tells(id, step(1, {}, ['n']));
  studio.runners.asks(id, key, 'tool', `${toolFile}#pay`, { to: 'a foe' });
  await studio.settle();
  expect(studio.control.get(id).run).toMatchObject({ status: 'failed', error: { name: 'Protocol' } });
  expect(studio.runners.calls).toEqual([]);
});

test.each([0, 2, 77])('step %i out of order ends the run', async (next) => {
  const studio = played(temporaryStore());
  const { id } = await studio.begin();
  expect(studio.control.get(id).run.step).toBe(0);
  studio.runners.tells(id, step(next, {}, ['n']));
  await studio.settle();
  expect(studio.control.get(id).run).toMatchObject({ status: 'failed', step: 0, error: { name: 'Protocol' } });
});

test('a write that timed out is not tried again without leave', async () => {
  const studio = played(temporaryStore(), { tools: [pay], folder: allowing() });
  studio.runners.tool = () => Promise.reject(Object.assign(new Error('too slow'), { name: 'Timeout' }));
  const { id } = await studio.begin();
  studio.runners.asks(id, key, 'tool', `${toolFile}#pay`, { id: 'drawn by try 1' });
  await studio.settle();
  studio.runners.asks(id, '/1:n#2.1', 'tool', `${toolFile}#pay`, { id: 'drawn by try 2' });
  await studio.settle();
  expect(studio.runners.calls).toHaveLength(1);
  expect(studio.control.get(id).interrupts).toMatchObject([{ id: '/1:n#2.1', kind: 'unsure' }]);
  studio.runners.tool = () => Promise.resolve('done');
  await studio.control.answer(id, '/1:n#2.1', { again: true }, 'me');
  await studio.settle();
  expect(studio.runners.settled(id, '/1:n#2.1')).toMatchObject({ settled: { result: 'done' } });
});

test('a write that its node let go of is in doubt too, in whatever try of what is around it', async () => {
  const studio = played(temporaryStore(), { tools: [pay], folder: allowing() });
  studio.runners.tool = ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(Object.assign(new Error('let go'), { name: 'Cancelled' })));
    });
  const { id } = await studio.begin();
  studio.runners.asks(id, '/1:s/1:n#1.1', 'tool', `${toolFile}#pay`, {});
  await studio.settle();
  const error = { name: 'Timeout', message: 'too slow' };
  studio.runners.tells(id, { type: 'node.failed', scope: '', step: 1, node: 's', ms: 1, try: 1, error, retryAt: 1 });
  await studio.settle();
  studio.runners.asks(id, '/1:s#2/1:n#1.1', 'tool', `${toolFile}#pay`, {});
  await studio.settle();
  expect(studio.runners.calls).toHaveLength(1);
  expect(studio.control.get(id).interrupts).toMatchObject([{ kind: 'unsure' }]);
});

test('a write that is idempotent, or that said itself that it failed, is tried again', async () => {
  const studio = played(temporaryStore(), { tools: [pay, put], folder: allowing() });
  const { id } = await studio.begin();
  for (const [tool, name] of [
    ['put', 'Timeout'],
    ['pay', 'NoMoney'],
  ]) {
    studio.runners.tool = () => Promise.reject(Object.assign(new Error('no'), { name }));
    for (const tried of [1, 2]) {
      studio.runners.asks(id, `/1:${tool}#${tried}.1`, 'tool', `${toolFile}#${tool}`, {});
      await studio.settle();
    }
  }
  expect(studio.runners.calls).toHaveLength(4);
});

test('leave does not go against a policy that denies it by now', async () => {
  const folder = allowing();
  writeFileSync(join(folder, 'policies.json'), '{"rules":[]}');
  const studio = played(temporaryStore(), { tools: [pay], folder });
  const { id } = await studio.begin();
  studio.runners.asks(id, key, 'tool', `${toolFile}#pay`, {});
  await studio.settle();
  writeFileSync(join(folder, 'policies.json'), '{"rules":[{"tool":"pay","decision":"deny"}]}');
  await studio.control.answer(id, key, { allow: true }, 'me');
  await studio.settle();
  expect(studio.runners.calls).toEqual([]);
  expect(studio.runners.settled(id, key)).toMatchObject({ settled: { error: { name: 'Refused' } } });
});

test('of two who answer a question at once one is told that it was too late, and a pause in between counts', async () => {
  const studio = played(temporaryStore());
  const { id } = await studio.begin();
  studio.runners.tells(id, { type: 'interrupt.opened', id: '/1:n', kind: 'human', title: 'Well?' });
  studio.runners.leaves(id, { type: 'run.slept' });
  await studio.settle();
  const ordered = studio.runners.orders.length;
  const said = await Promise.allSettled([
    studio.control.answer(id, '/1:n', 'yes', 'me'),
    studio.control.answer(id, '/1:n', 'no', 'you'),
    studio.control.pause(id),
  ]);
  await studio.settle();
  expect(said.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  expect(studio.types(id).filter((type) => type === 'interrupt.answered')).toHaveLength(1);
  expect(studio.control.get(id).run.status).toBe('paused');
  expect(studio.runners.orders).toHaveLength(ordered);
});

test('a store that cannot be read when runs are to be woken is asked again', async () => {
  const store = temporaryStore();
  const woken: string[] = [];
  let isBroken = true;
  const runs = {
    ...store.runs,
    due() {
      if (isBroken) throw new Error('disk I/O error');
      return { ids: woken.length === 0 ? ['r'] : [], next: undefined };
    },
  };
  const wakes = new Wakes(
    runs,
    { now: () => Date.now() },
    {
      wake: (run) => {
        woken.push(run);
        return Promise.resolve();
      },
      wakeLive() {},
    },
  );
  wakes.open(true);
  onTestFinished(() => wakes.close());
  await new Promise((resolve) => setTimeout(resolve, 50));
  isBroken = false;
  wakes.waits('other', Date.now());
  await expect.poll(() => woken).toEqual(['r']);
});

test('an agent cannot call its own code a tool, which may more than it', async () => {
  const studio = played(temporaryStore(), { tools: [toolFace('look', { file: agentFile })], folder: allowing() });
  studio.runners.descriptions.set(toolFile, { tools: [] });
  const { id } = await studio.begin();
  studio.runners.asks(id, key, 'tool', `${agentFile}#look`, {});
  await studio.settle();
  expect(studio.runners.calls).toEqual([]);
  expect(studio.runners.settled(id, key)).toMatchObject({
    settled: { error: { name: 'Refused', message: expect.stringContaining('tools/') } },
  });
});

test('the journal takes so much log of a run, and says that more was left out', async () => {
  const studio = played(temporaryStore());
  const { id } = await studio.begin();
  const text = 'x'.repeat(1_000_000);
  for (let n = 0; n < 30; n += 1) studio.runners.tells(id, { type: 'log', level: 'info', text });
  studio.runners.tells(id, step(1, {}, ['n']));
  await studio.settle();
  const { events } = studio.control.journal(id, 0, 1000);
  const logs = events.flatMap(({ event }) => (event.type === 'log' ? [event.text] : []));
  expect(logs.join('').length).toBeLessThan(17_000_000);
  expect(logs.at(-1)).toMatch(/left out\.$/u);
  expect(studio.control.get(id).run.step).toBe(1);
});

test('a journal that leads nowhere is a sentence, and what was before can be read', async () => {
  const studio = played(temporaryStore());
  const { id } = await studio.begin();
  studio.runners.tells(id, step(1, { a: 1 }, ['n']));
  studio.runners.tells(id, {
    type: 'step.finished',
    scope: '',
    step: 2,
    delta: [['=', ['__proto__', 'x'], 1]],
    next: ['n'],
  });
  await studio.settle();
  expect(studio.control.state(id, '', 1).state).toEqual({ a: 1 });
  expect(() => studio.control.state(id, '', 2)).toThrow('The journal cannot be read on at event 4');
});

describe('what is asked of a run that is just falling asleep', () => {
  async function fallingAsleep(): Promise<{ readonly studio: Played; readonly id: string }> {
    const studio = played(temporaryStore());
    const { id } = await studio.begin();
    studio.runners.tells(
      id,
      { type: 'interrupt.opened', id: '/1:n', kind: 'human', title: 'Well?' },
      { type: 'run.slept' },
    );
    return { studio, id };
  }

  test('cancel ends it, by way of another runner', async () => {
    const { studio, id } = await fallingAsleep();
    const cancelled = studio.control.cancel(id);
    await studio.settle();
    studio.runners.left(id);
    await studio.settle();
    expect(studio.runners.sent.map(({ type }) => type)).toContain('cancel');
    studio.runners.leaves(id, { type: 'run.cancelled' });
    expect((await cancelled).status).toBe('cancelled');
  });

  test('a cancel that it does not hear any more ends it all the same', async () => {
    const studio = played(temporaryStore());
    const { id } = await studio.begin();
    const cancelled = studio.control.cancel(id);
    await studio.settle();
    studio.runners.leaves(id, { type: 'run.slept', until: studio.clock.time + 1e9 });
    await studio.settle();
    studio.runners.leaves(id, { type: 'run.cancelled' });
    expect((await cancelled).status).toBe('cancelled');
  });

  test('pause pauses it', async () => {
    const { studio, id } = await fallingAsleep();
    const paused = studio.control.pause(id);
    await studio.settle();
    studio.runners.left(id);
    expect((await paused).status).toBe('paused');
    const other = await studio.begin();
    await studio.control.pause(other.id);
    studio.runners.leaves(other.id, { type: 'run.slept' });
    await studio.settle();
    expect(studio.control.get(other.id).run.status).toBe('paused');
  });

  test('a runner that dies on the way out takes nothing along', async () => {
    const studio = played(temporaryStore());
    const { id } = await studio.begin();
    studio.runners.tells(id, { type: 'run.paused', why: 'asked' });
    studio.runners.loses(id, true);
    await studio.settle();
    expect(studio.control.get(id).run.status).toBe('paused');
    expect(studio.runners.orders).toHaveLength(1);
  });

  test('resume of one that is just pausing sets it going again', async () => {
    const studio = played(temporaryStore());
    const { id } = await studio.begin();
    studio.runners.tells(id, { type: 'run.paused', why: 'asked' });
    const resumed = studio.control.resume(id);
    await studio.settle();
    studio.runners.left(id);
    expect((await resumed).status).toBe('running');
    expect(studio.runners.orders).toHaveLength(2);
  });
});

describe('a run whose journal is damaged', () => {
  test('says what is missing, and can be cancelled', async () => {
    const store = temporaryStore();
    const studio = played(store);
    const { id } = await studio.begin();
    studio.runners.leaves(id, { type: 'run.paused', why: 'asked' });
    await studio.settle();
    const events = store.runs.events.bind(store.runs);
    store.runs.events = (run, after, limit) => events(run, after, limit).slice(0, -1);
    await expect(studio.control.resume(id)).rejects.toThrow('1 of its 3 events are missing');
    expect((await studio.control.cancel(id)).status).toBe('cancelled');
  });

  test('is cancelled though its runner refuses it', async () => {
    const studio = played(temporaryStore());
    const { id } = await studio.begin();
    studio.runners.tells(id, { type: 'interrupt.opened', id: '/1:n', kind: 'human', title: 'Well?' });
    studio.runners.leaves(id, { type: 'run.slept' });
    await studio.settle();
    const cancelled = studio.control.cancel(id);
    await studio.settle();
    studio.runners.refuses(id, { name: 'Error', message: 'A change leads nowhere.' });
    expect((await cancelled).status).toBe('cancelled');
  });
});

test('what other code kept under the same key of an agent of the same name is not taken for its own', async () => {
  const studio = played(temporaryStore());
  const first = await studio.begin();
  const cache = { key: 'k', until: studio.clock.time + 1000, patches: [{ a: 1 }] };
  studio.runners.tells(first.id, { type: 'node.finished', scope: '', step: 1, node: 'n', ms: 1, cache });
  await studio.settle();
  const question = { node: 'n', key: 'k' };
  const again = await studio.begin();
  studio.runners.asks(again.id, '/1:n#1.0', 'cache', 'n', question);
  studio.bundler.put(agentFile, 'other code', [toolFile]);
  const changed = await studio.begin();
  studio.runners.asks(changed.id, '/1:n#1.0', 'cache', 'n', question);
  await studio.settle();
  expect(studio.runners.settled(again.id, '/1:n#1.0')).toMatchObject({
    settled: { result: { patches: [{ a: 1 }] } },
  });
  expect(studio.runners.settled(changed.id, '/1:n#1.0')).toMatchObject({ settled: { result: null } });
});
