// map, loop, subgraph, attempt: nodes that hold nodes.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  agent,
  append,
  attempt,
  code,
  defineTool,
  edge,
  end,
  human,
  input,
  loop,
  map,
  otherwise,
  reduce,
  start,
  subgraph,
  sum,
  undoable,
  when,
} from '#engine/graph/atelier';
import { untyped } from '#engine/graph/untyped';
import { RunWorld } from '#test/run-world';

const later = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const touch = defineTool({ name: 'touch', description: '', input: z.unknown(), effect: 'write', run: () => null });

describe('map', () => {
  const others = Promise.withResolvers<void>();
  const mapped = agent(
    {
      state: {
        items: input(z.array(z.number())),
        out: append(z.string()),
        most: reduce({ value: z.number(), update: z.number(), initial: 0, reducer: (a, b) => Math.max(a, b) }),
      },
    },
    {
      nodes: {
        fan: map(
          'items',
          code(async ({ item, index, state }) => {
            if (index === 0) await others.promise;
            else await later(1);
            if (index === 2) others.resolve();
            return { out: [`${index}:${item}:${state.out.length}`], most: item };
          }),
          { atOnce: 2 },
        ),
      },
      edges: [start('fan'), end('fan')],
    },
  );

  test('puts patches together in the order of the items, whichever is first', async () => {
    const world = new RunWorld({ agent: mapped, input: { items: [20, 1, 5] } });
    await world.go();
    expect(world.state).toMatchObject({ out: ['0:20:0', '1:1:0', '2:5:0'], most: 20 });
    expect(world.ofType('node.finished').map(({ scope, node, patches }) => [scope, node, patches?.length])).toEqual([
      ['/1:fan[1]', 'each', 1],
      ['/1:fan[2]', 'each', 1],
      ['/1:fan[0]', 'each', 1],
      ['', 'fan', undefined],
    ]);
  });

  test('runs no more at once than it may', async () => {
    let now = 0;
    let most = 0;
    const counted = agent(
      { state: { items: input(z.array(z.number())) } },
      {
        nodes: {
          fan: map(
            'items',
            code(async () => {
              now += 1;
              most = Math.max(most, now);
              await later(1);
              now -= 1;
            }),
            { atOnce: 3 },
          ),
        },
        edges: [start('fan'), end('fan')],
      },
    );
    await new RunWorld({ agent: counted, input: { items: Array.from({ length: 20 }, () => 1) } }).go();
    expect(most).toBe(3);
  });

  test('fails with the first item that does, and begins no more', async () => {
    let begun = 0;
    const failing = agent(
      { state: { items: input(z.array(z.number())) } },
      {
        nodes: {
          fan: map(
            'items',
            code(async ({ item }) => {
              begun += 1;
              await later(1);
              if (item === 2) throw new Error('two');
            }),
            { atOnce: 2 },
          ),
        },
        edges: [start('fan'), end('fan')],
      },
    );
    const fold = await new RunWorld({ agent: failing, input: { items: [1, 2, 3, 4, 5, 6] } }).go();
    expect(fold.error?.message).toBe('two');
    expect(begun).toBeLessThan(5);
  });

  test('may not replace a key from two items, and needs a list', async () => {
    const clash = agent(
      { state: { items: input(z.unknown()), x: z.number().optional() } },
      {
        nodes: {
          fan: map(
            'items',
            code(({ index }) => ({ x: index })),
          ),
        },
        edges: [start('fan'), end('fan')],
      },
    );
    expect((await new RunWorld({ agent: clash, input: { items: [1, 2] } }).go()).error?.name).toBe('Conflict');
    expect((await new RunWorld({ agent: clash, input: { items: [1] } }).go()).status).toBe('finished');
    expect((await new RunWorld({ agent: clash, input: { items: [] } }).go()).status).toBe('finished');
    expect((await new RunWorld({ agent: clash, input: { items: 'no' } }).go()).error?.message).toContain('not a list');
  });
});

describe('loop', () => {
  test('goes round while its condition holds; each round sees the last', async () => {
    const counting = agent(
      { state: { n: sum(), log: append(z.string()) } },
      {
        nodes: {
          count: loop(
            { while: ({ state, index }) => state.n < 5 && index < 10 },
            code(({ state, index }) => ({ n: 2, log: [`${index}:${state.n}`] })),
          ),
        },
        edges: [start('count'), end('count')],
      },
    );
    const world = new RunWorld({ agent: counting });
    await world.go();
    expect(world.state).toEqual({ n: 6, log: ['0:0', '1:2', '2:4'] });
  });

  test('goes over a list, and fails past its limit', async () => {
    const over = (max: number) =>
      agent(
        { state: { items: input(z.array(z.string())), text: z.string().default('') } },
        {
          nodes: {
            go: loop(
              { over: 'items', max },
              code(({ state, item }) => ({ text: `${state.text}${item}` })),
            ),
          },
          edges: [start('go'), end('go')],
        },
      );
    const world = new RunWorld({ agent: over(3), input: { items: ['a', 'b', 'c'] } });
    await world.go();
    expect(world.state?.text).toBe('abc');
    const fold = await new RunWorld({ agent: over(2), input: { items: ['a', 'b', 'c'] } }).go();
    expect(fold.error?.name).toBe('LoopLimit');
  });
});

