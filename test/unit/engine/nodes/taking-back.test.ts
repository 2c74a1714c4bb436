// Sagas where something else ends them: what was done is taken back once, whatever happens in between.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { agent, attempt, code, defineTool, end, human, input, map, start, undoable } from '#engine/graph/atelier';
import { RunWorld, type Outcome } from '#test/run-world';

const later = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const touch = defineTool({ name: 'touch', description: '', input: z.unknown(), effect: 'write', run: () => null });

/** Two parts that touch and can be taken back, then a person; beside it a node that fails when it is told to. */
function booking(fails: () => Promise<void>) {
  return agent(
    { state: {}, tools: { touch } },
    {
      nodes: {
        book: attempt({
          a: undoable(
            code(async ({ tools }) => void (await tools.touch('a'))),
            code(async ({ tools }) => void (await tools.touch('undo a'))),
          ),
          b: undoable(
            code(async ({ tools }) => void (await tools.touch('b'))),
            code(async ({ tools }) => void (await tools.touch('undo b'))),
          ),
          ask: human(z.object({}), { ask: 'Well?' }),
        }),
        other: code(fails),
      },
      edges: [start('book', 'other'), end('book'), end('other')],
    },
  );
}

const touched = (world: RunWorld): unknown[] => world.performed.map(({ request }) => request);
const quick = (): Outcome => ({ result: null });

describe('a saga', () => {
  test('that waits for a person is taken back when the run is cancelled in its sleep', async () => {
    const world = new RunWorld({ agent: booking(() => Promise.resolve()), effects: quick });
    expect((await world.go()).status).toBe('waiting');
    const going = world.go();
    world.cancel();
    expect((await going).status).toBe('cancelled');
    expect(touched(world)).toEqual(['a', 'b', 'undo b', 'undo a']);
  });

  test('is taken back once, where a node beside it fails and a crash comes while it is taken back', async () => {
    const world = new RunWorld({
      agent: booking(async () => {
        await later(15);
        throw new Error('other failed');
      }),
      effects: quick,
      onEvent: ({ event }, self) => {
        if (event.type === 'node.finished' && event.node === 'undo.b' && self.ofType('run.resumed').length === 0) {
          self.crash();
        }
      },
    });
    await world.go();
    expect(touched(world)).toEqual(['a', 'b', 'undo b']);
    const fold = await world.go();
    expect(fold.error?.message).toBe('other failed');
    expect(touched(world)).toEqual(['a', 'b', 'undo b', 'undo a']);
  });

  test('in the items of a map is taken back in each that began', async () => {
    const mapped = agent(
      { state: { items: input(z.array(z.string())) }, tools: { touch } },
      {
        nodes: {
          fan: map(
            'items',
            attempt({
              a: undoable(
                code(async ({ tools, item }) => void (await tools.touch(`do ${item}`))),
                code(async ({ tools, item }) => void (await tools.touch(`undo ${item}`))),
              ),
              b: code(async ({ item }) => {
                await later(item === 'y' ? 10 : 60_000);
                throw new Error(`${item} failed`);
              }),
            }),
            { atOnce: 2 },
          ),
        },
        edges: [start('fan'), end('fan')],
      },
    );
    const world = new RunWorld({ agent: mapped, input: { items: ['x', 'y', 'z'] }, effects: quick });
    expect((await world.go()).error?.message).toBe('y failed');
    expect(new Set(touched(world))).toEqual(new Set(['do x', 'do y', 'undo x', 'undo y']));
    expect(world.performed).toHaveLength(4);
  });

  test('that cannot be taken back without a person does not keep a cancelled run', async () => {
    const world = new RunWorld({
      agent: booking(() => Promise.resolve()),
      effects: ({ request }) => (request === 'undo b' ? { suspended: true } : { result: null }),
    });
    await world.go();
    const going = world.go();
    world.cancel();
    expect((await going).status).toBe('cancelled');
    expect(world.ofType('log')[0]?.text).toContain('waits for a person');
  });
});
