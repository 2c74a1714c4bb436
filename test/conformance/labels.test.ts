// What every store must do with labels, skips and undo.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Label } from '#contract/label';
import type { Pair, PairFilter } from '#contract/pair';
import type { Store } from '#engine/ports';
import { Problem } from '#engine/problem';
import { memoryStore } from '#test/memory-store/store';
import { addPair, hash, labelOf, start } from '#test/samples';
import { onEveryStore, temporaryStore } from '#test/store';

onEveryStore('labels', (open) => {
  it('gives a label back, whole and as little as may be', () => {
    const store = open();
    const pair = addPair(store, 'x');
    const bare = labelOf(pair, 'ann');
    const whole = labelOf(pair, 'bob', {
      choice: 'tie',
      strength: 3,
      tags: ['b', 'a', '\ud800'],
      rationale: '\u0000 because',
      edit: pair.b,
      swapped: true,
      elapsedMs: 12.5,
      source: 'imported',
    });
    const repeat = labelOf(pair, 'ann', { id: hash('repeat'), repeats: bare.id });
    for (const label of [bare, whole, repeat]) store.labels.add(label);
    for (const label of [bare, whole, repeat]) expect(store.labels.get(label.id)).toEqual(label);
    expect(store.labels.get(hash('missing'))).toBeUndefined();
    expect(store.labels.annotators().map(({ name }) => name)).toEqual(['ann', 'bob']);
  });

  it('adds an annotator once', () => {
    const store = open();
    store.labels.addAnnotator({ name: 'ann', createdAt: 1 });
    store.labels.addAnnotator({ name: 'ann', createdAt: 2 });
    expect(store.labels.annotators()).toEqual([{ name: 'ann', createdAt: 1 }]);
  });

  it('refuses a second live label by one annotator but as a repeat; imported ones may be many', () => {
    const store = open();
    const pair = addPair(store, 'x');
    const first = labelOf(pair, 'ann');
    store.labels.add(first);
    store.labels.add({ ...first, choice: 'b' });
    expect(store.labels.get(first.id)?.choice).toBe('a');
    expect(() => store.labels.add(labelOf(pair, 'ann', { id: hash('two') }))).toThrow(/already/);
    store.labels.add(labelOf(pair, 'ann', { id: hash('repeat'), repeats: first.id }));
    store.labels.add(labelOf(pair, 'file', { id: hash('i1'), source: 'imported' }));
    store.labels.add(labelOf(pair, 'file', { id: hash('i2'), source: 'imported', choice: 'b' }));
    expect(store.labels.list({}, 0, 10).total).toBe(4);
    expect(store.labels.undoDepth('file')).toBe(0);
    expect(() => store.labels.add(labelOf({ ...pair, id: hash('missing') }, 'eve'))).toThrow(Problem);
    expect(() => store.labels.add(labelOf(pair, 'eve', { edit: hash('missing') }))).toThrow(Problem);
    expect(() => store.labels.addSkip('eve', hash('missing'), start)).toThrow(Problem);
  });

  it('walks labels and skips back to the first, each once', () => {
    const store = open();
    const [one, two] = [addPair(store, 'one'), addPair(store, 'two')];
    const label = labelOf(one, 'ann');
    store.labels.add(label);
    store.labels.addSkip('ann', two.id, start + 1);
    store.labels.add(labelOf(two, 'bob'));
    const skip = store.labels.lastAct('ann');
    expect(skip).toMatchObject({ kind: 'skip', pairId: two.id, at: start + 1, annotator: 'ann' });
    expect(store.labels.undoDepth('ann')).toBe(2);
    if (skip === undefined) return;
    store.labels.undo(skip, start + 2);
    expect(() => store.labels.undo(skip, start + 2)).toThrow(/already/);
    const act = store.labels.lastAct('ann');
    expect(act).toMatchObject({ kind: 'label', pairId: one.id, labelId: label.id });
    if (act !== undefined) store.labels.undo(act, start + 3);
    expect(store.labels.get(label.id)?.undoneAt).toBe(start + 3);
    expect(store.labels.lastAct('ann')).toBeUndefined();
    expect(store.labels.undoDepth('ann')).toBe(0);
    expect(store.labels.undoDepth('bob')).toBe(1);
    expect(store.labels.list({}, 0, 10).items.map(({ annotator }) => annotator)).toEqual(['bob']);
    store.labels.add(labelOf(one, 'ann', { id: hash('again') }));
    expect(store.labels.list({ annotator: 'ann' }, 0, 10).total).toBe(1);
  });

  it('lists live labels, oldest first', () => {
    const store = open();
    const [one, two] = [addPair(store, 'one'), addPair(store, 'two')];
    const all = [labelOf(two, 'ann'), labelOf(one, 'ann'), labelOf(one, 'bob')];
    for (const label of all) store.labels.add(label);
    expect(store.labels.list({}, 1, 10)).toEqual({ items: all.slice(1), total: 3 });
    expect(store.labels.list({ annotator: 'ann' }, 0, 1)).toEqual({ items: all.slice(0, 1), total: 2 });
    expect(store.labels.list({ pairId: one.id }, 0, 10).items).toEqual(all.slice(1));
    expect(store.labels.list({ pairId: one.id, annotator: 'ann' }, 0, 10).total).toBe(1);
    expect(store.labels.list({ annotator: 'nobody' }, 0, 10).total).toBe(0);
  });

  it('groups live labels by pair, in order of the pairs, past one page of them', () => {
    const store = open();
    store.transaction(() => {
      const pairs = Array.from({ length: 520 }, (_, index) => addPair(store, `p${index}`));
      for (const pair of pairs.toReversed()) store.labels.add(labelOf(pair, 'ann'));
      for (const pair of pairs.slice(0, 3)) store.labels.add(labelOf(pair, 'bob'));
    });
    const act = store.labels.lastAct('ann');
    if (act !== undefined) store.labels.undo(act, start);
    const groups = [...store.labels.byPair()];
    expect(groups).toHaveLength(520);
    expect(groups[0]?.labels.map(({ annotator }) => annotator)).toEqual(['bob']);
    expect(groups[1]?.labels.map(({ annotator }) => annotator)).toEqual(['ann', 'bob']);
    expect(groups.map(({ pair }) => store.pairs.sequenceOf(pair.id))).toEqual(groups.map((_, index) => index + 1));
  });

  it('counts progress, today and the median', () => {
    const store = open();
    const pairs = ['1', '2', '3', '4'].map((name) => addPair(store, name, name === '4' ? { kind: 'outcome' } : {}));
    expect(store.labels.stats('ann', {}, start)).toEqual({ labelled: 0, skipped: 0, today: 0 });
    for (const [index, pair] of pairs.slice(0, 2).entries()) {
      store.labels.add(labelOf(pair, 'ann', { elapsedMs: 1000 * (index + 1), createdAt: start + index }));
    }
    const [first, , , last] = pairs;
    if (first === undefined || last === undefined) throw new Error('no pairs');
    store.labels.addSkip('ann', last.id, start);
    store.labels.add(labelOf(first, 'file', { source: 'imported' }));
    expect(store.labels.stats('ann', {}, start + 1)).toEqual({ labelled: 2, skipped: 1, today: 1, medianMs: 1500 });
    expect(store.labels.stats('ann', { kind: ['outcome'] }, start)).toEqual({
      labelled: 0,
      skipped: 1,
      today: 2,
      medianMs: 1500,
    });
    expect(store.labels.stats('file', {}, start)).toEqual({ labelled: 1, skipped: 0, today: 0 });
    store.labels.add(labelOf(last, 'ann', { elapsedMs: 10 }));
    expect(store.labels.stats('ann', {}, start)).toEqual({ labelled: 3, skipped: 0, today: 3, medianMs: 1000 });
    const [, , untimed] = pairs;
    if (untimed !== undefined) store.labels.add(labelOf(untimed, 'ann', { elapsedMs: 0 }));
    expect(store.labels.stats('ann', {}, start)).toEqual({ labelled: 4, skipped: 0, today: 4, medianMs: 1000 });
  });

  it('offers for repetition what was labelled long enough ago, once', () => {
    const store = open();
    const pairs = ['1', '2', '3', '4'].map((name) => addPair(store, name));
    const all = pairs.map((pair) => labelOf(pair, 'ann'));
    for (const label of all) store.labels.add(label);
    const offered = (lag: number, limit = 10) =>
      store.labels.repeatable('ann', lag, limit).map(({ pairId }) => pairs.findIndex(({ id }) => id === pairId));
    expect(offered(0)).toEqual([0, 1, 2, 3]);
    expect(offered(2)).toEqual([0, 1]);
    expect(offered(2, 1)).toEqual([0]);
    expect(offered(4)).toEqual([]);
    const [first, second] = all;
    if (first === undefined || second === undefined) throw new Error('no labels');
    store.labels.add(
      labelOf({ ...pairs[0], id: first.pairId } as Pair, 'ann', { id: hash('repeat'), repeats: first.id }),
    );
    expect(offered(1)).toEqual([1, 2, 3]);
    store.labels.addSkip('ann', second.pairId, start);
    expect(offered(1)).toEqual([2, 3]);
    for (let undone = 0; undone < 2; undone += 1) {
      const act = store.labels.lastAct('ann');
      if (act !== undefined) store.labels.undo(act, start);
    }
    expect(offered(0)).toEqual([0, 1, 2, 3]);
    const skippedBefore = addPair(store, 'skipped before');
    store.labels.addSkip('ann', skippedBefore.id, start);
    store.labels.add(labelOf(skippedBefore, 'ann'));
    expect(store.labels.repeatable('ann', 0, 10).at(-1)?.pairId).toBe(skippedBefore.id);
    expect(store.labels.repeatable('nobody', 0, 10)).toEqual([]);
  });
});

