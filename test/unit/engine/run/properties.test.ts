// What holds of every run: it does not depend on what is first, survives crashes anywhere, and does the same when it is replayed.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { agent, append, code, edge, end, input, otherwise, start, sum, when } from '#engine/graph/atelier';
import { equalJson } from '#engine/run/delta';
import { foldRun } from '#engine/run/fold';
import { agentOf, delay, digest, graphPlan, type GraphPlan, type Pace } from '#test/random-agents';
import { RunWorld, says, type Asked, type Outcome } from '#test/run-world';

/** What an effect comes to follows from what is asked alone. */
function outcomeOf({ kind, request }: Asked): Outcome {
  if (kind === 'model') return says(`said ${digest(request)}`);
  return digest(request) % 7 === 0 ? { result: [digest(request)] } : { result: digest(request) };
}

function worldOf(plan: GraphPlan, seed: number, paceSeed: number, crashes: readonly number[] = []): RunWorld {
  const pace: Pace = { seed: paceSeed };
  const left = [...crashes];
  const world: RunWorld = new RunWorld({
    agent: agentOf(plan, pace),
    seed,
    effects: async (asked) => {
      expect(world.fold.effect(asked.key)?.outcome, `${asked.key} is done again`).toBeUndefined();
      await delay(pace, asked.key);
      return outcomeOf(asked);
    },
    answers: ({ id }) => `answer to ${id}`,
    onEvent: ({ seq }, self) => {
      if (seq < (left[0] ?? Number.POSITIVE_INFINITY)) return;
      left.shift();
      self.crash();
    },
  });
  return world;
}

/** Takes it up again after every crash and sleep, until it has ended. */
async function toTheEnd(world: RunWorld): Promise<void> {
  for (let lives = 0; lives < 200; lives += 1) {
    const { status } = await world.finish();
    if (!['running', 'sleeping', 'waiting', 'queued'].includes(status)) return;
  }
  throw new Error('It does not come to its end.');
}

/** Step by step what every scope did; where it is said twice, it is the same. */
function stepsOf(world: RunWorld): Map<string, string> {
  const steps = new Map<string, string>();
  for (const { scope, step, delta, next, joins = {} } of world.ofType('step.finished')) {
    const key = `${scope}/${step}`;
    expect(steps.has(key), `${key} is told twice`).toBe(false);
    steps.set(key, JSON.stringify({ delta, next, joins }));
  }
  return steps;
}

function endOf(world: RunWorld): unknown {
  const { status, error, root } = world.fold;
  return { status, error: error?.message, state: root?.state };
}

const seeds = fc.integer({ min: 1, max: 1000 });

