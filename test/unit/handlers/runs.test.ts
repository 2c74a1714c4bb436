// Runs over the contract, as the renderer calls it: started, watched, answered, forked, replayed, compared.
import { createRouterClient } from '@orpc/server';
import { z } from 'zod';
import { expect, test } from 'vitest';
import type { RunUpdate } from '#contract/run';
import type { Topic } from '#contract/workspace';
import { append, input } from '#engine/graph/channels';
import { agent } from '#engine/graph/define-agent';
import { edge, end, start } from '#engine/graph/define-edges';
import { code, human } from '#engine/graph/define-nodes';
import { Studio } from '#engine/studio';
import { runsHandlers } from '#handlers/runs';
import { Shelf, workshop } from '#test/in-process-runners';
import { temporaryStore } from '#test/store';

const file = 'agents/ask.agent.ts';

function asking(): Shelf {
  const shelf = new Shelf();
  const definition = agent(
    { state: { question: input(z.string()), notes: append(z.string()), ok: z.boolean().optional() } },
    {
      nodes: {
        note: code(({ state }) => ({ notes: [state.question] })),
        ask: human(z.object({ ok: z.boolean() }), {
          ask: ({ state }) => state.question,
          result: ({ ok }) => ({ ok, notes: [ok ? 'yes' : 'no'] }),
        }),
      },
      edges: [start('note'), edge('note', 'ask'), end('ask')],
    },
  );
  shelf.putAgent(file, definition);
  return shelf;
}

function setUp() {
  const store = temporaryStore();
  const told: Topic[] = [];
  const { control, until } = workshop({ store, shelf: asking(), changed: () => void told.push('runs') });
  const studio = new Studio({
    path: '/tmp/w',
    isSample: false,
    store,
    clock: { now: () => Date.now() },
    runs: { control, close: () => Promise.resolve() },
  });
  const none = (): never => {
    throw new Error('Runs ask nothing of the desk.');
  };
  const desk = { pickFiles: none, pickFolder: none, pickSaveFile: none, isGranted: none, reveal: none };
  const workspaces = {
    current: none,
    recent: none,
    open: none,
    pick: none,
    openSample: none,
    forget: none,
    doctor: none,
  };
  const context = { studio: () => studio, desk, workspaces };
  return { studio, told, until, client: createRouterClient({ runs: runsHandlers }, { context }).runs };
}

test('from the start form to a comparison', async () => {
  const { client, told, until } = setUp();
  await expect(client.start({ file, input: {} })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('question'),
  });
  const run = await client.start({ file, input: { question: 'Shall we?' }, seed: 3 });
  expect(run).toMatchObject({ agent: 'ask', title: 'Shall we?', seed: 3 });
  await until(run.id, 'waiting');
  expect(told).toContain('runs');

  const { interrupts, run: waiting } = await client.get({ id: run.id });
  expect(waiting).toMatchObject({ status: 'waiting', open: 1, step: 1 });
  expect(interrupts).toMatchObject([{ id: '/2:ask', kind: 'human', title: 'Shall we?' }]);
  await expect(client.answer({ id: run.id, interrupt: '/2:ask', value: { ok: 'yes' } })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('ok'),
  });
  await client.answer({ id: run.id, interrupt: '/2:ask', value: { ok: true } });
  await until(run.id, 'finished');
  expect(await client.state({ id: run.id, scope: '', step: 2 })).toMatchObject({
    state: { notes: ['Shall we?', 'yes'], ok: true },
    before: { notes: ['Shall we?'] },
    next: [],
  });

  const fork = await client.fork({ id: run.id, step: 1, set: { notes: ['Another way'] } });
  await until(fork.id, 'waiting');
  await client.answer({ id: fork.id, interrupt: '/2:ask', value: { ok: false } });
  await until(fork.id, 'finished');
  const { divergence } = await client.compare({ one: run.id, two: fork.id });
  expect(divergence).toMatchObject({ step: 1, sentence: 'After step 1 the states differ in notes.' });

  const replay = await client.replay({ id: run.id });
  await until(replay.id, 'finished');
  expect((await client.compare({ one: run.id, two: replay.id })).divergence).toBeUndefined();
  expect((await client.get({ id: run.id })).children.map(({ id }) => id)).toEqual([replay.id, fork.id]);
  expect(await client.counts()).toMatchObject({ total: 3, byStatus: { finished: 3 } });
  const page = await client.list({ filter: { agent: 'ask' }, limit: 2 });
  expect(page.items.map(({ id }) => id)).toEqual([replay.id, fork.id]);
  expect((await client.list({ filter: {}, after: page.next, limit: 2 })).items.map(({ id }) => id)).toEqual([run.id]);
});

test('a reader ends with the studio', async () => {
  const { client, studio, until } = setUp();
  const run = await client.start({ file, input: { question: 'Well?' } });
  await until(run.id, 'waiting');
  const updates: RunUpdate[] = [];
  const reading = (async () => {
    for await (const update of await client.watch({ id: run.id, after: 0 })) updates.push(update);
  })();
  await expect.poll(() => updates.length).toBeGreaterThan(0);
  await studio.close();
  await reading;
  const seqs = updates.flatMap((update) => (update.kind === 'events' ? update.events.map(({ seq }) => seq) : []));
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
});

test('pause, breakpoints, step, edit, cancel', async () => {
  const { client, until } = setUp();
  const run = await client.start({ file, input: { question: 'Well?' }, paused: true });
  expect(run.status).toBe('paused');
  expect(await client.edit({ id: run.id, set: { question: 'Now?' }, remove: [] })).toMatchObject({ status: 'paused' });
  await expect(client.edit({ id: run.id, set: { question: 5 }, remove: [] })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('question'),
  });
  await client.resume({ id: run.id, step: true });
  await until(run.id, 'paused');
  expect((await client.get({ id: run.id })).run.step).toBe(1);
  const breakpoint = { when: 'before', node: 'ask' } as const;
  expect((await client.setBreakpoints({ id: run.id, breakpoints: [breakpoint] })).breakpoints).toEqual([breakpoint]);
  await client.resume({ id: run.id });
  await until(run.id, 'paused');
  const { events } = await client.journal({ id: run.id, after: 0, limit: 100 });
  expect(events.at(-1)?.event).toEqual({ type: 'run.paused', why: 'breakpoint', at: '/2:ask' });
  await client.resume({ id: run.id });
  await until(run.id, 'waiting');
  expect((await client.get({ id: run.id })).interrupts[0]?.title).toBe('Now?');
  expect(await client.pause({ id: run.id })).toMatchObject({ status: 'paused' });
  expect(await client.cancel({ id: run.id })).toMatchObject({ status: 'cancelled', open: 0 });
  await expect(client.resume({ id: run.id })).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(client.get({ id: '0'.repeat(32) })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
