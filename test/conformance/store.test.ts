// What every store must do with imports, datasets, settings and transactions.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DatasetVersion, FrozenChoice, Recipe } from '#contract/dataset';
import type { Reject } from '#contract/import';
import type { Json } from '#contract/turn';
import { Problem } from '#engine/problem';
import { addPair, addTrace, hash, importOf, labelOf, pathOf, start } from '#test/samples';
import { onEveryStore } from '#test/store';

const recipe: Recipe = { ties: 'drop', minStrength: 1, conflicts: 'majority', unit: 'decision', tags: ['\ud800'] };
const version = (datasetId: string, number: number, content: string): DatasetVersion => ({
  hash: hash(content),
  datasetId,
  number,
  createdAt: start + number,
  recipe,
  choices: 2,
});
const choice = (name: string): FrozenChoice => ({
  pairId: hash(name),
  prompt: hash('prompt'),
  chosen: hash('chosen'),
  rejected: hash('rejected'),
  verdict: 'prefer',
  strength: 1.5,
  labels: [{ id: 'l', annotator: 'ann', choice: 'a', strength: 2 }],
});

onEveryStore('imports', (open) => {
  it('replaces a summary by its id and lists the newest first', () => {
    const { imports } = open();
    imports.put(importOf('one', { state: 'running' }));
    imports.put(importOf('two', { file: '\ud800.jsonl', problem: 'no' }));
    imports.put(importOf('one'));
    expect(imports.get('one')).toEqual(importOf('one'));
    expect(imports.get('missing')).toBeUndefined();
    expect(imports.list()).toEqual([importOf('two', { file: '\ud800.jsonl', problem: 'no' }), importOf('one')]);
  });

  it('pages through what was set aside, in order of arrival', () => {
    const { imports } = open();
    imports.put(importOf('one'));
    imports.put(importOf('two'));
    const reject = (line: number): Reject => ({
      file: 'f',
      line,
      byteStart: 1,
      byteEnd: 2,
      cause: 'bad',
      excerpt: '\ud800\u0000',
    });
    imports.addRejects('one', [reject(3), reject(1)]);
    imports.addRejects('two', [{ ...reject(9), hint: 'mend it' }]);
    imports.addRejects('one', [reject(2)]);
    imports.addRejects('one', []);
    expect(imports.rejects('one', 1, 5)).toEqual({ items: [reject(1), reject(2)], total: 3 });
    expect(imports.rejects('two', 0, 5).items).toEqual([{ ...reject(9), hint: 'mend it' }]);
    expect(imports.rejects('missing', 0, 5)).toEqual({ items: [], total: 0 });
    expect(() => imports.addRejects('missing', [reject(1)])).toThrow(Problem);
  });
});

onEveryStore('datasets', (open) => {
  it('keeps name and recipe, hides and shows', () => {
    const { datasets } = open();
    datasets.put({ id: 'a', name: 'First', recipe, createdAt: 1 });
    datasets.put({ id: 'b', name: 'Second', recipe, createdAt: 2 });
    datasets.put({ id: 'a', name: 'Renamed', recipe: { ...recipe, minStrength: 2 }, createdAt: 9 });
    expect(datasets.get('a')).toEqual({
      id: 'a',
      name: 'Renamed',
      recipe: { ...recipe, minStrength: 2 },
      createdAt: 1,
      versions: [],
    });
    datasets.setRemoved('a', true);
    expect(datasets.list().map(({ id }) => id)).toEqual(['b']);
    expect(datasets.get('a')?.name).toBe('Renamed');
    datasets.setRemoved('a', false);
    expect(datasets.list().map(({ id }) => id)).toEqual(['a', 'b']);
    expect(datasets.get('missing')).toBeUndefined();
    expect(() => datasets.setRemoved('missing', true)).toThrow(Problem);
  });

  it('freezes a version once a dataset, and gives its choices back', () => {
    const { datasets } = open();
    datasets.put({ id: 'a', name: 'First', recipe, createdAt: 1 });
    datasets.put({ id: 'b', name: 'Second', recipe, createdAt: 2 });
    const choices = [choice('z'), { ...choice('a'), group: 'g' }];
    expect(datasets.putVersion(version('a', 1, 'x'), choices)).toBe(true);
    expect(datasets.putVersion(version('a', 2, 'x'), choices)).toBe(false);
    expect(datasets.putVersion(version('a', 2, 'y'), [])).toBe(true);
    expect(datasets.putVersion(version('b', 7, 'x'), choices)).toBe(true);
    expect(datasets.get('a')?.versions).toEqual([version('a', 1, 'x'), version('a', 2, 'y')]);
    expect(datasets.version(hash('x'))).toEqual({ version: version('a', 1, 'x'), recipe, choices });
    expect(datasets.version(hash('missing'))).toBeUndefined();
    expect(() => datasets.putVersion(version('missing', 1, 'x'), [])).toThrow(Problem);
  });
});

