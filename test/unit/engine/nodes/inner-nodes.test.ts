// map, loop, subgraph, attempt: nodes that hold nodes.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  agent,
  append,
  code,
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
  when,
} from '#engine/graph/atelier';
import { RunWorld } from '#test/run-world';

const later = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

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
