// What every node may declare: retry, timeout, cache, concurrency, budget; and chance, time and ids.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  agent,
  append,
  code,
  defineTool,
  edge,
  end,
  human,
  input,
  llm,
  map,
  otherwise,
  start,
  subgraph,
  sum,
  wait,
  when,
} from '#engine/graph/atelier';
import { RunWorld, says, type Outcome } from '#test/run-world';

const later = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const touch = defineTool({ name: 'touch', description: '', input: z.unknown(), effect: 'write', run: () => null });

describe('retry', () => {
  const flaky = (options: Parameters<typeof code>[1], fails: number, name = 'TypeError') =>
    agent(
      { state: { tried: append(z.number()) } },
      {
        nodes: {
          go: code(({ try: tried }) => {
            if (tried <= fails) throw Object.assign(new Error(`try ${tried}`), { name });
            return { tried: [tried] };
          }, options as object),
        },
        edges: [start('go'), end('go')],
      },
    );

  test('does not repeat a request that stays wrong, unless `on` names it', async () => {
    const missing = (retry: { readonly max: number; readonly on?: readonly string[] }): RunWorld =>
      new RunWorld({ agent: flaky({ retry: { first: 1, ...retry } }, 9, 'ModelError 404') });
    const once = missing({ max: 3 });
    await once.go();
    expect(once.ofType('node.failed')).toHaveLength(1);
    const named = missing({ max: 2, on: ['ModelError'] });
    await named.go();
    expect(named.ofType('node.failed')).toHaveLength(3);
  });

  test('tries again after a growing wait, part of it by chance', async () => {
    const world = new RunWorld({ agent: flaky({ retry: { max: 3, first: 60, factor: 2, jitter: 0.5 } }, 3) });
    await world.go();
    expect(world.state?.tried).toEqual([4]);
    expect(world.ofType('node.finished')[0]?.try).toBe(4);
    const waits = world.events.flatMap(({ at, event }) =>
      event.type === 'node.failed' && event.retryAt !== undefined ? [event.retryAt - at] : [],
    );
    expect(waits).toHaveLength(3);
    for (const [index, wait] of waits.entries()) {
      // What the machine does between drawing and writing takes its time.
      expect(wait).toBeGreaterThan(60 * 2 ** index * 0.5 - 25);
      expect(wait).toBeLessThanOrEqual(60 * 2 ** index);
    }
  });

  test('ends after `max`, and only tries what `on` names', async () => {
    const over = new RunWorld({ agent: flaky({ retry: { max: 1, first: 1 } }, 5) });
    expect((await over.go()).error?.message).toBe('try 2');
    const other = new RunWorld({ agent: flaky({ retry: { max: 3, first: 1, on: ['RangeError'] } }, 5) });
    expect((await other.go()).error?.message).toBe('try 1');
    const coded = new RunWorld({
      agent: flaky({ retry: { max: 3, first: 1, on: ['ModelError'] } }, 1, 'ModelError 429'),
    });
    expect((await coded.go()).status).toBe('finished');
  });

  test('sleeps over a long wait and goes on with the next try, also after a crash', async () => {
    const world = new RunWorld({ agent: flaky({ retry: { max: 1, first: '1200ms', jitter: 0 } }, 1) });
    const fold = await world.go();
    expect(fold.status).toBe('sleeping');
    expect(fold.slept?.until).toBe(world.ofType('node.failed')[0]?.retryAt);
    const again = await world.go();
    expect(again.status).toBe('sleeping');
    await later(300);
    expect((await world.go()).status).toBe('finished');
    expect(world.state?.tried).toEqual([2]);
  });

  test('begins what lies inside anew, in a scope of its own', async () => {
    let runs = 0;
    const inside = agent(
      { state: { n: sum() } },
      {
        nodes: {
          a: code(() => ({ n: 1 })),
          b: code(({ state }) => {
            runs += 1;
            if (runs === 1) throw new Error('first');
            return { n: state.n };
          }),
        },
        edges: [start('a'), edge('a', 'b'), end('b')],
      },
    );
    const outside = agent(
      { state: { n: z.number().optional() } },
      {
        nodes: { go: subgraph(inside, { input: () => ({}), result: ({ n }) => ({ n }), retry: { max: 1, first: 1 } }) },
        edges: [start('go'), end('go')],
      },
    );
    const world = new RunWorld({ agent: outside });
    await world.go();
    expect(world.state?.n).toBe(2);
    expect([...new Set(world.ofType('step.finished').map(({ scope }) => scope))]).toEqual(['', '/1:go', '/1:go#2']);
  });
});