type Step =
  | { readonly do: 'label'; readonly pair: number; readonly who: string; readonly tag: string; readonly ms: number }
  | { readonly do: 'skip' | 'repeat'; readonly pair: number; readonly who: string }
  | { readonly do: 'undo'; readonly who: string }
  | { readonly do: 'fail' };

const who = fc.constantFrom('ann', 'bob');
const pair = fc.nat(7);
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('label' as const), pair, who, tag: fc.constantFrom('t', 'u'), ms: fc.nat(9) }),
    fc.record({ do: fc.constantFrom('skip' as const, 'repeat' as const), pair, who }),
    fc.record({ do: fc.constant('undo' as const), who }),
    fc.record({ do: fc.constant('fail' as const) }),
  ),
  { maxLength: 40 },
);

it('ends the same on both stores after any labels, skips, repeats, undos and rollbacks', () => {
  fc.assert(
    fc.property(steps, (all: readonly Step[]) => {
      const [real, plain] = [temporaryStore(), memoryStore()];
      for (const store of [real, plain]) store.transaction(() => fill(store));
      for (const [at, step] of all.entries()) {
        expect(act(real, step, at)).toBe(act(plain, step, at));
        expect(view(real)).toEqual(view(plain));
      }
      real.close();
    }),
    { numRuns: 25 },
  );
});

