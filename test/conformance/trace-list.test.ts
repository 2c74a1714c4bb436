// What every store must do when traces are listed: filter, sort, page, text, facets.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TraceFilter, TraceSort } from '#contract/trace';
import type { Store } from '#engine/ports';
import { memoryStore } from '#test/memory-store/store';
import { addTrace, day, importOf, start } from '#test/samples';
import { onEveryStore, temporaryStore } from '#test/store';

const byDate: TraceSort = { by: 'date', descending: false };
const sorts = ['position', 'date', 'name', 'messages', 'duration', 'tokens', 'score'] as const;

/** Eight traces that differ in all a filter asks for. */
function fill(store: Store): void {
  store.imports.put(importOf('late', { format: 'trl' }));
  store.imports.put(importOf('import'));
  addTrace(store, {
    id: 'a',
    name: 'Task 10',
    lines: ['u: fly to Oslo', 'a: booked'],
    scores: [{ name: 'reward', value: 1 }],
    group: 'g1',
  });
  addTrace(store, {
    id: 'b',
    name: 'task 2',
    lines: ['u: fly to Oslo', 'a: sorry'],
    scores: [{ name: 'reward', value: 0 }],
    group: 'g1',
  });
  addTrace(store, {
    id: 'c',
    name: 'Zoo',
    importId: 'late',
    source: 'trl',
    model: 'small',
    position: 0,
    startedAt: start - day,
  });
  addTrace(store, {
    id: 'd',
    name: 'apple',
    importId: 'late',
    source: 'trl',
    model: 'large',
    position: 1,
    error: 'timeout',
  });
  addTrace(store, { id: 'e', name: '🙂', startedAt: start, endedAt: start + 10, inputTokens: 5 });
  addTrace(store, { id: 'f', name: '', startedAt: start, endedAt: start + 5, outputTokens: 9, model: 'small' });
  addTrace(store, {
    id: 'g',
    name: 'Zoo',
    scores: [
      { name: 'judge', value: 3 },
      { name: 'reward', value: 0.5 },
    ],
  });
  addTrace(store, { id: 'h', name: 'hidden', group: 'g1', error: 'x', scores: [{ name: 'hidden', value: 1 }] });
  store.traces.setRemoved(['h'], true);
}

onEveryStore('trace lists', (open) => {
  const ids = (store: Store, filter: TraceFilter, sort: TraceSort = byDate): string =>
    store.traces
      .list(filter, sort, 0, 100)
      .items.map(({ id }) => id)
      .join('');

  it('filters by each property', () => {
    const store = open();
    fill(store);
    expect(ids(store, {})).toBe('cabdefg');
    expect(ids(store, { source: ['trl'] })).toBe('cd');
    expect(ids(store, { source: [] })).toBe('cabdefg');
    expect(ids(store, { model: ['small', 'other'] })).toBe('cf');
    expect(ids(store, { group: ['g1'] })).toBe('ab');
    expect(ids(store, { importId: 'late' })).toBe('cd');
    expect(ids(store, { importId: 'missing' })).toBe('');
    expect(ids(store, { error: true })).toBe('d');
    expect(ids(store, { error: false })).toBe('cabefg');
    expect(ids(store, { score: { name: 'reward' } })).toBe('abg');
    expect(ids(store, { score: { name: 'reward', min: 0.5 } })).toBe('ag');
    expect(ids(store, { score: { name: 'reward', max: 0.5 } })).toBe('bg');
    expect(ids(store, { from: start })).toBe('abdefg');
    expect(ids(store, { to: start - 1 })).toBe('c');
    expect(ids(store, { source: ['trl'], error: true, model: ['large'] })).toBe('d');
  });

  it('sorts by each property, both ways, those without it last', () => {
    const store = open();
    fill(store);
    const both = (by: TraceSort['by'], filter: TraceFilter = {}) =>
      [false, true].map((descending) => ids(store, filter, { by, descending }));
    expect(both('position')).toEqual(['cdabefg', 'gfebadc']);
    expect(both('date')).toEqual(['cabdefg', 'abdefgc']);
    expect(both('name')).toEqual(['fdbacge', 'egcabdf']);
    expect(both('messages')).toEqual(['cdefgab', 'bagfedc']);
    expect(both('duration')).toEqual(['feabcdg', 'efgdcba']);
    expect(both('tokens')).toEqual(['efabcdg', 'fegdcba']);
    expect(both('score')).toEqual(['bagcdef', 'gabfedc']);
    expect(both('score', { score: { name: 'reward' } })).toEqual(['bga', 'agb']);
  });

  it('pages with the total', () => {
    const store = open();
    fill(store);
    const page = store.traces.list({}, byDate, 5, 3);
    expect(page.items.map(({ id }) => id)).toEqual(['f', 'g']);
    expect(page.total).toBe(7);
    expect(store.traces.list({}, byDate, 7, 3)).toEqual({ items: [], total: 7 });
  });

  it('shows what changed at once', () => {
    const store = open();
    fill(store);
    expect(ids(store, { text: 'oslo' })).toBe('ab');
    addTrace(store, { id: 'n', lines: ['u: fly to Oslo', 'a: maybe'] });
    expect(ids(store, { text: 'oslo' })).toBe('abn');
    expect(store.traces.facets().total).toBe(8);
    store.traces.setRemoved(['a'], true);
    expect(ids(store, { text: 'oslo' })).toBe('bn');
    store.traces.putScores('n', [{ name: 'reward', value: 7 }]);
    expect(ids(store, { score: { name: 'reward', min: 5 } })).toBe('n');
    expect(() =>
      store.transaction(() => {
        addTrace(store, { id: 'never', lines: ['u: Oslo again'] });
        expect(ids(store, { text: 'oslo' })).toBe('bnnever');
        throw new Error('back');
      }),
    ).toThrow('back');
    addTrace(store, { id: 'm', lines: ['u: Bergen'] });
    expect(ids(store, { text: 'oslo' })).toBe('bn');
    expect(ids(store, { text: 'bergen' })).toBe('m');
  });

  it('finds words anywhere on the path and in span names', () => {
    const store = open();
    addTrace(store, { id: 'a', lines: ['s: You are a travel agent.', 'u: Zürich, s’il vous plaît', 'a: user_id=7'] });
    addTrace(store, { id: 'b', lines: ['s: You are a travel agent.', 'u: Lima'] });
    addTrace(store, { id: 'c' });
    store.traces.putSpans('c', [{ id: '1', name: 'invoke_agent Travel', kind: 'code', attributes: {} }]);
    const found = (text: string): string => ids(store, { text });
    expect(found('agent')).toBe('abc');
    expect(found('AGENT travel')).toBe('abc');
    expect(found('zurich plait')).toBe('a');
    expect(found('user_id')).toBe('a');
    expect(found('tra')).toBe('abc');
    expect(found('tra agent')).toBe('');
    expect(found('lima agent')).toBe('');
    expect(found('  ')).toBe('abc');
    expect(found('…!')).toBe('');
  });

  it('takes whatever a person types as words', () => {
    const store = open();
    addTrace(store, { id: 'a', lines: ['u: NOT "quoted" AND (near) OR text* col:on -minus 100% naïve'] });
    for (const text of [
      '"',
      '""',
      'NOT',
      'AND OR',
      '(near',
      '"quoted" AND',
      'col:',
      '-minus',
      'text*',
      '^text',
      '100%',
      "O'quoted",
      '\u0000near',
      '{text}',
      'a\ud800',
    ]) {
      expect(() => ids(store, { text })).not.toThrow();
    }
    expect(ids(store, { text: 'NOT quoted' })).toBe('a');
    expect(ids(store, { text: '"quoted" AND' })).toBe('a');
    expect(ids(store, { text: 'col:on' })).toBe('a');
    expect(ids(store, { text: '\u0000near🙂' })).toBe('a');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => void ids(store, { text })),
      { numRuns: 200 },
    );
  });

  it('counts what a filter can be set to', () => {
    const store = open();
    fill(store);
    expect(store.traces.facets()).toEqual({
      sources: [
        { value: 'openai-chat', count: 5 },
        { value: 'trl', count: 2 },
      ],
      models: [
        { value: 'small', count: 2 },
        { value: 'large', count: 1 },
      ],
      groups: [{ value: 'g1', count: 2 }],
      scores: [
        { name: 'reward', min: 0, max: 1, count: 3 },
        { name: 'judge', min: 3, max: 3, count: 1 },
      ],
      errors: 1,
      total: 7,
    });
  });
});