describe('timeout', () => {
  test('ends a try that never settles, and tells it by its signal', async () => {
    let aborted: unknown;
    const hanging = agent(
      { state: {}, tools: { touch } },
      {
        nodes: {
          go: code(
            ({ signal, tools }) => {
              signal.addEventListener('abort', () => {
                aborted = signal.reason;
                void tools.touch('late');
              });
              return new Promise(() => {});
            },
            { timeout: '20ms', retry: { max: 1, first: 1 } },
          ),
        },
        edges: [start('go'), end('go')],
      },
    );
    const world = new RunWorld({ agent: hanging });
    const fold = await world.go();
    expect(fold.error).toMatchObject({ name: 'Timeout', message: '"go" took longer than 20ms.' });
    expect(world.ofType('node.failed')).toHaveLength(2);
    expect(aborted).toMatchObject({ name: 'Timeout' });
    expect(world.performed).toEqual([]);
  });

  test('of a person is told with the question, and counts while the run sleeps', async () => {
    const asked = agent(
      { state: {} },
      { nodes: { ask: human(z.object({}), { ask: 'Well?', timeout: '1100ms' }) }, edges: [start('ask'), end('ask')] },
    );
    const world = new RunWorld({ agent: asked });
    const fold = await world.go();
    const until = fold.openInterrupts()[0]?.until ?? 0;
    expect(fold.slept?.until).toBe(until);
    await later(Math.max(0, until - Date.now() - 20));
    expect((await world.go()).error?.name).toBe('Timeout');
  });
});

describe('cache', () => {
  test('is asked once by a key, and told what to keep', async () => {
    const kept = new Map<string, Outcome>();
    let runs = 0;
    const caching = agent(
      { state: { n: input(z.number()), out: append(z.number()) } },
      {
        nodes: {
          go: code(
            ({ state }) => {
              runs += 1;
              return { out: [state.n * 2] };
            },
            { cache: { key: ({ state }) => ({ n: state.n }), ttl: '1h' } },
          ),
        },
        edges: [start('go'), end('go')],
      },
    );
    const effects = ({ request }: { readonly request: unknown }): Outcome =>
      kept.get(JSON.stringify(request)) ?? { result: null };
    const first = new RunWorld({ agent: caching, input: { n: 4 }, effects });
    await first.go();
    expect(first.performed).toMatchObject([
      { key: '/1:go#1.0', kind: 'cache', name: 'go', request: { node: 'go', key: '{"n":4}' } },
    ]);
    const { cache } = first.ofType('node.finished')[0] ?? {};
    expect(cache).toMatchObject({ key: '{"n":4}', patches: [{ out: [8] }] });
    expect((cache?.until ?? 0) - Date.now()).toBeGreaterThan(3_590_000);

    kept.set(JSON.stringify({ node: 'go', key: '{"n":4}' }), { result: { patches: [{ out: [8] }] } });
    const second = new RunWorld({ agent: caching, input: { n: 4 }, effects });
    await second.go();
    expect(second.state?.out).toEqual([8]);
    expect(second.ofType('node.finished')[0]).toMatchObject({ cached: true });
    expect(runs).toBe(1);
  });
});

test('concurrency holds over all executions of a node', async () => {
  let now = 0;
  let most = 0;
  const limited = agent(
    { state: { items: input(z.array(z.number())) } },
    {
      nodes: {
        fan: map(
          'items',
          code(
            async () => {
              now += 1;
              most = Math.max(most, now);
              await later(1);
              now -= 1;
            },
            { concurrency: 2 },
          ),
          { atOnce: 10 },
        ),
      },
      edges: [start('fan'), end('fan')],
    },
  );
  const fold = await new RunWorld({ agent: limited, input: { items: Array.from({ length: 12 }, () => 1) } }).go();
  expect(fold.status).toBe('finished');
  expect(most).toBe(2);
});