function fill(store: Store): void {
  for (let index = 0; index < 8; index += 1) addPair(store, `p${index}`, index % 3 === 0 ? { kind: 'outcome' } : {});
}

/** Says whether the store took the step. */
function act(store: Store, step: Step, at: number): boolean {
  try {
    store.transaction(() => take(store, step, at));
    return true;
  } catch {
    return false;
  }
}

function take(store: Store, step: Step, at: number): void {
  if (step.do === 'fail') {
    take(store, { do: 'label', pair: 0, who: 'ann', tag: 't', ms: 1 }, at);
    throw new Error('rolled back');
  }
  if (step.do === 'undo') {
    const last = store.labels.lastAct(step.who);
    if (last !== undefined) store.labels.undo(last, at);
    return;
  }
  const pair = store.pairs.list({}, step.pair, 1).items[0];
  if (pair === undefined) throw new Error('no pair');
  const base = { id: hash(`label ${at}`), createdAt: start + at };
  if (step.do === 'skip') store.labels.addSkip(step.who, pair.id, at);
  else if (step.do === 'label')
    store.labels.add(labelOf(pair, step.who, { ...base, tags: [step.tag], elapsedMs: step.ms }));
  else {
    const first = store.labels.list({ annotator: step.who, pairId: pair.id }, 0, 1).items[0];
    if (first !== undefined) store.labels.add(labelOf(pair, step.who, { ...base, repeats: first.repeats ?? first.id }));
  }
}

const looks: readonly PairFilter[] = [
  {},
  { kind: ['outcome'] },
  { labelled: 'no' },
  { labelled: 'yes', annotator: 'bob' },
  { tag: 't' },
];

function view(store: Store): unknown {
  const of = (annotator: string) => ({
    next: looks.flatMap((filter) => [0, 3].map((after) => store.pairs.nextFor(annotator, filter, after)?.sequence)),
    stats: looks.map((filter) => store.labels.stats(annotator, filter, start + 5)),
    depth: store.labels.undoDepth(annotator),
    last: store.labels.lastAct(annotator)?.pairId,
    repeatable: store.labels.repeatable(annotator, 1, 5),
  });
  return {
    ann: of('ann'),
    bob: of('bob'),
    counts: looks.map((filter) => store.pairs.countFor(filter)),
    labels: store.labels.list({}, 0, 100) satisfies { readonly items: readonly Label[] },
    byPair: [...store.labels.byPair()],
    facets: store.pairs.facets(),
  };
}
