// The agreement report: which labels count, and for what.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Choice, Label } from '#contract/label';
import type { Pair } from '#contract/pair';
import { agreementReport } from '#engine/preference/agreement';
import { addAnnotator } from '#engine/preference/annotators';
import { labelPair } from '#engine/preference/label';
import { addPairs, labelOf, newWorld, quietTask, type World } from './world.ts';

let world: World;
let pairs: Pair[];
beforeEach(() => {
  world = newWorld();
  pairs = addPairs(world, 50);
});

function give(annotator: string, place: number, choice: Choice, more: Parameters<typeof labelOf>[2] = {}): Label {
  return labelPair(world.store, world.clock, labelOf(pairs[place]?.id ?? '', annotator, { choice, ...more }));
}

describe('agreementReport', () => {
  it('is empty without labels', async () => {
    addAnnotator(world.store, world.clock, 'Ada');
    expect(await agreementReport(world.store, quietTask())).toEqual({
      annotators: [{ name: 'Ada', labels: 0 }],
      pairs: [],
    });
  });

  it("gives Cohen's own table back: 20, 5, 10, 15 make 0.4", async () => {
    // Wikipedia, "Cohen's kappa", simple example.
    const cells: [Choice, Choice, number][] = [
      ['a', 'a', 20],
      ['a', 'b', 5],
      ['b', 'a', 10],
      ['b', 'b', 15],
    ];
    let place = 0;
    for (const [ada, bob, count] of cells) {
      for (let index = 0; index < count; index += 1) {
        give('Bob', place, bob);
        give('Ada', place, ada);
        place += 1;
      }
    }
    const report = await agreementReport(world.store, quietTask());
    expect(report.pairs).toHaveLength(1);
    expect(report.pairs[0]).toMatchObject({ one: 'Ada', two: 'Bob', shared: 50, agreement: 0.7 });
    expect(report.pairs[0]?.kappa?.value).toBeCloseTo(0.4, 10);
    expect(report.pairs[0]?.kappa?.n).toBe(50);
    // Alpha of two observers, from the same table: 1 - (2n - 1) · 2 · 15 / (2 · 55 · 45).
    expect(report.alpha?.value).toBeCloseTo(1 - (99 * 30) / (2 * 55 * 45), 10);
    expect(report.alpha).toEqual((await agreementReport(world.store, quietTask())).alpha);
  });

  it('counts the first label on a pair, and repeats for consistency only', async () => {
    const firsts = (['a', 'b', 'tie', 'bad'] as const).map((choice, place) => give('Ada', place, choice));
    give('Ada', 0, 'a', { repeats: firsts[0]?.id });
    give('Ada', 1, 'a', { repeats: firsts[1]?.id });
    give('Bob', 0, 'a');
    give('Bob', 1, 'b');
    const report = await agreementReport(world.store, quietTask());
    expect(report.annotators[0]).toMatchObject({ name: 'Ada', labels: 4, consistency: { value: 0.5, n: 2 } });
    expect(report.pairs[0]).toMatchObject({ shared: 2, agreement: 1 });
  });

  it('tells how often the left side was chosen, of the choices of a side', async () => {
    give('Ada', 0, 'a', { swapped: false });
    give('Ada', 1, 'b', { swapped: true });
    give('Ada', 2, 'b', { swapped: true });
    give('Ada', 3, 'a', { swapped: true });
    give('Ada', 4, 'tie');
    // On the command line there is no left.
    give('Ada', 5, 'a', { elapsedMs: 0 });
    expect((await agreementReport(world.store, quietTask())).annotators[0]?.leftShare).toMatchObject({
      value: 0.75,
      n: 4,
    });
  });

  it('forgets what was undone', async () => {
    give('Ada', 0, 'a');
    give('Bob', 0, 'b');
    const act = world.store.labels.lastAct('Bob');
    if (act !== undefined) world.store.labels.undo(act, world.clock.now());
    const report = await agreementReport(world.store, quietTask());
    expect(report.pairs).toEqual([]);
    expect(report.annotators.map(({ labels }) => labels)).toEqual([1, 0]);
  });

  it('takes imported labels as those of their annotator, without sides and times', async () => {
    world.store.labels.addAnnotator({ name: 'hh-rlhf', createdAt: 1 });
    const label = { id: 'imported', annotator: 'hh-rlhf', choice: 'a', strength: 2, tags: [], swapped: false } as const;
    world.store.labels.add({ ...label, pairId: pairs[0]?.id ?? '', elapsedMs: 0, source: 'imported', createdAt: 1 });
    give('Ada', 0, 'a', { elapsedMs: 0 });
    give('Ada', 1, 'a', { elapsedMs: 300 });
    const report = await agreementReport(world.store, quietTask());
    expect(report.annotators.find(({ name }) => name === 'hh-rlhf')).toEqual({ name: 'hh-rlhf', labels: 1 });
    expect(report.annotators.find(({ name }) => name === 'Ada')?.medianMs).toBe(300);
    expect(report.pairs[0]).toEqual({ one: 'Ada', two: 'hh-rlhf', shared: 1, agreement: 1 });
    expect(report.alpha).toBeUndefined();
  });

  it('lets others in while it reads', async () => {
    for (let place = 0; place < pairs.length; place += 1) give('Ada', place, 'a');
    let asked = 0;
    const task = { ...quietTask(), progress: async () => void (asked += 1) };
    await agreementReport(world.store, task);
    expect(asked).toBe(pairs.length);
    const stopped = new AbortController();
    stopped.abort(new Error('closed'));
    await expect(agreementReport(world.store, quietTask(stopped.signal))).rejects.toThrow('closed');
  });
});