describe('budget', () => {
  const asking = (budget: object, inside: object) =>
    agent(
      { state: { log: append(z.string()) }, budget },
      {
        nodes: {
          ask: llm({ model: 'm', prompt: 'x', to: 'log', retry: { max: 5, first: 1 }, ...inside }),
        },
        edges: [
          start('ask'),
          edge(
            'ask',
            'ask',
            when(({ state }) => state.log.length < 4),
          ),
          end('ask', otherwise),
        ],
      },
    );

  test('of the agent counts all calls, also those before a crash', async () => {
    const world = new RunWorld({
      agent: asking({ tokens: 45 }, {}),
      effects: () => says('x'),
      onEvent: ({ event }, self) => {
        if (event.type === 'step.finished' && event.step === 2) self.crash();
      },
    });
    await world.go();
    const fold = await world.go();
    expect(fold.error).toMatchObject({
      name: 'Budget',
      message: 'The run has used more than its budget: 60 tokens of 45.',
    });
    expect(world.performed).toHaveLength(4);
  });

  test('of a node is its own', async () => {
    const enough = new RunWorld({ agent: asking({}, { budget: { tokens: 15 } }), effects: () => says('x') });
    expect((await enough.go()).status).toBe('finished');
    const dear = new RunWorld({
      agent: asking({}, { budget: { costUsd: 0.5 } }),
      effects: () => says('x', { inputTokens: 1, outputTokens: 1, costUsd: 0.6 }),
    });
    const fold = await dear.go();
    expect(fold.error).toMatchObject({
      name: 'Budget',
      message: 'The node "ask" has used more than its budget: 0.6 USD of 0.5.',
    });
    expect(dear.performed).toHaveLength(1);
  });

  test('of time ends the node, or the run', async () => {
    const slow = (budget: object, inside: object) =>
      agent({ state: {}, budget }, { nodes: { go: code(() => later(200), inside) }, edges: [start('go'), end('go')] });
    const node = await new RunWorld({ agent: slow({}, { budget: { time: 20 } }) }).go();
    expect(node.error).toMatchObject({ name: 'Budget', message: expect.stringContaining('The node "go"') });
    const run = await new RunWorld({ agent: slow({ time: 20 }, {}) }).go();
    expect(run.error).toMatchObject({ name: 'Budget', message: expect.stringContaining('The run') });
  });
});

describe('wait', () => {
  const waiting = (duration: '20ms' | '3d') =>
    agent(
      { state: { log: append(z.string()) } },
      {
        nodes: { wait: wait({ for: duration }), after: code(() => ({ log: ['then'] })) },
        edges: [start('wait'), edge('wait', 'after'), end('after')],
      },
    );

  test('sits out what is short', async () => {
    const world = new RunWorld({ agent: waiting('20ms') });
    const began = Date.now();
    expect((await world.go()).status).toBe('finished');
    expect(Date.now() - began).toBeGreaterThanOrEqual(18);
    expect(world.ofType('interrupt.opened')).toEqual([]);
  });

  test('sleeps over what is long, and is not begun anew when the run is taken up before its time', async () => {
    const world = new RunWorld({ agent: waiting('3d') });
    const fold = await world.go();
    const until = fold.openInterrupts()[0]?.until ?? 0;
    expect(until - Date.now()).toBeGreaterThan(3 * 86_400_000 - 5000);
    expect(fold).toMatchObject({ status: 'sleeping', slept: { until } });
    expect((await world.go()).slept?.until).toBe(until);
    expect(world.ofType('interrupt.opened')).toHaveLength(1);
    world.answer('/1:wait', null);
    expect((await world.go()).status).toBe('finished');
  });
});

test('chance, ids and time are the same again after a crash, and of a replay', async () => {
  const drawing = agent(
    { state: { drawn: append(z.unknown()) }, tools: { touch } },
    {
      nodes: {
        go: code(async ({ random, id, now, tools }) => {
          const before = [random(), id(), now()];
          await later(2);
          await tools.touch(null);
          return { drawn: [...before, random(), now()] };
        }),
        again: code(({ random }) => ({ drawn: [random()] })),
      },
      edges: [start('go'), edge('go', 'again'), end('again')],
    },
  );
  const world = new RunWorld({
    agent: drawing,
    seed: 5,
    effects: () => ({ result: null }),
    onEvent: ({ event, seq }, self) => {
      if (event.type === 'effect.requested' && seq < 6) self.crash();
    },
  });
  await world.go();
  await later(5);
  await world.go();
  const drawn = world.state?.drawn as readonly unknown[];
  expect(drawn).toHaveLength(6);
  expect(drawn[2]).toBe(world.ofType('clock.read')[0]?.now);
  expect(drawn[1]).toMatch(/^[0-9a-f]{32}$/u);
  expect(world.ofType('clock.read')).toHaveLength(2);

  const given = Object.fromEntries(world.ofType('clock.read').map(({ key, now }) => [key, now]));
  const replay = new RunWorld({ agent: drawing, seed: 5, effects: () => ({ result: null }), given });
  await replay.go();
  expect(replay.state?.drawn).toEqual(drawn);
  const other = new RunWorld({ agent: drawing, seed: 6, effects: () => ({ result: null }) });
  await other.go();
  expect(Object(other.state?.drawn)[0]).not.toBe(drawn[0]);
});
