// Runs that wait for people and for time, with the real scheduler: approvals, questions, waits, things to undo, a full disk.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { append, input } from '#engine/graph/channels';
import { agent } from '#engine/graph/define-agent';
import { edge, end, start } from '#engine/graph/define-edges';
import { attempt, code, human, tool, undoable, wait } from '#engine/graph/define-nodes';
import { defineTool } from '#engine/graph/define-tool';
import type { Store } from '#engine/ports';
import { Problem } from '#engine/problem';
import { Shelf, workshop } from '#test/in-process-runners';
import { onEveryStore, temporaryStore } from '#test/store';

const file = 'agents/shop.agent.ts';
const tools = 'tools/till.ts';

interface Till {
  readonly done: string[];
}

/** Pays twice in one step, asks a person and waits meanwhile, then pays once more. */
function shop(till: Till, waitFor: number): Shelf {
  Reflect.set(globalThis, Symbol.for('atelier.file'), tools);
  const pay = defineTool({
    name: 'pay',
    description: 'Pays.',
    effect: 'write',
    input: z.object({ to: z.string() }),
    run({ to }) {
      till.done.push(to);
      return `paid ${to}`;
    },
  });
  Reflect.set(globalThis, Symbol.for('atelier.file'), file);
  const definition = agent(
    { state: { name: input(z.string()), log: append(z.string()) }, tools: { pay } },
    {
      nodes: {
        both: code(async ({ tools: { pay: call } }) => {
          const said = await Promise.allSettled([call({ to: 'one' }), call({ to: 'two' })]);
          return {
            log: said.map((one) =>
              one.status === 'fulfilled' ? String(one.value) : String(Object(one.reason).message),
            ),
          };
        }),
        ask: human(z.object({ ok: z.boolean() }), {
          ask: 'Well?',
          result: ({ ok }) => ({ log: [`said ${String(ok)}`] }),
        }),
        rest: wait({ for: waitFor }),
        last: tool({ use: 'pay', input: { to: 'last' }, result: (value) => ({ log: [String(value)] }) }),
      },
      edges: [start('both', 'ask', 'rest'), edge(['both', 'ask', 'rest'], 'last'), end('last')],
    },
  );
  const shelf = new Shelf();
  shelf.putTools(tools, { pay });
  shelf.putAgent(file, definition, 'the shop', [tools]);
  return shelf;
}

function policy(rules: object[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-people-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'policies.json'), JSON.stringify({ rules }));
  return folder;
}

onEveryStore('people and time', (open) => {
  test('questions of one step are answered one by one, in any order, over restarts', async () => {
    const till: Till = { done: [] };
    const store = open();
    const folder = policy([]);
    let studio = workshop({ store, shelf: shop(till, 1300), folder });
    await studio.control.open({ resume: true });
    const { id } = await studio.control.start({ file, input: { name: 'x' } });
    await studio.until(id, 'waiting');
    const { interrupts, run } = studio.control.get(id);
    expect(interrupts.map((one) => one.kind).toSorted()).toEqual(['approval', 'approval', 'human', 'wait']);
    expect(run.open).toBe(3);
    expect(run.wakeAt).toBeGreaterThan(run.createdAt);
    const [first, second] = interrupts.filter((one) => one.kind === 'approval');
    await studio.control.answer(id, second?.id ?? '', { allow: true }, 'me');
    await vi.waitUntil(() => till.done.length === 1);
    expect(till.done).toEqual(['two']);
    // Another process goes on.
    studio.crash();
    studio = workshop({ store, shelf: shop(till, 1300), folder });
    await studio.control.open({ resume: true });
    await vi.waitUntil(() => studio.control.get(id).interrupts.length < 3, 5_000);
    await studio.control.answer(id, '/1:ask', { ok: true }, 'me');
    await studio.control.answer(id, first?.id ?? '', { allow: false, reason: 'enough' }, 'me');
    await vi.waitUntil(() => studio.control.get(id).interrupts.some((one) => one.id.startsWith('/2:last')), 5_000);
    await studio.control.answer(id, '/2:last#1.1', { allow: true }, 'me');
    await studio.until(id, 'finished');
    expect(till.done).toEqual(['two', 'last']);
    expect(studio.control.state(id, '', 2).state.log).toEqual([
      'pay was refused: enough',
      'paid two',
      'said true',
      'paid last',
    ]);
  });
});

