// Mining: what becomes a pair, what is left out and counted, and that nothing becomes a pair twice.
import { describe, expect, it } from 'vitest';
import type { Pair } from '#contract/pair';
import { mine, mineMessage } from '#engine/preference/mine';
import { addPair, addTrace, newWorld, quietTask, type World } from './world.ts';
import { pathOf } from '#test/samples';

const reward = (value: number) => [{ name: 'reward', value }];

function pairsIn({ store }: World): readonly Pair[] {
  return store.pairs.list({}, 0, 1000).items;
}

function mined(world: World, kinds?: Parameters<typeof mine>[2]) {
  return mine(world.store, world.clock, kinds, quietTask());
}

describe('siblings', () => {
  it('are every two assistant answers to one prompt', async () => {
    const world = newWorld();
    const answers = ['one', 'two', 'three'].map((word) => addTrace(world, ['u: hi', `a: ${word}`, 'u: thanks']));
    addTrace(world, ['u: hello', 'a: one']);
    const summary = await mined(world);
    expect(summary).toEqual({ pairs: 3, new: 3, byKind: { sibling: 3, outcome: 0, imported: 0 }, leftOut: [] });
    const turns = answers.map(({ path }) => path[2]?.id);
    for (const pair of pairsIn(world)) {
      expect(pair.kind).toBe('sibling');
      expect(pair.a < pair.b).toBe(true);
      expect(turns).toContain(pair.a);
      expect(turns).toContain(pair.b);
      expect(pair.prompt).toBe(answers[0]?.path[1]?.id);
      expect(pair.reason).toBe('Two different answers after the same 1 message.');
    }
    expect(new Set(pairsIn(world).map(({ id }) => id)).size).toBe(3);
  });

  it('are not made of what users or tools said, and name the group both are of', async () => {
    const world = newWorld();
    addTrace(world, ['u: hi', 'a: call', 't: result one', 'a: x'], { group: '5' });
    addTrace(world, ['u: hi', 'a: call', 't: result two', 'a: y'], { group: '5' });
    addTrace(world, ['u: hi', 'a: call', 't: result two', 'a: z'], { group: '5' });
    expect((await mined(world)).pairs).toBe(1);
    expect(pairsIn(world)[0]).toMatchObject({
      group: '5',
      reason: 'Two different answers after the same 3 messages in group “5”.',
    });
  });

  it('carry the traces they come from', async () => {
    const world = newWorld();
    const one = addTrace(world, ['u: hi', 'a: one']);
    const two = addTrace(world, ['u: hi', 'a: two']);
    await mined(world);
    const [pair] = pairsIn(world);
    const traceOf = new Map([one, two].map(({ leaf, trace }) => [leaf, trace.id]));
    expect(pair?.traceA).toBe(traceOf.get(pair?.a ?? ''));
    expect(pair?.traceB).toBe(traceOf.get(pair?.b ?? ''));
  });

  it('are bounded per prompt, and the rest is counted', async () => {
    const world = newWorld();
    for (let answer = 0; answer < 6; answer += 1) addTrace(world, ['u: hi', `a: ${answer}`]);
    const limits = { answersPerPrompt: 4, pairsPerGroup: 200 };
    const summary = await mine(world.store, world.clock, undefined, quietTask(), limits);
    expect(summary.pairs).toBe(6);
    expect(summary.leftOut).toEqual([{ why: 'Pairs beyond the first 4 answers to one prompt', count: 15 - 6 }]);
  });

  it('leave removed traces out, and answers that only an edit wrote', async () => {
    const world = newWorld();
    addTrace(world, ['u: hi', 'a: one']);
    addTrace(world, ['u: hi', 'a: two']);
    const gone = addTrace(world, ['u: hi', 'a: gone']);
    world.store.traces.setRemoved([gone.trace.id], true);
    world.store.turns.putPath(pathOf('u: hi', 'a: edited'));
    const summary = await mined(world);
    expect(summary.pairs).toBe(1);
    expect(summary.leftOut).toEqual([{ why: 'Answers that only edits or removed traces hold', count: 2 }]);
  });

  it('take in a candidate that a span wrote and no transcript followed', async () => {
    const world = newWorld();
    const { trace, path } = addTrace(world, ['u: hi', 'a: followed', 'u: thanks']);
    const candidate = pathOf('u: hi', 'a: sampled');
    world.store.turns.putPath(candidate);
    const wrote = candidate.at(-1)?.id ?? '';
    world.store.traces.putSpans(trace.id, [{ id: 's', name: 'chat', kind: 'model', wrote, attributes: {} }]);
    expect((await mined(world)).pairs).toBe(1);
    expect(new Set([pairsIn(world)[0]?.a, pairsIn(world)[0]?.b])).toEqual(new Set([wrote, path[2]?.id]));
  });
});