onEveryStore('settings', (open) => {
  it('keeps any JSON by any name until it is forgotten', () => {
    const { settings } = open();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (name, value) => {
        // JSON knows one zero.
        const json = JSON.parse(JSON.stringify(value)) as Json;
        settings.set(name, json);
        expect(settings.get(name)).toEqual(json);
        settings.set(name, undefined);
        expect(settings.get(name)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });
});

onEveryStore('transactions', (open) => {
  it('take all of the work or nothing, in every part of the store', () => {
    const store = open();
    const pair = addPair(store, 'kept');
    expect(() =>
      store.transaction(() => {
        addTrace(store, { id: 'trace', lines: ['u: hello'], scores: [{ name: 'r', value: 1 }] });
        store.labels.add(labelOf(pair, 'ann', { tags: ['t'] }));
        addPair(store, 'gone');
        store.settings.set('a', 1);
        store.datasets.put({ id: 'd', name: 'D', recipe, createdAt: 1 });
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(store.traces.count()).toBe(0);
    expect(store.imports.list()).toEqual([]);
    expect(store.turns.count()).toBe(5);
    expect(store.labels.annotators()).toEqual([]);
    expect(store.pairs.countFor({})).toBe(1);
    expect(store.pairs.countFor({ labelled: 'yes' })).toBe(0);
    expect(store.settings.get('a')).toBeUndefined();
    expect(store.datasets.list()).toEqual([]);
  });

  it('keep nothing of a put that was refused, even where the refusal is caught inside', () => {
    const store = open();
    const trace = addTrace(store, { id: 'known', lines: ['u: hello'] });
    const [root, question] = pathOf('u: hello');
    const [, , stray] = pathOf('u: other', 'a: hi');
    const path = [root, question, stray].filter((turn) => turn !== undefined);
    const span = { id: 's', name: 'chat', kind: 'model', attributes: {} } as const;
    const scores = [{ name: 'r', value: Number.NaN }];
    store.transaction(() => {
      expect(() => store.turns.putPath([...pathOf('u: new'), ...path.slice(2)])).toThrow(Problem);
      expect(() => store.traces.putSpans('known', [span, { ...span, id: 't', wrote: hash('x') }])).toThrow(Problem);
      expect(() => store.traces.update({ ...trace, name: 'changed', scores })).toThrow(Problem);
      expect(() =>
        store.traces.put({ summary: { ...trace, id: 'new', scores }, recordId: 'record of known', side: '' }),
      ).toThrow(Problem);
      const link = { id: hash('1'), index: 0, patch: ['=', 1] } as const;
      expect(() => store.traces.putResidues([link, { ...link, id: hash('2') }])).toThrow(Problem);
    });
    expect(store.turns.count()).toBe(2);
    expect(store.traces.spans('known')).toEqual([]);
    expect(store.traces.get('known')?.summary).toEqual(trace);
    expect(store.traces.count()).toBe(1);
    expect(store.traces.residues(hash('1'))).toEqual([]);
  });

  it('nest: an inner one that fails is taken back alone, an outer one takes the inner with it', () => {
    const store = open();
    const value = store.transaction(() => {
      store.settings.set('outer', 1);
      expect(() =>
        store.transaction(() => {
          store.settings.set('inner', 1);
          throw new Error('inner');
        }),
      ).toThrow('inner');
      return store.transaction(() => {
        store.settings.set('second', 2);
        return 'value';
      });
    });
    expect(value).toBe('value');
    expect([store.settings.get('outer'), store.settings.get('inner'), store.settings.get('second')]).toEqual([
      1,
      undefined,
      2,
    ]);
    expect(() =>
      store.transaction(() => {
        store.transaction(() => store.turns.putPath(pathOf('u: hello')));
        throw new Error('outer');
      }),
    ).toThrow('outer');
    expect(store.turns.count()).toBe(0);
  });
});
