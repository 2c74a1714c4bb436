// User code that throws anything, gives anything, changes what it must not, and does not stop.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { agent, append, code, defineTool, edge, end, input, start } from '#engine/graph/atelier';
import { runErrorOf } from '#engine/run/run-failure';
import { RunWorld } from '#test/run-world';

const later = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const touch = defineTool({ name: 'touch', description: '', input: z.unknown(), effect: 'write', run: () => null });

/** An agent of one node that gives, or throws, whatever it is made to. */
const giving = (give: () => unknown, schema: z.ZodType = z.any()) =>
  agent(
    {
      state: {
        x: schema.optional(),
        list: append(z.string()),
        long: input(z.array(z.object({ n: z.number() })).default([{ n: 1 }])),
      },
    },
    { nodes: { go: code(give as () => object) }, edges: [start('go'), end('go')] },
  );
const errorOf = async (give: () => unknown) => (await new RunWorld({ agent: giving(give) }).go()).error;

function throwing(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}

describe('whatever is thrown', () => {
  const nasty = Object.defineProperties(new Error('x'), {
    message: { get: throwing(new Error('from a getter')) },
    name: { get: throwing('name') },
    stack: { get: throwing('stack') },
  });
  const proxy = new Proxy(new Error('x'), { getPrototypeOf: throwing('trap'), get: throwing('trap') });
  const cases: readonly (readonly [string, unknown, object])[] = [
    ['text', 'just text', { name: 'Thrown', message: 'just text' }],
    ['undefined', undefined, { name: 'Thrown', message: 'Something of the type undefined was thrown.' }],
    ['null', null, { name: 'Thrown', message: 'null' }],
    ['an object', { code: 5 }, { name: 'Thrown', message: '{"code":5}' }],
    ['a symbol', Symbol('s'), { name: 'Thrown' }],
    ['a bigint', 5n, { name: 'Thrown' }],
    ['a circle', Object.assign([], { 0: globalThis }), { name: 'Thrown' }],
    ['a frozen error', Object.freeze(new RangeError('frozen')), { name: 'RangeError', message: 'frozen' }],
    ['an error whose members throw', nasty, { name: 'Error', message: 'An error without a message.' }],
    ['a proxy that throws', proxy, { name: 'Thrown' }],
    ['an error whose message is none', Object.assign(new Error('x'), { message: 7, name: {} }), { name: 'Error' }],
    ['a long message', new Error('y'.repeat(1_000_000)), { name: 'Error', message: 'y'.repeat(8000) }],
    ['an error with a hint', Object.assign(new Error('m'), { hint: 'do this' }), { hint: 'do this' }],
  ];

  test.each(cases)('%s becomes an error of the run', async (_, thrown, expected) => {
    expect(await errorOf(throwing(thrown))).toMatchObject(expected);
    expect(await errorOf(() => Promise.reject(thrown))).toMatchObject(expected);
    expect(JSON.stringify(runErrorOf(thrown)).length).toBeLessThan(30_000);
  });
});

describe('whatever is given', () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    ['text', 'text', /gave a string, not an object/],
    ['a list', [1], /gave a list, not an object/],
    ['a function', () => 1, /gave a function, not an object/],
    ['an unknown key', { y: 1 }, /gave "y", which is no key of the state/],
    ['a function in it', { x: { a: [1, () => 1] } }, /for "x" \(at a\.1\) is a function/],
    ['a bigint', { x: 5n }, /is a bigint/],
    ['NaN', { x: [Number.NaN] }, /\(at 0\) is NaN/],
    ['a date', { x: new Date() }, /is a Date, not plain data/],
    ['a map', { x: new Map() }, /is a Map, not plain data/],
    ['a promise', { x: { a: Promise.resolve(1) } }, /is a promise \(is an await missing\?\)/],
    ['a circle', { x: circle }, /holds itself/],
    ['no list to append', { list: 'x' }, /must be a list of items/],
    ['a wrong item', { list: ['x', 5] }, /item 1 does not fit its schema/],
    [
      'a getter that throws',
      {
        get x() {
          throw new Error('gotcha');
        },
      },
      /gotcha/,
    ],
  ];

  test.each(cases)('%s is refused with a sentence', async (_, given, sentence) => {
    expect((await errorOf(() => given))?.message).toMatch(sentence);
  });

  test('members that are undefined are left out, and what is given is a copy', async () => {
    const mine = { deep: { n: 1, gone: undefined }, zero: -0 };
    const world = new RunWorld({
      agent: giving(() => {
        setTimeout(() => (mine.deep.n = 99), 0);
        return { x: mine, list: undefined };
      }),
    });
    await world.go();
    await later(2);
    expect(world.state?.x).toEqual({ deep: { n: 1 }, zero: 0 });
    expect(Object.is(Reflect.get(Object(world.state?.x), 'zero'), 0)).toBe(true);
  });

  test('a schema that is asynchronous is refused', async () => {
    const schema = z.string().refine(async () => true);
    const fold = await new RunWorld({ agent: giving(() => ({ x: 'a' }), schema) }).go();
    expect(JSON.stringify(fold.error ?? '')).toMatch(/asynchronous|could not be checked/u);
  });

  test('keys with names that JavaScript knows are only keys', async () => {
    const world = new RunWorld({
      agent: giving(() => ({ x: JSON.parse('{"__proto__":{"a":1},"constructor":2}') as object })),
    });
    await world.go();
    expect(JSON.stringify(world.state?.x)).toBe('{"__proto__":{"a":1},"constructor":2}');
    expect(Reflect.get({}, 'a')).toBeUndefined();
  });
});

