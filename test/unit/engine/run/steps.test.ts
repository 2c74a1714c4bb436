// Supersteps: order, merging, edges, joins, ends; and what goes wrong with them.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  agent,
  append,
  branch,
  code,
  edge,
  end,
  input,
  merge,
  otherwise,
  reduce,
  start,
  sum,
  weighted,
  when,
} from '#engine/graph/atelier';
import { RunWorld } from '#test/run-world';

const later = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

describe('a chain', () => {
  const chain = agent(
    { state: { n: input(z.number()), log: append(z.string()), total: sum() } },
    {
      nodes: {
        one: code(({ state }) => ({ n: state.n + 1, log: ['one'], total: 2 })),
        two: code(async ({ state }) => {
          await later(1);
          return { n: state.n * 10, log: ['two', 'three'], total: 3 };
        }),
      },
      edges: [start('one'), edge('one', 'two'), end('two')],
    },
  );

  test('changes the state step by step, and tells it as deltas', async () => {
    const world = new RunWorld({ agent: chain, input: { n: 4 } });
    const fold = await world.go();
    expect(fold.status).toBe('finished');
    expect(world.state).toEqual({ n: 50, log: ['one', 'two', 'three'], total: 5 });
    expect(world.events.map(({ event }) => event.type)).toEqual([
      'run.started',
      'step.finished',
      'node.finished',
      'step.finished',
      'node.finished',
      'step.finished',
      'run.finished',
    ]);
    expect(world.ofType('step.finished')).toMatchObject([
      { step: 0, delta: [['=', [], { n: 4, log: [], total: 0 }]], next: ['one'] },
      {
        step: 1,
        delta: [
          ['=', ['n'], 5],
          ['+', ['log'], ['one']],
          ['=', ['total'], 2],
        ],
        next: ['two'],
      },
      { step: 2, next: [] },
    ]);
  });

  test('does not begin with an input that is wrong', async () => {
    for (const [wrong, sentence] of [
      [{}, /The input "n" does not fit/],
      [{ n: 1, log: ['x'] }, /"log", which the agent does not take/],
    ] as const) {
      const world = new RunWorld({ agent: chain, input: wrong });
      await world.go();
      expect(world.refused?.message).toMatch(sentence);
      expect(world.ofType('step.finished')).toEqual([]);
    }
  });
});

describe('several nodes in a step', () => {
  test('see the same state, and merge in node order whichever is first', async () => {
    const wide = agent(
      {
        state: {
          log: append(z.string()),
          by: merge(z.number()),
          text: reduce({
            value: z.string(),
            update: z.string(),
            initial: '',
            reducer: (before, update) => before + update,
          }),
        },
      },
      {
        nodes: {
          a: code(
            async ({ state }) => (await later(20), { log: [`a${state.log.length}`], by: { a: 1, x: 1 }, text: 'a' }),
          ),
          b: code(({ state }) => ({ log: [`b${state.log.length}`], by: { b: 1, x: 2 }, text: 'b' })),
          c: code(async ({ state }) => (await later(5), { log: [`c${state.log.length}`], text: 'c' })),
        },
        edges: [
          start('c', 'b', 'a'),
          edge(
            ['a', 'b', 'c'],
            'a',
            when(({ state }) => state.log.length < 4),
          ),
          end('a'),
          end('b'),
          end('c'),
        ],
      },
    );
    const world = new RunWorld({ agent: wide });
    await world.go();
    expect(world.ofType('run.failed')).toEqual([]);
    expect(world.state).toMatchObject({ by: { a: 1, x: 1, b: 1 }, text: 'abca' });
    const finished = world.ofType('node.finished');
    expect(finished.slice(0, 3).map(({ node, patches }) => [node, patches !== undefined])).toEqual([
      ['b', true],
      ['c', true],
      ['a', false],
    ]);
    expect(world.state?.log).toEqual(['a0', 'b0', 'c0', 'a3']);
  });

  test('may not both replace one key', async () => {
    const clash = agent(
      { state: { x: z.number().optional() } },
      {
        nodes: { a: code(() => ({ x: 1 })), b: code(() => ({ x: 2 })) },
        edges: [start('a', 'b'), end('a'), end('b')],
      },
    );
    const fold = await new RunWorld({ agent: clash }).go();
    expect(fold.error?.message).toBe('"a" and "b" both gave "x" in one step, and it is not said which counts.');
  });

  test('are stopped where one of them fails', async () => {
    let aborted = false;
    const failing = agent(
      { state: {} },
      {
        nodes: {
          bad: code(async () => {
            await later(5);
            throw new TypeError('broken');
          }),
          slow: code(async ({ signal }) => {
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
            aborted = true;
          }),
        },
        edges: [start('bad', 'slow'), end('bad'), end('slow')],
      },
    );
    const world = new RunWorld({ agent: failing });
    const fold = await world.go();
    expect(fold.error).toMatchObject({ name: 'TypeError', message: 'broken' });
    expect(fold.error?.stack).toContain('steps.test.ts');
    expect(world.ofType('node.failed').map(({ node, error }) => [node, error.name])).toEqual([
      ['bad', 'TypeError'],
      ['slow', 'Cancelled'],
    ]);
    await later(1);
    expect(aborted).toBe(true);
  });
});

