// What every store must do with pairs.
import { expect, it } from 'vitest';
import type { PairFilter } from '#contract/pair';
import type { Store } from '#engine/ports';
import { Problem } from '#engine/problem';
import { addPair, addTrace, hash, labelOf, start } from '#test/samples';
import { onEveryStore } from '#test/store';

onEveryStore('pairs', (open) => {
  const reasons = (store: Store, filter: PairFilter): string =>
    store.pairs
      .list(filter, 0, 100)
      .items.map(({ reason }) => reason)
      .join('');

  it('gives a pair back, whole and as little as may be', () => {
    const store = open();
    addTrace(store, { id: 'one' });
    addTrace(store, { id: 'two' });
    const bare = addPair(store, 'x');
    const whole = addPair(store, 'y', {
      group: 'g \ud800',
      traceA: 'one',
      traceB: 'two',
      kind: 'outcome',
      reason: '\u0000',
    });
    expect(store.pairs.get(bare.id)).toEqual(bare);
    expect(store.pairs.get(whole.id)).toEqual(whole);
    expect(store.pairs.get(hash('missing'))).toBeUndefined();
    expect(store.pairs.put([{ ...bare, reason: 'other' }])).toBe(0);
    expect(store.pairs.get(bare.id)).toEqual(bare);
    expect(store.pairs.sequenceOf(whole.id)).toBe(2);
    expect(store.pairs.sequenceOf(hash('missing'))).toBeUndefined();
    expect(store.pairs.startingWith(whole.id.slice(0, 9))).toEqual([whole.id]);
  });

  it('refuses pairs of turns or traces it does not know, and keeps none of them', () => {
    const store = open();
    const pair = addPair(store, 'x');
    const other = { ...pair, id: hash('other') };
    expect(() => store.pairs.put([other, { ...pair, id: hash('new'), a: hash('missing') }])).toThrow(Problem);
    expect(() => store.pairs.put([{ ...other, traceA: 'missing' }])).toThrow(Problem);
    expect(store.pairs.countFor({})).toBe(1);
  });

  it('filters by kind, group, text of both sides, labels and tags', () => {
    const store = open();
    const one = addPair(store, 'one', { reason: '1', group: 'g' });
    const two = addPair(store, 'two', { reason: '2', kind: 'outcome', group: 'g' });
    addPair(store, 'three', { reason: '3', kind: 'imported' });
    store.labels.add(labelOf(one, 'ann', { tags: ['tone', 'fact'] }));
    store.labels.add(labelOf(two, 'bob', { tags: ['tone'] }));
    expect(reasons(store, {})).toBe('123');
    expect(reasons(store, { kind: ['sibling', 'imported'] })).toBe('13');
    expect(reasons(store, { group: ['g', 'h'] })).toBe('12');
    expect(reasons(store, { group: ['h'] })).toBe('');
    expect(reasons(store, { text: 'second' })).toBe('123');
    expect(reasons(store, { text: 'more abo' })).toBe('123');
    expect(reasons(store, { text: 'second two' })).toBe('2');
    expect(reasons(store, { text: 'question' })).toBe('');
    expect(reasons(store, { labelled: 'yes' })).toBe('12');
    expect(reasons(store, { labelled: 'no' })).toBe('3');
    expect(reasons(store, { labelled: 'no', annotator: 'ann' })).toBe('23');
    expect(reasons(store, { annotator: 'bob' })).toBe('2');
    expect(reasons(store, { annotator: 'nobody' })).toBe('');
    expect(reasons(store, { labelled: 'no', annotator: 'nobody' })).toBe('123');
    expect(reasons(store, { tag: 'tone' })).toBe('12');
    expect(reasons(store, { tag: 'fact', kind: ['outcome'] })).toBe('');
    expect(store.pairs.countFor({ tag: 'fact' })).toBe(1);
  });

  it('pages in order of arrival, with the total', () => {
    const store = open();
    for (let index = 0; index < 5; index += 1) addPair(store, `p${index}`, { reason: String(index) });
    const page = store.pairs.list({}, 3, 10);
    expect(page.items.map(({ reason }) => reason)).toEqual(['3', '4']);
    expect(page.total).toBe(5);
  });

  it('counts what a filter can be set to; an undone label counts nowhere', () => {
    const store = open();
    const one = addPair(store, 'one', { group: 'g' });
    addPair(store, 'two', { group: 'g', kind: 'outcome' });
    addPair(store, 'three');
    store.labels.add(labelOf(one, 'ann', { tags: ['tone'] }));
    store.labels.add(labelOf(one, 'bob', { tags: ['tone', 'fact'] }));
    const act = store.labels.lastAct('bob');
    const facets = {
      kinds: [
        { value: 'sibling', count: 2 },
        { value: 'outcome', count: 1 },
      ],
      groups: [{ value: 'g', count: 2 }],
      total: 3,
    };
    const tags = [
      { value: 'fact', count: 1 },
      { value: 'tone', count: 1 },
    ];
    expect(store.pairs.facets()).toEqual({ ...facets, tags });
    if (act !== undefined) store.labels.undo(act, start);
    expect(store.pairs.facets()).toEqual({ ...facets, tags: tags.slice(1) });
    expect(store.pairs.countByKind()).toEqual({ sibling: 2, outcome: 1 });
  });

  it('names the next pair past one, skipping what the annotator has done', () => {
    const store = open();
    const pairs = ['0', '1', '2', '3'].map((reason) => addPair(store, `p${reason}`, { reason }));
    const next = (annotator: string, filter: PairFilter = {}, after = 0) => {
      const found = store.pairs.nextFor(annotator, filter, after);
      return found === undefined ? undefined : `${found.pair.reason}@${found.sequence}`;
    };
    const [first, second, third, fourth] = pairs;
    if (first === undefined || second === undefined || third === undefined || fourth === undefined)
      throw new Error('no pairs');
    expect(next('ann')).toBe('0@1');
    expect(next('ann', {}, 1)).toBe('1@2');
    store.labels.add(labelOf(first, 'ann'));
    store.labels.addSkip('ann', second.id, start);
    expect(next('ann')).toBe('2@3');
    expect(next('bob')).toBe('0@1');
    expect(next('ann', { labelled: 'yes' })).toBeUndefined();
    expect(next('bob', { labelled: 'yes' })).toBe('0@1');
    expect(next('ann', {}, 3)).toBe('3@4');
    expect(next('ann', {}, 4)).toBeUndefined();
    const skip = store.labels.lastAct('ann');
    if (skip !== undefined) store.labels.undo(skip, start);
    expect(next('ann')).toBe('1@2');
    store.labels.add(labelOf(fourth, 'ann'));
    expect(next('ann', {}, 2)).toBe('2@3');
    expect(next('ann', {}, 3)).toBeUndefined();
    const last = addPair(store, 'p4', { reason: '4', kind: 'outcome' });
    expect(next('ann', {}, 3)).toBe('4@5');
    expect(next('ann', { kind: ['outcome'] })).toBe('4@5');
    store.labels.add(labelOf(last, 'ann'));
    expect(next('ann', { kind: ['outcome'] })).toBeUndefined();
    expect(next('ann')).toBe('1@2');
  });
});