const words = fc.constantFrom('oslo', 'lima', 'agent', 'été', 'x1');
const optional = <const T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const sample = fc.record({
  lines: optional(
    fc.array(
      fc.tuple(fc.constantFrom('u', 'a', 't'), words).map(([role, word]) => `${role}: ${word}`),
      { maxLength: 4 },
    ),
  ),
  name: fc.constantFrom('Task 2', 'task 10', 'é', '🙂', '', '～'),
  group: optional(fc.constantFrom('g', 'h')),
  model: optional(fc.constantFrom('m', 'n')),
  error: optional(fc.constant('failed')),
  position: fc.nat(3),
  importId: fc.constantFrom('one', 'two'),
  startedAt: optional(fc.integer({ min: start, max: start + 3 })),
  endedAt: optional(fc.integer({ min: start + 3, max: start + 5 })),
  inputTokens: optional(fc.nat(2)),
  outputTokens: optional(fc.nat(2)),
  scores: fc.array(fc.record({ name: fc.constantFrom('r', 's'), value: fc.nat(2) }), { maxLength: 3 }),
});
const filters = fc.record({
  group: optional(fc.constant<string[]>(['g'])),
  model: optional(fc.constant<string[]>(['m', 'n'])),
  importId: optional(fc.constant('one')),
  score: optional(fc.record({ name: fc.constantFrom('r', 's'), min: fc.nat(2) })),
  error: optional(fc.boolean()),
  text: optional(fc.array(words, { minLength: 1, maxLength: 2 }).map((all) => all.join(' '))),
  from: optional(fc.integer({ min: start, max: start + 3 })),
});

/** Without undefined members, as they come over the wire. */
const clean = <T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;

it('lists the same on both stores, whatever the traces, filter and sort', () => {
  fc.assert(
    fc.property(
      fc.array(sample, { maxLength: 10 }),
      fc.array(fc.tuple(filters, fc.constantFrom(...sorts), fc.boolean()), { minLength: 1, maxLength: 15 }),
      (samples, queries) => {
        const [real, plain] = [temporaryStore(), memoryStore()];
        for (const store of [real, plain]) {
          store.transaction(() => {
            for (const [index, trace] of samples.entries()) addTrace(store, { id: `t${index}`, ...clean(trace) });
          });
        }
        for (const [filter, by, descending] of queries) {
          const list = (store: Store) => store.traces.list(clean(filter), { by, descending }, 0, 100);
          expect(list(real)).toEqual(list(plain));
        }
        expect(real.traces.facets()).toEqual(plain.traces.facets());
        expect([...real.traces.scoredGroups()]).toEqual([...plain.traces.scoredGroups()]);
        real.close();
      },
    ),
    { numRuns: 40 },
  );
});
