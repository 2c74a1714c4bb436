// Attempts: parts in order, taken back in reverse order where one fails.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { agent, append, attempt, code, defineTool, end, start, undoable } from '#engine/graph/atelier';
import { untyped } from '#engine/graph/untyped';
import { RunWorld } from '#test/run-world';

const later = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const touch = defineTool({ name: 'touch', description: '', input: z.unknown(), effect: 'write', run: () => null });

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
