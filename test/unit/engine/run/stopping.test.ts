// How runs are cancelled, and how code that does something else the second time is found out.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { agent, append, code, defineTool, edge, end, start, sum } from '#engine/graph/atelier';
import { modelSays, RunWorld, says } from '#test/run-world';

const later = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const touch = defineTool({ name: 'touch', description: '', input: z.unknown(), effect: 'write', run: () => null });

describe('cancelling', () => {
  test('ends the run although its code never settles', async () => {
    const hanging = agent(
      { state: {} },
      {
        nodes: { go: code(() => new Promise<void>(() => {})), other: code(() => later(1)) },
        edges: [start('go', 'other'), end('go'), end('other')],
      },
    );
    const world = new RunWorld({ agent: hanging });
    setTimeout(() => world.cancel(), 10);
    const fold = await world.go();
    expect(fold.status).toBe('cancelled');
    expect(world.events.at(-1)?.event.type).toBe('run.cancelled');
  });

  test('reaches a run that only computes', async () => {
    const endless = agent(
      { state: { n: sum() } },
      { nodes: { go: code(() => ({ n: 1 })) }, edges: [start('go'), edge('go', 'go')] },
    );
    const world = new RunWorld({ agent: endless });
    setTimeout(() => world.cancel(), 20);
    expect((await world.go()).status).toBe('cancelled');
    expect(Number(world.state?.n)).toBeGreaterThan(10);
  });
});

describe('what is not deterministic', () => {
  test('is found out when it is taken up again', async () => {
    let runs = 0;
    const drifting = agent(
      { state: {}, tools: { touch } },
      {
        nodes: {
          go: code(async ({ tools }) => {
            runs += 1;
            try {
              await tools.touch(`run ${runs}`);
            } catch {
              // The run fails all the same.
            }
            await tools.touch('second');
          }),
        },
        edges: [start('go'), end('go')],
      },
    );
    const world = new RunWorld({
      agent: drifting,
      effects: ({ request }) => (request === 'second' ? { suspended: true } : { result: null }),
    });
    await world.go();
    const fold = await world.go();
    expect(fold.error).toMatchObject({ name: 'NotDeterministic', message: expect.stringContaining('"run 1"') });
    expect(world.performed.map(({ request }) => request)).toEqual(['run 1', 'second']);
  });

  test('is not seen where several things are asked for at once and come back in any order', async () => {
    const racing = agent(
      { state: { log: append(z.string()) }, tools: { touch } },
      {
        nodes: {
          go: code(async ({ tools }) => {
            const both = async (name: string) =>
              `${String(await tools.touch(`${name} 1`))}, ${String(await tools.touch(`${name} 2`))}`;
            const log = await Promise.all(['a', 'b', 'c'].map((name) => both(name)));
            await tools.touch('last');
            return { log };
          }),
        },
        edges: [start('go'), end('go')],
      },
    );
    const waits: Record<string, number> = { 'a 1': 30, 'b 1': 15, 'c 1': 1 };
    const world = new RunWorld({
      agent: racing,
      effects: async ({ request }) => {
        await later(waits[typeof request === 'string' ? request : ''] ?? 1);
        return request === 'last' ? { suspended: true } : { result: request };
      },
    });
    await world.go();
    world.allow(world.fold.openInterrupts()[0]?.id ?? '', { result: null });
    const fold = await world.go();
    expect(fold.error).toBeUndefined();
    expect(world.state?.log).toEqual(['a 1, a 2', 'b 1, b 2', 'c 1, c 2']);
  });

  test('of a model is told by the turn that it read', async () => {
    let runs = 0;
    const drifting = (drifts: boolean) =>
      agent(
        { state: {} },
        {
          nodes: {
            go: code(async ({ model }) => {
              runs += 1;
              const { message } = await model({ model: 'm', prompt: drifts ? `run ${runs}` : 'same' });
              await model({ model: 'm', messages: [{ role: 'user', content: [] }, message], prompt: 'then' });
            }),
          },
          edges: [start('go'), end('go')],
        },
      );
    for (const drifts of [false, true]) {
      const world = new RunWorld({
        agent: drifting(drifts),
        effects: ({ key }) =>
          key.endsWith('.2') ? { suspended: true } : modelSays({ role: 'assistant', content: [] }),
      });
      await world.go();
      if (!drifts) world.allow('/1:go#1.2', says('x'));
      const fold = await world.go();
      expect(fold.error?.name).toBe(drifts ? 'NotDeterministic' : undefined);
    }
  });
});

test('code that throws what throws when it is asked what it is fails its run, no more', async () => {
  const thrown = new Proxy(
    {},
    {
      getPrototypeOf: () => {
        throw new Error('no');
      },
    },
  );
  const world = new RunWorld({
    agent: agent(
      { state: { n: sum() } },
      {
        nodes: {
          go: code(() => {
            throw thrown as unknown as Error;
          }),
        },
        edges: [start('go'), end('go')],
      },
    ),
  });
  await world.go();
  expect(world.ofType('run.failed')).toHaveLength(1);
});