describe('outcomes', () => {
  it('are runs of one group with another score, from their last common turn to their leaves', async () => {
    const world = newWorld();
    const good = addTrace(world, ['s: be good', 'u: hi', 'a: one', 'u: ok'], { group: 'task 5', scores: reward(1) });
    const bad = addTrace(world, ['s: be good', 'u: hi there', 'a: two'], { group: 'task 5', scores: reward(0) });
    addTrace(world, ['s: be good', 'u: ho', 'a: three'], { group: 'task 5', scores: reward(0) });
    addTrace(world, ['s: be good', 'u: hu', 'a: four'], { group: 'task 6', scores: reward(0) });
    addTrace(world, ['s: be good', 'u: hu', 'a: five'], { group: 'task 5' });
    const summary = await mined(world, ['outcome']);
    expect(summary).toEqual({ pairs: 2, new: 2, byKind: { outcome: 2 }, leftOut: [] });
    const pair = pairsIn(world).find(({ a, b }) => [a, b].includes(bad.leaf));
    expect([pair?.a, pair?.b]).toEqual([good.leaf, bad.leaf].toSorted());
    expect(pair).toMatchObject({
      kind: 'outcome',
      prompt: good.path[0]?.id,
      group: 'task 5',
      reason: 'Two runs of group “task 5” with different scores: reward 1 against 0.',
    });
    expect(pair?.traceA).toBe(pair?.a === good.leaf ? good.trace.id : bad.trace.id);
  });

  it('take each score in turn, and two runs that differ in several once', async () => {
    const world = newWorld();
    const scores = (reward: number, cost: number) => [
      { name: 'reward', value: reward },
      { name: 'cost', value: cost },
    ];
    addTrace(world, ['u: a'], { group: 'g', scores: scores(1, 0.5) });
    addTrace(world, ['u: b'], { group: 'g', scores: scores(0, 0.25) });
    addTrace(world, ['u: c'], { group: 'g', scores: scores(1, 0.25) });
    addTrace(world, ['u: d'], { group: 'g', scores: [{ name: 'other', value: 3 }] });
    expect((await mined(world)).pairs).toBe(3);
    const reasons = pairsIn(world).map(({ reason }) => reason.replace(/^.*scores: /, ''));
    expect(reasons.toSorted()).toEqual([
      'cost 0.5 against 0.25.',
      'reward 1 against 0, cost 0.5 against 0.25.',
      'reward 1 against 0.',
    ]);
  });

  it('leave out and count equal runs, beginnings of one another and other prompts', async () => {
    const world = newWorld();
    const group = 'g';
    addTrace(world, ['s: x', 'u: hi', 'a: one'], { group, scores: reward(1) });
    addTrace(world, ['s: x', 'u: hi', 'a: one'], { group, scores: reward(0) });
    addTrace(world, ['s: x', 'u: hi'], { group, scores: reward(0) });
    addTrace(world, ['s: y', 'u: hi'], { group, scores: reward(0) });
    const summary = await mined(world);
    expect(summary.pairs).toBe(0);
    expect(summary.leftOut.toSorted((one, two) => (one.why < two.why ? -1 : 1))).toEqual([
      { why: 'Runs of which one is the beginning of the other', count: 1 },
      { why: 'Runs that said exactly the same', count: 1 },
      { why: 'Runs under different system prompts or tools', count: 1 },
    ]);
    expect(pairsIn(world)).toEqual([]);
  });

  it('are bounded per group, spread over its runs, and the rest is counted', async () => {
    const world = newWorld();
    for (let run = 0; run < 20; run += 1) {
      addTrace(world, [`u: ${run}`, 'a: x'], { group: 'g', scores: reward(run % 2) });
    }
    const limits = { answersPerPrompt: 12, pairsPerGroup: 10 };
    const summary = await mine(world.store, world.clock, ['outcome'], quietTask(), limits);
    expect(summary.pairs).toBe(10);
    expect(summary.leftOut).toEqual([{ why: 'Pairs beyond 10 of one group', count: 90 }]);
    expect(new Set(pairsIn(world).flatMap(({ a, b }) => [a, b])).size).toBe(20);
  });

  it('find the one that differs in a group of thousands without trying all', async () => {
    const world = newWorld();
    world.store.transaction(() => {
      for (let run = 0; run < 3000; run += 1) {
        addTrace(world, [`u: ${run}`], { group: 'g', scores: reward(run === 1234 ? 1 : 0) });
      }
    });
    const summary = await mined(world, ['outcome']);
    expect(summary.pairs).toBe(200);
    expect(summary.leftOut).toEqual([{ why: 'Pairs beyond 200 of one group', count: 2999 - 200 }]);
  });
});

