// What the store does otherwise when there is much: looks that switch to another way must answer alike.
import { expect, it } from 'vitest';
import { addTrace, hash, importOf, labelOf, leafOf, pathOf, start } from '#test/samples';
import { temporaryStore } from '#test/store';
import { pairId } from '#engine/preference/pair-id';

it('finds the traces through a turn with thousands below it, in order of arrival', () => {
  const store = temporaryStore();
  store.transaction(() => {
    addTrace(store, { id: 'before', lines: ['s: one root', 'u: aside'] });
    addTrace(store, { id: 'writer' });
    for (let index = 0; index < 2500; index += 1)
      addTrace(store, { id: `t${index}`, lines: ['s: one root', `u: ${index}`] });
    addTrace(store, { id: 'elsewhere', lines: ['s: another root', 'u: 1'] });
  });
  const root = leafOf(pathOf('s: one root'));
  store.traces.putSpans('writer', [{ id: 's', name: 'chat', kind: 'model', wrote: root, attributes: {} }]);
  store.traces.setRemoved(['t0'], true);
  const ids = (limit: number) => store.traces.through(root, limit).map(({ id }) => id);
  expect(ids(4)).toEqual(['before', 'writer', 't1', 't2']);
  expect(ids(10_000)).toHaveLength(2501);
  expect(ids(10_000)).not.toContain('elsewhere');
});

it('searches the tree it has in memory and what came after', () => {
  const store = temporaryStore();
  store.transaction(() => {
    for (let index = 0; index < 3000; index += 1)
      addTrace(store, { id: `t${index}`, lines: ['u: shared', `a: answer${index}`] });
  });
  const found = (text: string) => store.traces.list({ text }, { by: 'position', descending: false }, 0, 5).total;
  expect([found('shared'), found('answer2999'), found('answer29')]).toEqual([3000, 1, 111]);
  store.transaction(() => {
    for (let index = 0; index < 2000; index += 1)
      addTrace(store, { id: `n${index}`, lines: ['u: shared', `a: later${index}`, 'u: end'] });
  });
  expect([found('shared'), found('later1999'), found('end'), found('answer2999')]).toEqual([5000, 1, 2000, 1]);
});

it('says what is shown when more traces change at once than are read one by one', () => {
  const store = temporaryStore();
  const ids = Array.from({ length: 6000 }, (_, index) => `t${index}`);
  store.transaction(() => {
    store.imports.put(importOf('import'));
    for (const [position, id] of ids.entries()) addTrace(store, { id, position, group: `g${position % 3}` });
  });
  const groups = () => store.traces.facets().groups.map(({ count }) => count);
  expect(groups()).toEqual([2000, 2000, 2000]);
  expect(store.traces.setRemoved(ids.slice(0, 5999), true)).toBe(5999);
  expect(groups()).toEqual([1]);
  expect(store.traces.setRemoved(ids.slice(0, 3), false)).toBe(3);
  expect(groups()).toEqual([2, 1, 1]);
});

it('takes the median of the newest thousand labels', () => {
  const store = temporaryStore();
  store.transaction(() => {
    for (let index = 0; index < 1500; index += 1) {
      const [one, two] = [pathOf(`u: ${index}`, 'a: yes'), pathOf(`u: ${index}`, 'a: no')];
      for (const path of [one, two]) store.turns.putPath(path);
      const [a = '', b = ''] = [leafOf(one), leafOf(two)].toSorted();
      const pair = {
        id: pairId(a, b),
        kind: 'sibling',
        prompt: one[1]?.id ?? '',
        a,
        b,
        reason: '',
        createdAt: start,
      } as const;
      store.pairs.put([pair]);
      store.labels.add(labelOf(pair, 'ann', { id: hash(`${index}`), elapsedMs: index < 500 ? 1e6 : index }));
    }
  });
  expect(store.labels.stats('ann', {}, start)).toEqual({ labelled: 1500, skipped: 0, today: 1500, medianMs: 999.5 });
});
