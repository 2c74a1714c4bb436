// Both stores, asked the same in any order, give the same answers.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runStatuses, type RunStatus } from '#contract/run';
import type { Store } from '#engine/ports';
import { Problem } from '#engine/problem';
import { forkOf, newEvents, runId, runOf, snapshotOf } from '#test/run-samples';
import { start } from '#test/samples';
import { memoryStore } from '#test/memory-store/store';
import { temporaryStore } from '#test/store';

/** Something to do with a store; what it returns or throws must be the same on both. */
type Act = (store: Store) => unknown;

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const name = fc.constantFrom(...names);
const status = fc.constantFrom<RunStatus>(...runStatuses);
const agent = fc.constantFrom('triage', 'sum');
const wakeAt = fc.option(
  fc.nat(20).map((ms) => start + ms),
  { nil: undefined },
);
const seq = fc.nat(12);
const limit = fc.nat(7);
const filter = fc.record({ status: fc.array(status, { maxLength: 3 }), agent }, { requiredKeys: [] });

const puts: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ name, status, agent, wakeAt }).map((drawn): Act => {
    const waking = drawn.wakeAt === undefined ? {} : { wakeAt: drawn.wakeAt };
    return (store) => store.runs.create(runOf(drawn.name, { status: drawn.status, agent: drawn.agent, ...waking }));
  }),
  fc.tuple(name, name, seq).map(([parent, child, at]): Act => {
    return (store) => store.runs.create(forkOf(parent, at, child));
  }),
  fc.tuple(name, name).map(([parent, child]): Act => {
    return (store) => store.runs.create(runOf(child, { origin: { kind: 'replay', run: runId(parent) } }));
  }),
  fc.tuple(name, fc.nat(5), status, fc.boolean()).map(([one, count, next, moves]): Act => {
    return (store) =>
      store.runs.append(runId(one), newEvents(one, count), (run) => ({
        ...run,
        updatedAt: run.updatedAt + count,
        ...(moves ? { status: next } : { step: run.step + count }),
      }));
  }),
  fc.tuple(name, status, agent).map(([one, next, by]): Act => {
    return (store) => {
      const run = store.runs.get(runId(one)) ?? runOf(one);
      store.runs.update({ ...run, status: next, agent: by });
    };
  }),
  fc.tuple(name, seq).map(
    ([one, at]): Act =>
      (store) =>
        store.runs.putSnapshot(runId(one), snapshotOf(at + 1)),
  ),
  fc.tuple(agent, name, name, seq).map(([by, node, key, until]): Act => {
    return (store) => store.runs.putCached(by, node, key, until, [{ until }]);
  }),
);

const asks: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(name, seq, limit).map(
    ([one, after, most]): Act =>
      (store) =>
        store.runs.events(runId(one), after, most),
  ),
  fc.tuple(name, seq).map(
    ([one, at]): Act =>
      (store) =>
        store.runs.snapshot(runId(one), at),
  ),
  fc.tuple(filter, limit, fc.option(name, { nil: undefined })).map(([by, most, after]): Act => {
    return (store) => store.runs.list(by, after === undefined ? undefined : runId(after), most + 1);
  }),
  fc.tuple(seq, limit).map(
    ([ms, most]): Act =>
      (store) =>
        store.runs.due(start + ms, most),
  ),
  limit.map(
    (most): Act =>
      (store) =>
        store.runs.unfinished(most),
  ),
  name.map(
    (one): Act =>
      (store) =>
        store.runs.startingWith(runId(one).slice(0, 3)),
  ),
  fc.tuple(agent, name, name).map(
    ([by, node, key]): Act =>
      (store) =>
        store.runs.cached(by, node, key, 5),
  ),
);

/** Several acts in one transaction, which may fail at its end; an act that is refused may or may not be caught in it. */
const transactions: fc.Arbitrary<Act> = fc
  .tuple(fc.array(fc.oneof({ weight: 3, arbitrary: puts }, asks), { maxLength: 5 }), fc.boolean(), fc.boolean())
  .map(([acts, fails, catches]): Act => {
    return (store) =>
      store.transaction(() => {
        const told = acts.map((act) => (catches ? outcome(act, store) : act(store)));
        if (fails) throw new Problem('REFUSED', 'The transaction fails.');
        return told;
      });
  });

const nested: fc.Arbitrary<Act> = fc.array(fc.oneof(transactions, puts), { maxLength: 4 }).map((acts): Act => {
  return (store) => store.transaction(() => acts.map((act) => outcome(act, store)));
});

function outcome(act: Act, store: Store): unknown {
  try {
    return act(store);
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

/** Everything that can be asked of the runs of a store. */
function everything({ runs }: Store): unknown {
  return {
    all: runs.list({}, undefined, 100),
    byStatus: runStatuses.map((one) => runs.list({ status: [one] }, undefined, 100)),
    byAgent: runs.list({ agent: 'sum' }, undefined, 100),
    counts: runs.counts(),
    due: runs.due(start + 10, 100),
    unfinished: runs.unfinished(100),
    each: names.map((one) => [
      runs.get(runId(one)),
      runs.children(runId(one)),
      runs.events(runId(one), 0, 1000),
      runs.snapshot(runId(one), 1000),
    ]),
  };
}

it('gives the same answers on both stores for any acts, in and out of transactions', () => {
  const act = fc.oneof(
    { weight: 6, arbitrary: puts },
    { weight: 3, arbitrary: asks },
    { weight: 2, arbitrary: transactions },
    { weight: 1, arbitrary: nested },
  );
  fc.assert(
    fc.property(fc.array(act, { minLength: 10, maxLength: 60 }), (acts) => {
      const [real, plain] = [temporaryStore(), memoryStore()];
      for (const one of acts) expect(outcome(one, real)).toEqual(outcome(one, plain));
      expect(everything(real)).toEqual(everything(plain));
      real.close();
    }),
    { numRuns: 60 },
  );
});