test('a wait that is over wakes its run', async () => {
  const till: Till = { done: [] };
  const folder = policy([{ tool: '*', decision: 'allow' }]);
  const studio = workshop({ store: temporaryStore(), shelf: shop(till, 1200), folder });
  await studio.control.open({ resume: false });
  const { id } = await studio.control.start({ file, input: { name: 'x' } });
  await studio.until(id, 'waiting');
  await studio.control.answer(id, '/1:ask', { ok: true }, 'me');
  await studio.until(id, 'sleeping', 'finished');
  await studio.until(id, 'finished');
  expect(till.done).toEqual(['one', 'two', 'last']);
});

test('cancelled in the middle, it takes back what it did', async () => {
  const done: string[] = [];
  const shelf = new Shelf();
  shelf.putAgent(
    file,
    agent(
      { state: { name: input(z.string()) } },
      {
        nodes: {
          trip: attempt({
            hotel: undoable(
              code(() => void done.push('hotel')),
              code(() => void done.push('no hotel')),
            ),
            flight: undoable(
              code(() => void done.push('flight')),
              code(() => void done.push('no flight')),
            ),
            sure: human(z.object({ ok: z.boolean() }), { ask: 'Sure?' }),
          }),
        },
        edges: [start('trip'), end('trip')],
      },
    ),
  );
  const studio = workshop({ store: temporaryStore(), shelf });
  const { id } = await studio.control.start({ file, input: { name: 'x' } });
  await studio.until(id, 'waiting');
  expect(done).toEqual(['hotel', 'flight']);
  expect(await studio.control.cancel(id)).toMatchObject({ status: 'cancelled', open: 0 });
  expect(done).toEqual(['hotel', 'flight', 'no flight', 'no hotel']);
});

/** A store on a disk that can be full. */
function onSmallDisk(store: Store): { readonly store: Store; isFull: boolean } {
  const disk = {
    isFull: false,
    store: {
      ...store,
      transaction<T>(work: () => T): T {
        if (!disk.isFull) return store.transaction(work);
        throw new Problem('REFUSED', 'The disk is full; nothing of this step was saved.', 'Make room.');
      },
    },
  };
  return disk;
}

test('on a full disk runs stand still and say why; with room again they go on, and nothing is done twice', async () => {
  const till: Till = { done: [] };
  const disk = onSmallDisk(temporaryStore());
  const folder = policy([{ tool: '*', decision: 'allow' }]);
  const studio = workshop({ store: disk.store, shelf: shop(till, 10), folder });
  const { id } = await studio.control.start({ file, input: { name: 'x' } });
  await studio.until(id, 'waiting');
  disk.isFull = true;
  await expect(studio.control.answer(id, '/1:ask', { ok: true }, 'me')).rejects.toThrow('disk is full');
  await expect(studio.control.start({ file, input: { name: 'y' } })).rejects.toThrow('disk is full');
  disk.isFull = false;
  expect(studio.control.problem).toBeUndefined();
  await studio.control.answer(id, '/1:ask', { ok: true }, 'me');
  disk.isFull = true;
  await vi.waitUntil(() => studio.control.problem !== undefined);
  expect(till.done).toEqual(['one', 'two']);
  expect(studio.control.get(id).run.error).toMatchObject({ name: 'NotSaved', hint: 'Make room.' });
  disk.isFull = false;
  await studio.until(id, 'finished');
  expect(till.done).toEqual(['one', 'two', 'last']);
  expect(studio.control.get(id).run.error).toBeUndefined();
});
