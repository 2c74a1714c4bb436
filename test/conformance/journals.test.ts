// What every store must do with journals: order, all or nothing, forks, snapshots.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RunEvent } from '#contract/journal';
import type { Json } from '#contract/turn';
import type { Store } from '#engine/ports';
import { Problem } from '#engine/problem';
import { append, forkOf, newEvents, runId, runOf, snapshotOf, textsOf } from '#test/run-samples';
import { hash, start } from '#test/samples';
import { onEveryStore } from '#test/store';

const strings = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\ud800', '\udc00', 'a', '\u0000') }),
);

function texts(store: Store, name: string, after = 0, limit = 10_000): string[] {
  return textsOf(store.runs.events(runId(name), after, limit));
}

/** The texts that `append` gives the events `from` to `to` of a run. */
function said(name: string, from: number, to: number): string[] {
  return textsOf(newEvents(name, to - from + 1, from).map((event, index) => ({ ...event, seq: index })));
}

/** A parent of 6 events, a fork at 4 that went on to 7, a fork of that at 6 that went on to 8. */
function threeRuns(store: Store): void {
  store.runs.create(runOf('one'));
  append(store, 'one', 6);
  store.runs.create(forkOf('one', 4, 'two'));
  append(store, 'two', 3);
  store.runs.create(forkOf('two', 6, 'three'));
  append(store, 'three', 2);
}