describe('code that changes its state', () => {
  test('cannot', async () => {
    const changing = agent(
      { state: { long: input(z.array(z.object({ n: z.number() }))) } },
      {
        nodes: {
          go: code(({ state }) => {
            (state.long[0] as { n: number }).n = 5;
          }),
        },
        edges: [start('go'), end('go')],
      },
    );
    const fold = await new RunWorld({ agent: changing, input: { long: [{ n: 1 }] } }).go();
    expect(fold.error).toMatchObject({ name: 'TypeError', message: expect.stringContaining('read only') });
    expect(fold.root?.state).toEqual({ long: [{ n: 1 }] });
  });
});

describe('code that does not stop', () => {
  test('can ask for nothing after its node has ended, and its failures harm nobody', async () => {
    const late: unknown[] = [];
    const escaping = agent(
      { state: { list: append(z.string()) }, tools: { touch } },
      {
        nodes: {
          go: code(({ tools, model, now, random }) => {
            void (async () => {
              await later(5);
              random();
              await tools.touch('late').catch(() => {});
            })();
            setTimeout(() => {
              tools.touch('late').catch((error: unknown) => late.push(error));
              model({ model: 'm', prompt: 'late' }).catch((error: unknown) => late.push(error));
              try {
                now();
              } catch (error) {
                late.push(error);
              }
            }, 5);
          }),
          after: code(() => later(30).then(() => ({ list: ['then'] }))),
        },
        edges: [start('go'), edge('go', 'after'), end('after')],
      },
    );
    const world = new RunWorld({ agent: escaping });
    expect((await world.go()).status).toBe('finished');
    expect(late.map((error) => runErrorOf(error).name)).toEqual(['Ended', 'Ended', 'Ended']);
    expect(world.performed).toEqual([]);
  });

  test('lets what it asked for without awaiting it come to its end', async () => {
    const floating = agent(
      { state: {}, tools: { touch } },
      {
        nodes: { go: code(({ tools }) => void tools.touch('floating')), after: code(() => later(20)) },
        edges: [start('go'), edge('go', 'after'), end('after')],
      },
    );
    const world = new RunWorld({ agent: floating, effects: () => ({ error: { name: 'ToolError', message: 'no' } }) });
    expect((await world.go()).status).toBe('finished');
    expect(world.ofType('effect.finished')).toHaveLength(1);
  });

  test('logs what it likes, in measure', async () => {
    const logging = agent(
      { state: {} },
      {
        nodes: {
          go: code(({ log }) => {
            log('plain');
            log({ a: 1 } as unknown as string, 'loud' as 'info');
            log('x'.repeat(1_000_000), 'error');
          }),
        },
        edges: [start('go'), end('go')],
      },
    );
    const world = new RunWorld({ agent: logging });
    await world.go();
    expect(world.ofType('log').map(({ level, text, path }) => [level, text.length, path])).toEqual([
      ['info', 5, '/1:go'],
      ['info', 7, '/1:go'],
      ['error', 65_536, '/1:go'],
    ]);
  });
});

describe('an agent that cannot be run', () => {
  const refusedWith = async (wrong: unknown) => {
    const world = new RunWorld({
      agent: wrong as Parameters<typeof giving>[0] extends never ? never : { definition: never },
    });
    await world.go();
    return world.refused?.message;
  };
  const parts = giving(() => ({})).definition;
  const { go } = parts.nodes;

  test.each([
    ['an edge to nowhere', { ...parts, edges: [{ kind: 'start', to: ['nope'] }] }, /an edge names "nope"/],
    ['no start', { ...parts, edges: [] }, /nothing says where it starts/],
    ['no schema', { ...parts, state: { x: { channel: 'last', schema: String } } }, /"x" has no zod schema/],
    ['a reserved name', { ...parts, nodes: { 'a/b': go } }, /"a\/b" cannot be the name of a node/],
    ['an unknown kind', { ...parts, nodes: { go: { ...go, kind: 'magic' } } }, /of no kind that Atelier knows/],
    [
      'a wrong duration',
      { ...parts, nodes: { go: { ...go, options: { timeout: 'soon' } } } },
      /not a duration: "soon"/,
    ],
    ['no nodes', { ...parts, nodes: {} }, /it has no nodes/],
    [
      'no weights',
      { ...parts, edges: [...parts.edges, { kind: 'weighted', from: 'go', ways: { go: 0 } }] },
      /the weights out of "go"/,
    ],
  ])('with %s is refused', async (_, definition, sentence) => {
    expect(await refusedWith({ definition })).toMatch(sentence);
  });
});