describe('subgraph', () => {
  const inside = agent(
    { state: { n: input(z.number()), twice: z.number().optional() } },
    {
      nodes: { double: code(({ state }) => ({ twice: state.n * 2 })), check: code(() => {}) },
      edges: [start('double'), edge('double', 'check'), end('check')],
    },
  );
  const outside = agent(
    { state: { items: input(z.array(z.number())), all: append(z.number()) } },
    {
      nodes: {
        fan: map(
          'items',
          subgraph(inside, {
            input: ({ item }) => ({ n: item }),
            result: (value) => ({ all: [value.twice ?? 0] }),
          }),
        ),
      },
      edges: [start('fan'), end('fan')],
    },
  );

  test('has a state and a journal scope of its own', async () => {
    const world = new RunWorld({ agent: outside, input: { items: [1, 2] } });
    await world.go();
    expect(world.state?.all).toEqual([2, 4]);
    const scopes = world.ofType('step.finished').filter(({ scope }) => scope !== '');
    expect(scopes.map(({ scope, step, next }) => [scope, step, next])).toEqual([
      ['/1:fan[0]/1:each', 0, ['double']],
      ['/1:fan[0]/1:each', 1, ['check']],
      ['/1:fan[0]/1:each', 2, []],
      ['/1:fan[1]/1:each', 0, ['double']],
      ['/1:fan[1]/1:each', 1, ['check']],
      ['/1:fan[1]/1:each', 2, []],
    ]);
  });

  test('refuses an input that is wrong', async () => {
    const wrong = agent(
      { state: {} },
      {
        nodes: { go: subgraph(inside, { input: () => ({ n: 'x' as unknown as number }) }) },
        edges: [start('go'), end('go')],
      },
    );
    expect((await new RunWorld({ agent: wrong }).go()).error?.message).toContain('The input "n" does not fit');
  });
});