describe('edges', () => {
  const ways = (n: number) =>
    agent(
      { state: { n: sum(), log: append(z.string()) } },
      {
        nodes: {
          begin: code(() => ({ n })),
          small: code(() => ({ log: ['small'] })),
          even: code(() => ({ log: ['even'] })),
          other: code(() => ({ log: ['other'] })),
        },
        edges: [
          start('begin'),
          edge(
            'begin',
            'small',
            when(({ state }) => state.n < 5),
          ),
          edge(
            'begin',
            'even',
            when(({ state }) => state.n % 2 === 0),
          ),
          edge('begin', 'other', otherwise),
          end('small'),
          end('even'),
          end('other'),
        ],
      },
    );

  test('are all taken that hold, and otherwise only where none does', async () => {
    for (const [n, log] of [
      [4, ['small', 'even']],
      [3, ['small']],
      [7, ['other']],
    ] as const) {
      const world = new RunWorld({ agent: ways(n) });
      await world.go();
      expect(world.state?.log).toEqual(log);
    }
  });

  test('that none hold end the run with a sentence', async () => {
    const stuck = agent(
      { state: {} },
      {
        nodes: { a: code(() => {}), b: code(() => {}) },
        edges: [
          start('a'),
          edge(
            'a',
            'b',
            when(() => false),
          ),
          end('b'),
        ],
      },
    );
    const fold = await new RunWorld({ agent: stuck }).go();
    expect(fold.error).toMatchObject({ name: 'DeadEnd', message: 'After "a" none of its edges held.' });
  });

  test('that fail or give promises end the run with a sentence', async () => {
    const throwing = (test: () => boolean) =>
      agent({ state: {} }, { nodes: { a: code(() => {}) }, edges: [start('a'), end('a', when(test))] });
    const one = await new RunWorld({
      agent: throwing(() => {
        throw new Error('no');
      }),
    }).go();
    expect(one.error?.message).toBe('A condition out of "a" failed: no');
    const two = await new RunWorld({ agent: throwing((async () => true) as unknown as () => boolean) }).go();
    expect(two.error?.message).toMatch('gave a promise');
  });

  test('with weights are drawn by the seed, the same each time, in proportion', async () => {
    const drawn = agent(
      { state: { log: append(z.string()) } },
      {
        nodes: {
          draw: code(() => {}),
          a: code(() => ({ log: ['a'] })),
          b: code(() => ({ log: ['b'] })),
        },
        edges: [
          start('draw'),
          edge('draw', weighted({ a: 3, b: 1 })),
          edge(
            'a',
            'draw',
            when(({ state }) => state.log.length < 400),
          ),
          edge(
            'b',
            'draw',
            when(({ state }) => state.log.length < 400),
          ),
          end('a', otherwise),
          end('b', otherwise),
        ],
      },
    );
    const logs = await Promise.all(
      [7, 7, 8].map(async (seed) => {
        const world = new RunWorld({ agent: drawn, seed });
        await world.go();
        return world.state?.log as readonly string[];
      }),
    );
    expect(logs[0]).toEqual(logs[1]);
    expect(logs[0]).not.toEqual(logs[2]);
    const share = logs[0]?.filter((one) => one === 'a').length ?? 0;
    expect(share).toBeGreaterThan(260);
    expect(share).toBeLessThan(340);
  });

  test('that join wait over several steps, and a join that nothing completes fails', async () => {
    const joined = (reaches: boolean) =>
      agent(
        { state: { log: append(z.string()) } },
        {
          nodes: {
            a: code(() => ({ log: ['a'] })),
            b: code(() => ({ log: ['b'] })),
            c: code(() => ({ log: ['c'] })),
            d: code(() => ({ log: ['d'] })),
          },
          edges: [
            start('a', 'b'),
            edge(
              'b',
              'c',
              when(() => reaches),
            ),
            end('b', otherwise),
            edge(['a', 'c'], 'd'),
            end('d'),
          ],
        },
      );
    const world = new RunWorld({ agent: joined(true) });
    const fold = await world.go();
    expect(fold.status).toBe('finished');
    expect(world.state?.log).toEqual(['a', 'b', 'c', 'd']);
    expect(world.ofType('step.finished')[1]?.joins).toEqual({ 3: ['a'] });
    const stuck = await new RunWorld({ agent: joined(false) }).go();
    expect(stuck.error?.message).toBe('"d" waits for "c", which nothing leads to any more.');
  });

  test('out of a branch are its ways', async () => {
    const branched = agent(
      { state: { n: input(z.number()), log: append(z.string()) } },
      {
        nodes: {
          which: branch(({ state }) => (state.n > 1 ? 'many' : state.n === 1 ? 'one' : 'none'), {
            many: 'm',
            one: 'o',
            none: 'end',
          }),
          m: code(() => ({ log: ['m'] })),
          o: code(() => ({ log: ['o'] })),
        },
        edges: [start('which'), end('m'), end('o')],
      },
    );
    for (const [n, log] of [
      [2, ['m']],
      [1, ['o']],
      [0, []],
    ] as const) {
      const world = new RunWorld({ agent: branched, input: { n } });
      expect((await world.go()).status).toBe('finished');
      expect(world.state?.log).toEqual(log);
      expect(world.ofType('node.finished')[0]?.branch).toBe(['none', 'one', 'many'][n]);
    }
  });

  test('in a circle end at maxSteps', async () => {
    const circle = agent(
      { state: {}, maxSteps: 50 },
      {
        nodes: { a: code(() => {}) },
        edges: [
          start('a'),
          edge('a', 'a'),
          end(
            'a',
            when(() => false),
          ),
        ],
      },
    );
    const world = new RunWorld({ agent: circle });
    const fold = await world.go();
    expect(fold.error?.name).toBe('MaxSteps');
    expect(fold.root?.step).toBe(50);
  });
});