onEveryStore('journals', (open) => {
  it('number events from 1 without a gap, in order of arrival', () => {
    const store = open();
    store.runs.create(runOf('one'));
    store.runs.create(runOf('other'));
    const added = [append(store, 'one', 2), append(store, 'other', 1), append(store, 'one', 3)];
    expect(added.map((events) => events.map(({ seq }) => seq))).toEqual([[1, 2], [1], [3, 4, 5]]);
    expect(store.runs.events(runId('one'), 0, 100)).toStrictEqual([...(added[0] ?? []), ...(added[2] ?? [])]);
    expect(texts(store, 'other')).toEqual(['other 1']);
    expect(texts(store, 'missing')).toEqual([]);
    expect(() => append(store, 'missing', 1)).toThrow(Problem);
  });

  it('are read from any event on, as many as are asked for, however they were put', () => {
    const store = open();
    store.runs.create(runOf('one'));
    for (const count of [1, 5, 1, 1, 300, 2, 700, 1]) append(store, 'one', count);
    const last = store.runs.get(runId('one'))?.seq ?? 0;
    expect(last).toBe(1011);
    for (const after of [0, 1, 3, 6, 7, 8, 255, 256, 307, 308, 400, 1009, 1010, 1011, 2000]) {
      for (const limit of [0, 1, 2, 100, 299, 1000, 5000])
        expect(texts(store, 'one', after, limit)).toEqual(said('one', after + 1, Math.min(last, after + limit)));
    }
  });

  it('take the summary along, with the seq told to who makes it', () => {
    const { runs } = open();
    runs.create(runOf('one'));
    const told: number[] = [];
    runs.append(runId('one'), newEvents('one', 3), (run) => {
      told.push(run.seq);
      return { ...run, id: 'another', seq: 77, step: 2, status: 'sleeping', wakeAt: start + 9 };
    });
    expect(told).toEqual([3]);
    const slept = runOf('one', { seq: 3, step: 2, status: 'sleeping', wakeAt: start + 9 });
    expect(runs.get(runId('one'))).toStrictEqual(slept);
    expect(runs.list({ status: ['sleeping'] }, undefined, 5).items).toStrictEqual([slept]);
    runs.append(runId('one'), [], () => runOf('one', { step: 2, status: 'running' }));
    expect(runs.get(runId('one'))).toStrictEqual(runOf('one', { seq: 3, step: 2, status: 'running' }));
  });

  it('keep nothing of an append whose summary cannot be made', () => {
    const store = open();
    store.runs.create(runOf('one'));
    append(store, 'one', 2);
    expect(() =>
      store.runs.append(runId('one'), newEvents('one', 2, 3), () => {
        throw new Error('no head');
      }),
    ).toThrow('no head');
    append(store, 'one', 1);
    expect(texts(store, 'one')).toEqual(said('one', 1, 3));
  });

  it('lose what a transaction that failed had put, and count on without a gap', () => {
    const store = open();
    store.runs.create(runOf('one'));
    append(store, 'one', 2);
    expect(() =>
      store.transaction(() => {
        append(store, 'one', 3, 'failed');
        store.runs.create(runOf('gone', { agent: 'new' }));
        append(store, 'gone', 1);
        store.runs.putSnapshot(runId('one'), snapshotOf(4));
        store.runs.putSource({ hash: hash('s'), file: 'f', files: {} });
        store.runs.putCached('new', 'n', 'k', start, [{}]);
        expect(texts(store, 'one')).toEqual(said('one', 1, 5));
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(store.runs.get(runId('one'))).toMatchObject({ seq: 2, status: 'running' });
    expect([store.runs.get(runId('gone')), texts(store, 'gone')]).toEqual([undefined, []]);
    expect(store.runs.snapshot(runId('one'), 9)).toBeUndefined();
    expect(store.runs.source(hash('s'))).toBeUndefined();
    expect(store.runs.cached('new', 'n', 'k', 0)).toBeUndefined();
    expect(append(store, 'one', 1)[0]?.seq).toBe(3);
    store.runs.create(runOf('gone', { agent: 'new' }));
    expect(store.runs.list({ agent: 'new' }, undefined, 5).items).toHaveLength(1);
    expect(texts(store, 'gone')).toEqual([]);
  });

  it('nest: what an inner transaction lost is lost, what the outer one put after it counts on', () => {
    const store = open();
    store.runs.create(runOf('one'));
    store.transaction(() => {
      append(store, 'one', 1);
      expect(() =>
        store.transaction(() => {
          append(store, 'one', 5);
          throw new Error('inner');
        }),
      ).toThrow('inner');
      store.transaction(() => append(store, 'one', 2));
    });
    append(store, 'one', 1);
    expect(texts(store, 'one')).toEqual(said('one', 1, 4));
    expect(store.runs.get(runId('one'))?.seq).toBe(4);
  });

  it('of forks and their forks go on from the event they share, which is read from the parent', () => {
    const store = open();
    threeRuns(store);
    const two = [...said('one', 1, 4), ...said('two', 5, 7)];
    const three = [...two.slice(0, 6), ...said('three', 7, 8)];
    append(store, 'one', 4);
    append(store, 'two', 2);
    expect(texts(store, 'one')).toEqual(said('one', 1, 10));
    expect(texts(store, 'two')).toEqual([...two, ...said('two', 8, 9)]);
    for (let after = 0; after <= 9; after += 1) {
      for (let limit = 0; limit <= 9; limit += 1)
        expect(texts(store, 'three', after, limit)).toEqual(three.slice(after, after + limit));
    }
    const seqs = store.runs.events(runId('three'), 0, 100).map(({ seq }) => seq);
    expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(store.runs.get(runId('three'))?.seq).toBe(8);
  });

  it('of a fork before the first event, and of one that was forked again before its own first event', () => {
    const store = open();
    store.runs.create(runOf('one'));
    append(store, 'one', 5);
    store.runs.create(forkOf('one', 0, 'empty'));
    store.runs.create(forkOf('one', 4, 'two'));
    store.runs.create(forkOf('two', 2, 'three'));
    append(store, 'empty', 1);
    append(store, 'three', 1);
    expect(texts(store, 'empty')).toEqual(['empty 1']);
    expect(texts(store, 'two')).toEqual(said('one', 1, 4));
    expect(texts(store, 'three')).toEqual(['one 1', 'one 2', 'three 3']);
  });

  it('may be forks of forks a thousand deep', () => {
    const store = open();
    store.transaction(() => {
      store.runs.create(runOf('0'));
      append(store, '0', 1);
      for (let depth = 1; depth <= 1000; depth += 1) {
        store.runs.create(forkOf(`${depth - 1}`, depth, `${depth}`));
        append(store, `${depth}`, 1);
      }
    });
    expect(texts(store, '1000')).toEqual(Array.from({ length: 1001 }, (_, depth) => `${depth} ${depth + 1}`));
    expect(texts(store, '1000', 999)).toEqual(['999 1000', '1000 1001']);
  });

  it('have snapshots: the newest at or before an event, of the parent where the fork has none', () => {
    const store = open();
    threeRuns(store);
    const at = (name: string, seq: number) => store.runs.snapshot(runId(name), seq)?.seq;
    expect(at('three', 8)).toBeUndefined();
    for (const seq of [2, 5, 6]) store.runs.putSnapshot(runId('one'), snapshotOf(seq));
    store.runs.putSnapshot(runId('two'), snapshotOf(7));
    expect([1, 2, 4, 5, 9].map((seq) => at('one', seq))).toEqual([undefined, 2, 2, 5, 6]);
    expect([1, 2, 6, 7, 9].map((seq) => at('two', seq))).toEqual([undefined, 2, 2, 7, 7]);
    expect([1, 2, 6, 7, 9].map((seq) => at('three', seq))).toEqual([undefined, 2, 2, 2, 2]);
    store.runs.putSnapshot(runId('three'), snapshotOf(8));
    store.runs.putSnapshot(runId('three'), { ...snapshotOf(8), state: { again: '\ud800' } });
    expect(store.runs.snapshot(runId('three'), 8)).toStrictEqual({ ...snapshotOf(8), state: { again: '\ud800' } });
    expect(at('two', 8)).toBe(7);
    expect(at('missing', 8)).toBeUndefined();
    expect(() => store.runs.putSnapshot(runId('missing'), snapshotOf(1))).toThrow(Problem);
  });

  it('give any event back, its text given or not, with lone surrogates raw or escaped', () => {
    const store = open();
    store.runs.create(runOf('one'));
    const events: RunEvent[] = [];
    fc.assert(
      fc.property(fc.jsonValue(), strings, fc.constantFrom('none', 'escaped', 'raw'), (value, text, form) => {
        // JSON knows one zero.
        const request = JSON.parse(JSON.stringify(value)) as Json;
        const event: RunEvent = { type: 'effect.requested', key: text, kind: 'tool', name: text, request };
        const json = JSON.stringify(event);
        const given =
          form === 'raw'
            ? json.replaceAll(/\\u(d[89a-f][0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
            : json;
        expect(JSON.parse(given)).toEqual(event);
        store.runs.append(
          runId('one'),
          [{ at: start, event, ...(form === 'none' ? {} : { text: given }) }],
          (run) => run,
        );
        events.push(event);
      }),
      { numRuns: 200 },
    );
    expect(store.runs.events(runId('one'), 0, 1000).map(({ event }) => event)).toEqual(events);
  });

  it('stand in order of arrival, whatever the clock says', () => {
    const store = open();
    const jumps = [start, start - 9e9, start + 9e12, 0, start];
    for (const at of jumps) {
      store.runs.create(runOf(`at ${at} ${store.runs.counts().total}`, { createdAt: at, updatedAt: at }));
    }
    const [newest] = store.runs.list({}, undefined, 1).items;
    expect(newest?.title).toBe(`at ${start} 4`);
    expect(store.runs.list({}, undefined, 9).items.map(({ createdAt }) => createdAt)).toEqual(jumps.toReversed());
    const event = { type: 'run.resumed', why: 'a test' } as const;
    for (const at of jumps) store.runs.append(newest?.id ?? '', [{ at, event }], (run) => ({ ...run, updatedAt: at }));
    expect(store.runs.events(newest?.id ?? '', 0, 9).map(({ at }) => at)).toEqual(jumps);
  });

  it('keep large events, and times that are no whole numbers', () => {
    const store = open();
    store.runs.create(runOf('one'));
    const large = (size: number) => ({
      at: start + 0.125,
      event: { type: 'log', level: 'info', text: 'ä'.repeat(size) } as const,
    });
    const events = [large(10), large(3_000_000), large(70_000), large(1), large(70_000), large(70_000)];
    store.runs.append(runId('one'), events, (run) => run);
    for (let after = 0; after < events.length; after += 1)
      expect(store.runs.events(runId('one'), after, 1)).toStrictEqual([{ seq: after + 1, ...events[after] }]);
  });
});