describe('mining', () => {
  it('is idempotent', async () => {
    const world = newWorld();
    addTrace(world, ['u: hi', 'a: one'], { group: 'g', scores: reward(1) });
    addTrace(world, ['u: hi', 'a: two', 'u: x'], { group: 'g', scores: reward(0) });
    const first = await mined(world);
    const pairs = pairsIn(world);
    const second = await mined(world);
    expect(first.new).toBe(2);
    expect(second).toEqual({ ...first, new: 0 });
    expect(pairsIn(world)).toEqual(pairs);
    expect(mineMessage(second)).toBe('2 pairs found, 0 new');
  });

  it('counts what two ways find once: imported before outcome before sibling', async () => {
    const world = newWorld();
    const group = 'g';
    const one = addTrace(world, ['u: hi', 'a: one'], { group, scores: reward(1) });
    const two = addTrace(world, ['u: hi', 'a: two'], { group, scores: reward(0) });
    addTrace(world, ['u: hi', 'a: three'], { group, scores: reward(1) });
    addPair(world, one.leaf, two.leaf);
    expect(await mined(world)).toEqual({
      pairs: 3,
      new: 2,
      byKind: { imported: 1, outcome: 1, sibling: 1 },
      leftOut: [],
    });
    expect(await mined(world, ['sibling'])).toMatchObject({ pairs: 3, new: 0, byKind: { sibling: 3 } });
    expect(world.store.pairs.countByKind()).toEqual({ imported: 1, outcome: 1, sibling: 1 });
  });

  it('stops when cancelled and keeps what it stored', async () => {
    const world = newWorld();
    world.store.transaction(() => {
      for (let run = 0; run < 250; run += 1) {
        for (const answer of ['one', 'two']) addTrace(world, [`u: ${run}`, `a: ${answer}`]);
      }
    });
    const controller = new AbortController();
    const task = quietTask(controller.signal);
    let asked = 0;
    const cancelling = {
      ...task,
      progress: (done: number | undefined, message?: string) => {
        if ((asked += 1) === 220) controller.abort();
        return task.progress(done, message);
      },
    };
    await expect(mine(world.store, world.clock, undefined, cancelling)).rejects.toThrow(/abort/i);
    expect(pairsIn(world).length).toBe(200);
    expect((await mined(world)).new).toBe(50);
  });
});