describe('every run', () => {
  test('does the same whatever comes first', async () => {
    await fc.assert(
      fc.asyncProperty(graphPlan, seeds, seeds, seeds, async (plan, seed, one, two) => {
        const first = worldOf(plan, seed, one);
        const second = worldOf(plan, seed, two * 1000);
        await Promise.all([toTheEnd(first), toTheEnd(second)]);
        expect(first.fold.error).toBeUndefined();
        expect(endOf(second)).toEqual(endOf(first));
        expect(stepsOf(second)).toEqual(stepsOf(first));
        const keys = (world: RunWorld) => world.performed.map(({ key }) => key).toSorted();
        expect(keys(second)).toEqual(keys(first));
      }),
      { numRuns: 60 },
    );
  });

  test('survives crashes anywhere: the same end, no effect with a result done again, no step told twice', async () => {
    const crashesAt = fc.array(fc.integer({ min: 2, max: 120 }), { minLength: 1, maxLength: 6 });
    let crashed = 0;
    await fc.assert(
      fc.asyncProperty(graphPlan, seeds, seeds, crashesAt, async (plan, seed, pace, crashes) => {
        const calm = worldOf(plan, seed, pace);
        await toTheEnd(calm);
        const stormy = worldOf(
          plan,
          seed,
          pace * 7,
          crashes.toSorted((one, two) => one - two),
        );
        await toTheEnd(stormy);
        expect(endOf(stormy)).toEqual(endOf(calm));
        expect(stepsOf(stormy)).toEqual(stepsOf(calm));
        crashed += stormy.ofType('run.resumed').length;
      }),
      { numRuns: 100 },
    );
    expect(crashed).toBeGreaterThan(50);
  });

  test('does the same again from its recorded effects alone', async () => {
    await fc.assert(
      fc.asyncProperty(graphPlan, seeds, seeds, async (plan, seed, pace) => {
        const first = worldOf(plan, seed, pace);
        await toTheEnd(first);
        const recorded = new Map(first.performed.map((asked) => [asked.key, asked]));
        const given = Object.fromEntries(first.ofType('clock.read').map(({ key, now }) => [key, now]));
        const replay = new RunWorld({
          agent: agentOf(plan, { seed: pace + 5 }),
          seed,
          given,
          effects: (asked) => {
            const before = recorded.get(asked.key);
            expect(equalJson(before?.request, asked.request)).toBe(true);
            return outcomeOf(asked);
          },
          answers: ({ id }) => `answer to ${id}`,
        });
        await toTheEnd(replay);
        expect(stepsOf(replay)).toEqual(stepsOf(first));
        expect(replay.ofType('clock.read').toSorted(byKey)).toEqual(first.ofType('clock.read').toSorted(byKey));
      }),
      { numRuns: 40 },
    );
  });
});

function byKey(one: { readonly key: string }, two: { readonly key: string }): number {
  return one.key < two.key ? -1 : 1;
}

/** Rounds of a small graph whose state grows by each of them. */
const growing = agent(
  {
    state: {
      rounds: input(z.number()),
      n: sum(),
      log: append(z.object({ text: z.string() })),
      text: z.string().default(''),
    },
  },
  {
    nodes: {
      a: code(({ state }) => ({ n: 1, log: [{ text: `the ${state.n}th of them` }] })),
      b: code(({ state }) => ({ text: `${state.text}.` })),
    },
    edges: [
      start('a'),
      edge('a', 'b'),
      edge(
        'b',
        'a',
        when(({ state }) => state.n < state.rounds),
      ),
      end('b', otherwise),
    ],
  },
);

describe('a long run', () => {
  test('has a journal that grows with its steps, snapshots included, though its state grows too', async () => {
    const bytes = await Promise.all(
      [2000, 4000].map(async (rounds) => {
        const world = new RunWorld({ agent: growing, input: { rounds } });
        await world.go();
        expect(world.fold.status).toBe('finished');
        return world.bytes;
      }),
    );
    const [once = 0, twice = 0] = bytes;
    expect(twice / once).toBeLessThan(2.3);
    expect(once / 4000).toBeLessThan(400);
  });

  test('is the same in the runner, in its snapshots and in the fold; and goes on from a snapshot', async () => {
    const calm = new RunWorld({ agent: growing, input: { rounds: 1500 } });
    await calm.go();
    expect(calm.snapshots.length).toBeGreaterThan(1);
    for (const { seq, state, step, next, joins } of calm.snapshots) {
      const { root } = foldRun(calm.events.slice(0, seq));
      expect({ state, step, next, joins }).toEqual(root);
    }
    let crashes = 0;
    const stormy = new RunWorld({
      agent: growing,
      input: { rounds: 1500 },
      onEvent: ({ seq }, world) => {
        if (seq % 900 !== 0) return;
        crashes += 1;
        world.crash();
      },
    });
    await toTheEnd(stormy);
    expect(crashes).toBeGreaterThan(2);
    expect(endOf(stormy)).toEqual(endOf(calm));
  });

  test('waits for main when it is far ahead of it', async () => {
    const world = new RunWorld({ agent: growing, input: { rounds: 20_000 } });
    const fold = await world.go();
    expect(fold.root?.step).toBe(40_000);
    expect(Math.max(...world.batches)).toBeLessThan(600);
  });
});