describe('attempt', () => {
  /** Its types are let go: a part stands for a part of any agent with a log. */
  const part = (name: string, fails: boolean) => {
    const run = async (): Promise<unknown> => {
      await later(1);
      if (fails) throw new TypeError(`${name} failed`);
      return { log: [name] };
    };
    return untyped<never>(
      undoable(code(untyped<() => void>(run)), code(untyped<() => void>(() => ({ log: [`undo ${name}`] })))),
    );
  };
  const saga = (fails: string, withCatch: boolean) =>
    agent(
      { state: { log: append(z.string()) } },
      {
        nodes: {
          book: attempt(
            { a: part('a', fails === 'a'), b: part('b', fails === 'b'), c: part('c', fails === 'c') },
            {
              ...(withCatch ? { catch: code(({ item }) => ({ log: [`caught ${item.name}: ${item.message}`] })) } : {}),
              finally: code(() => ({ log: ['finally'] })),
            },
          ),
        },
        edges: [start('book'), end('book')],
      },
    );

  test('runs its parts in order', async () => {
    const world = new RunWorld({ agent: saga('', true) });
    await world.go();
    expect(world.state?.log).toEqual(['a', 'b', 'c', 'finally']);
  });

  test('takes back in reverse order where a part fails, then catches', async () => {
    const world = new RunWorld({ agent: saga('c', true) });
    const fold = await world.go();
    expect(fold.status).toBe('finished');
    expect(world.state?.log).toEqual(['a', 'b', 'undo b', 'undo a', 'caught TypeError: c failed', 'finally']);
    const told = world.events.flatMap(({ event }) =>
      'node' in event && event.scope !== '' ? [`${event.step} ${event.node}`] : [],
    );
    expect(told).toEqual(['1 try.a', '2 try.b', '3 try.c', '4 undo.b', '5 undo.a', '6 catch', '7 finally']);
  });

  test('fails where nothing catches; finally has run all the same', async () => {
    const world = new RunWorld({ agent: saga('b', false) });
    const fold = await world.go();
    expect(fold.error).toMatchObject({ name: 'TypeError', message: 'b failed' });
    expect(world.ofType('node.finished').map(({ node }) => node)).toEqual(['try.a', 'undo.a', 'finally']);
  });

  test('says what could not be taken back', async () => {
    const broken = agent(
      { state: {} },
      {
        nodes: {
          book: attempt({
            a: undoable(
              code(() => {}),
              code(() => {
                throw new Error('stuck');
              }),
            ),
            b: undoable(
              code(() => {}),
              code(() => {}),
            ),
            c: code(() => {
              throw new Error('c failed');
            }),
          }),
        },
        edges: [start('book'), end('book')],
      },
    );
    const world = new RunWorld({ agent: broken });
    const fold = await world.go();
    expect(fold.error).toMatchObject({
      name: 'UndoFailed',
      message: 'After "c failed" not everything could be taken back: a: stuck',
    });
    expect(world.ofType('node.finished').map(({ node }) => node)).toEqual(['try.a', 'try.b', 'undo.b']);
  });

  test('takes back when the run is cancelled, or when a node beside it fails', async () => {
    const touching = (other: 'waits' | 'fails') =>
      agent(
        { state: { log: append(z.string()) }, tools: { touch } },
        {
          nodes: {
            book: attempt({
              a: undoable(
                code(async ({ tools }) => void (await tools.touch('a'))),
                code(async ({ tools }) => void (await tools.touch('undo a'))),
              ),
              b: code(async ({ tools }) => void (await tools.touch('slow'))),
            }),
            other: code(async () => {
              if (other === 'waits') return;
              await later(20);
              throw new Error('other failed');
            }),
          },
          edges: [start('book', 'other'), end('book'), end('other')],
        },
      );
    for (const other of ['waits', 'fails'] as const) {
      const world = new RunWorld({
        agent: touching(other),
        effects: async ({ request }) => {
          if (request !== 'slow') return { result: null };
          if (other === 'waits') setTimeout(() => world.cancel(), 10);
          return new Promise(() => {});
        },
      });
      const fold = await world.go();
      expect(fold.status).toBe(other === 'waits' ? 'cancelled' : 'failed');
      expect(world.performed.map(({ request }) => request)).toEqual(['a', 'slow', 'undo a']);
    }
  });

  test('goes on where it was after a crash in the middle of taking back', async () => {
    const crashing = agent(
      { state: { log: append(z.string()) }, tools: { touch } },
      {
        nodes: {
          book: attempt(
            {
              a: undoable(
                code(async ({ tools }) => void (await tools.touch('a'))),
                code(async ({ tools }) => void (await tools.touch('undo a'))),
              ),
              b: undoable(
                code(async ({ tools }) => void (await tools.touch('b'))),
                code(async ({ tools }) => void (await tools.touch('undo b'))),
              ),
              c: code(() => {
                throw new Error('no');
              }),
            },
            { catch: code(() => ({ log: ['caught'] })) },
          ),
        },
        edges: [start('book'), end('book')],
      },
    );
    const world = new RunWorld({
      agent: crashing,
      effects: () => ({ result: null }),
      onEvent: ({ event }, self) => {
        if (event.type === 'node.finished' && event.node === 'undo.b' && self.ofType('run.resumed').length === 0)
          self.crash();
      },
    });
    await world.go();
    expect(world.fold.status).toBe('running');
    const fold = await world.go();
    expect(fold.status).toBe('finished');
    expect(world.performed.map(({ request }) => request)).toEqual(['a', 'b', 'undo b', 'undo a']);
    expect(world.state?.log).toEqual(['caught']);
  });
});

test('a person may be asked deep inside, and the run goes on where it was', async () => {
  const deep = agent(
    { state: { n: input(z.number()), said: z.string().optional(), log: append(z.string()) } },
    {
      nodes: {
        before: code(() => ({ log: ['before'] })),
        ask: human(z.object({ text: z.string() }), { ask: 'Well?', result: (value) => ({ said: value.text }) }),
        again: code(() => ({ log: ['again'] })),
      },
      edges: [
        start('before'),
        edge('before', 'ask'),
        edge(
          'ask',
          'again',
          when(({ state }) => state.said === 'more'),
        ),
        edge('again', 'ask'),
        end('ask', otherwise),
      ],
    },
  );
  const outer = agent(
    { state: { items: input(z.array(z.number())), all: append(z.string()) } },
    {
      nodes: {
        fan: map(
          'items',
          subgraph(deep, {
            input: ({ item }) => ({ n: item }),
            result: (value) => ({ all: [...value.log, value.said ?? ''] }),
          }),
        ),
      },
      edges: [start('fan'), end('fan')],
    },
  );
  let asked = 0;
  const world = new RunWorld({
    agent: outer,
    input: { items: [1, 2] },
    answers: () => {
      asked += 1;
      return { text: asked === 1 ? 'more' : `done ${asked}` };
    },
  });
  const fold = await world.finish();
  expect(fold.status).toBe('finished');
  expect(world.state?.all).toEqual(['before', 'again', 'done 3', 'before', 'done 2']);
  expect(world.ofType('run.slept')).toHaveLength(2);
});
