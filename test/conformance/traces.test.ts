// What every store must do with traces, their spans, scores and sources.
import { expect, it } from 'vitest';
import type { Span } from '#contract/trace';
import type { Patch } from '#engine/turns/residue';
import { Problem } from '#engine/problem';
import { addTrace, hash, importOf, leafOf, pathOf, start } from '#test/samples';
import { onEveryStore } from '#test/store';

const span = (id: string, change: Partial<Span> = {}): Span => ({
  id,
  name: 'chat',
  kind: 'model',
  attributes: {},
  ...change,
});

onEveryStore('traces', (open) => {
  it('gives a whole trace back, and one with as little as may be', () => {
    const store = open();
    const whole = addTrace(store, {
      id: hash('whole'),
      lines: ['u: hello', 'a: hi'],
      name: 'lone \ud800 and NUL \u0000',
      source: 'otlp',
      position: 7,
      group: 'task-1',
      model: 'gpt-4o',
      error: 'it \udc00 broke',
      spanCount: 3,
      toolCallCount: 2,
      startedAt: start + 0.25,
      endedAt: start + 1000.5,
      inputTokens: 100,
      outputTokens: 20,
      scores: [
        { name: 'reward', value: 0.5, comment: 'half' },
        { name: 'reward', value: -1e9 },
      ],
    });
    const bare = addTrace(store, { id: 'bare' });
    expect(store.traces.get(whole.id)?.summary).toEqual(whole);
    expect(store.traces.get('bare')).toEqual({ summary: bare, recordId: 'record of bare', side: '' });
    expect(store.traces.get('missing')).toBeUndefined();
    expect(store.traces.count()).toBe(2);
  });

  it('leaves a known trace as it is, but brings it back', () => {
    const store = open();
    const first = addTrace(store, { id: 'one', name: 'first' });
    const stored = { summary: { ...first, name: 'second' }, recordId: 'record of one', side: '' } as const;
    expect(store.traces.put(stored)).toBe(false);
    expect(store.traces.setRemoved(['one', 'missing'], true)).toBe(1);
    expect(store.traces.setRemoved(['one'], true)).toBe(0);
    expect(store.traces.count()).toBe(0);
    expect(store.traces.put(stored)).toBe(false);
    expect(store.traces.list({}, { by: 'date', descending: false }, 0, 10).items).toEqual([first]);
  });

  it('refuses a trace whose import, record, leaf or residue it does not know', () => {
    const store = open();
    const known = addTrace(store, { id: 'known' });
    const put = (change: object, recordId = 'record of known'): void => {
      store.traces.put({ summary: { ...known, id: 'new', ...change }, recordId, side: '' });
    };
    expect(() => put({ importId: 'missing' })).toThrow(Problem);
    expect(() => put({ leaf: hash('missing') })).toThrow(Problem);
    expect(() => put({}, 'missing')).toThrow(Problem);
    const residue = {
      summary: { ...known, id: 'new' },
      recordId: 'record of known',
      side: '',
      residue: hash('x'),
    } as const;
    expect(() => store.traces.put(residue)).toThrow(Problem);
    expect(() => store.traces.update({ ...known, id: 'new' })).toThrow(Problem);
    expect(store.traces.count()).toBe(1);
  });

  it('updates the figures of a trace', () => {
    const store = open();
    const before = addTrace(store, {
      id: 'one',
      lines: ['u: hello'],
      error: 'broken',
      scores: [{ name: 'old', value: 1 }],
    });
    const { error: _, ...rest } = before;
    const path = pathOf('u: hello', 'a: hi');
    store.turns.putPath(path);
    const after = {
      ...rest,
      leaf: leafOf(path),
      startedAt: start,
      inputTokens: 5,
      scores: [{ name: 'new', value: 2 }],
    };
    store.traces.update(after);
    expect(store.traces.get('one')?.summary).toEqual(after);
    expect(store.traces.facets().scores).toEqual([{ name: 'new', min: 2, max: 2, count: 1 }]);
  });

  it('puts scores by name', () => {
    const store = open();
    addTrace(store, { id: 'one', scores: [{ name: 'reward', value: 1 }] });
    store.traces.putScores('one', [{ name: 'judge', value: 3 }]);
    store.traces.putScores('one', [{ name: 'reward', value: 0, comment: 'again' }]);
    expect(store.traces.get('one')?.summary.scores).toEqual([
      { name: 'judge', value: 3 },
      { name: 'reward', value: 0, comment: 'again' },
    ]);
  });

  it('knows a span by trace and id', () => {
    const store = open();
    const trace = addTrace(store, { id: 'one', lines: ['u: hello', 'a: hi'] });
    addTrace(store, { id: 'two' });
    const path = pathOf('u: hello', 'a: hi');
    const turns = { read: path[1]?.id ?? '', wrote: path[2]?.id ?? '' };
    const full = span('b', {
      parent: 'a',
      startedAt: 1.5,
      endedAt: 2.25,
      error: 'no',
      ...turns,
      attributes: { 'a.b': [1, null, '\ud800'] },
    });
    expect(store.traces.putSpans(trace.id, [span('a'), full])).toBe(2);
    expect(store.traces.putSpans(trace.id, [span('a', { name: 'other' }), span('c')])).toBe(1);
    expect(store.traces.putSpans('two', [span('a')])).toBe(1);
    expect(store.traces.spans(trace.id)).toEqual([span('a'), full, span('c')]);
    expect(() => store.traces.putSpans('missing', [span('a')])).toThrow(Problem);
    expect(() => store.traces.putSpans('two', [span('x'), span('y', { read: hash('missing') })])).toThrow(Problem);
  });

  it('groups what mining may compare: not removed, with group, leaf and score', () => {
    const store = open();
    const scores = [{ name: 'reward', value: 1 }];
    for (let index = 0; index < 250; index += 1) {
      addTrace(store, { id: `t${index}`, lines: ['u: hello'], group: `g${index % 120}`, scores });
    }
    addTrace(store, { id: 'no score', lines: ['u: hello'], group: 'g1' });
    addTrace(store, { id: 'no leaf', group: 'g1', scores });
    addTrace(store, { id: 'no group', lines: ['u: hello'], scores });
    addTrace(store, { id: 'empty group', lines: ['u: hello'], group: '', scores });
    store.traces.setRemoved(['t0'], true);
    const groups = [...store.traces.scoredGroups()];
    expect(groups.map(({ group }) => group)).toHaveLength(121);
    expect(new Set(groups.map(({ group }) => group)).size).toBe(121);
    expect(groups.find(({ group }) => group === 'g1')?.traces.map(({ id }) => id)).toEqual(['t1', 't121', 't241']);
    expect(groups.find(({ group }) => group === 'g0')?.traces.map(({ id }) => id)).toEqual(['t120', 't240']);
  });

  it('lets a reader of groups write meanwhile', () => {
    const store = open();
    addTrace(store, { id: 'one', lines: ['u: hello'], group: 'g', scores: [{ name: 'r', value: 1 }] });
    for (const { traces } of store.traces.scoredGroups())
      store.traces.putScores(traces[0]?.id ?? '', [{ name: 's', value: 2 }]);
    expect(store.traces.get('one')?.summary.scores).toHaveLength(2);
  });

  it('finds the traces that go through a turn, or in which a span wrote it', () => {
    const store = open();
    addTrace(store, { id: 'short', lines: ['u: hello', 'a: hi'] });
    addTrace(store, { id: 'long', lines: ['u: hello', 'a: hi', 'u: more'] });
    addTrace(store, { id: 'other', lines: ['u: hello', 'a: no'] });
    addTrace(store, { id: 'removed', lines: ['u: hello', 'a: hi', 'u: gone'] });
    addTrace(store, { id: 'spans' });
    store.traces.setRemoved(['removed'], true);
    const hi = leafOf(pathOf('u: hello', 'a: hi'));
    store.traces.putSpans('spans', [span('a', { wrote: hi })]);
    const ids = (turn: string, limit: number) => store.traces.through(turn, limit).map(({ id }) => id);
    expect(ids(hi, 10)).toEqual(['short', 'long', 'spans']);
    expect(ids(hi, 2)).toEqual(['short', 'long']);
    expect(ids(leafOf(pathOf('u: hello')), 10)).toEqual(['short', 'long', 'other']);
    expect(ids(hash('missing'), 10)).toEqual([]);
  });

  it('finds ids by how they start', () => {
    const store = open();
    const ids = [`${'ab'.repeat(31)}cd`, `${'ab'.repeat(31)}ce`, `b${'0'.repeat(63)}`];
    for (const id of [...ids, 'plain', 'Été']) addTrace(store, { id });
    expect(store.traces.startingWith('ab')).toEqual(ids.slice(0, 2));
    expect(store.traces.startingWith('b')).toEqual([ids[2]]);
    expect(store.traces.startingWith(`${'ab'.repeat(31)}c`)).toEqual(ids.slice(0, 2));
    expect(store.traces.startingWith(ids[1] ?? '')).toEqual([ids[1]]);
    expect(store.traces.startingWith('pl')).toEqual(['plain']);
    expect(store.traces.startingWith('É')).toEqual(['Été']);
    expect(store.traces.startingWith('%')).toEqual([]);
    expect(store.traces.startingWith('')).toHaveLength(2);
  });

  it('keeps records and their sides, chosen first', () => {
    const store = open();
    store.imports.put(importOf('import'));
    const patch: Patch = ['{', { __proto__x: ['=', 1] }, ['a'], ['b', 'a']];
    expect(store.traces.putRecord({ id: 'r', importId: 'import', position: 3, patch })).toBe(true);
    expect(store.traces.putRecord({ id: 'r', importId: 'import', position: 4 })).toBe(false);
    expect(store.traces.record('r')).toEqual({ id: 'r', importId: 'import', position: 3, patch });
    expect(store.traces.record('missing')).toBeUndefined();
    expect(() => store.traces.putRecord({ id: 's', importId: 'missing', position: 0 })).toThrow(Problem);
    addTrace(store, { id: 'no', recordId: 'r', side: 'rejected' });
    addTrace(store, { id: 'yes', recordId: 'r', side: 'chosen' });
    expect(store.traces.ofRecord('r').map(({ side }) => side)).toEqual(['chosen', 'rejected']);
    expect(store.traces.ofRecord('missing')).toEqual([]);
  });

  it('shares the beginnings of residue chains', () => {
    const store = open();
    const link = (name: string, index: number, parent?: string) => {
      const patch: Patch = ['=', { name: `${name} \ud800` }];
      return parent === undefined ? { id: hash(name), index, patch } : { id: hash(name), parent, index, patch };
    };
    const chain = [link('a', -1), link('b', 0, hash('a')), link('c', 4, hash('b'))];
    const other = [...chain.slice(0, 2), link('d', 5, hash('b'))];
    store.traces.putResidues(chain);
    store.traces.putResidues(other);
    store.traces.putResidues([]);
    expect(store.traces.residues(hash('c'))).toEqual(chain);
    expect(store.traces.residues(hash('d'))).toEqual(other);
    expect(store.traces.residues(hash('missing'))).toEqual([]);
    expect(() => store.traces.putResidues([link('x', 0, hash('missing'))])).toThrow(Problem);
    expect(() => store.traces.putResidues([link('y', 0), link('z', 1, hash('a'))])).toThrow(/not below/);
    expect(store.traces.residues(hash('y'))).toEqual([]);
  });
});
