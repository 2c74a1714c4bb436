// What every store must do with calls of models: replaced by id, listed, summed, and what was said in them.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CallRecord, CallStore } from '#engine/network-ports';
import { Problem } from '#engine/problem';
import { callId, callOf, exchangeOf } from '#test/network-samples';
import { runId } from '#test/run-samples';
import { hash, leafOf, pathOf, start } from '#test/samples';
import { memoryStore } from '#test/memory-store/store';
import { onEveryStore, temporaryStore } from '#test/store';

const states = ['waiting', 'streaming', 'done', 'failed', 'cancelled'] as const;
const names = fc.constantFrom('', 'a', 'b', '\ud800', 'POST /v1/messages');
const records = fc.record(
  {
    id: fc.constantFrom(callId('1'), callId('2'), callId('3'), callId('4').toUpperCase(), 'no uuid \udc00', ''),
    key: names,
    run: fc.constantFrom(runId('one'), runId('two'), hash('long'), 'odd'),
    at: fc.integer({ min: 0, max: 40 }).map((quarter) => start + quarter * 450_000 + (quarter % 3)),
    endpoint: names,
    model: names,
    provider: names,
    stream: fc.boolean(),
    state: fc.constantFrom(...states),
    status: fc.constantFrom(200, 400, 500),
    from: fc.constantFrom('upstream', 'record'),
    firstByteMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
    ms: fc.nat(),
    inputTokens: fc.nat(100_000),
    outputTokens: fc.nat(100_000),
    cachedTokens: fc.nat(1000),
    costUsd: fc.double({ min: 0, max: 10, noNaN: true }),
    traceId: fc.constantFrom(hash('trace'), hash('trace').slice(0, 32), 'a trace'),
    problem: fc.string({ unit: 'binary' }),
  },
  { requiredKeys: ['id', 'key', 'at', 'endpoint', 'stream', 'state'], noNullPrototype: true },
) as fc.Arbitrary<CallRecord>;

/** What a store says of a set of calls, dollars rounded. */
function told(calls: CallStore): unknown {
  const spans = [0, start, start + 1, start + 900_000, start + 1_000_000, start + 5_000_000];
  const who = [{}, { key: '' }, { key: 'a' }, { key: 'none' }, { run: runId('one') }, { key: 'b', run: 'odd' }];
  const rounded = <T extends { readonly usd: number }>(one: T): T => ({ ...one, usd: Math.round(one.usd * 1e8) });
  return {
    lists: who.map((filter) => calls.list(filter, 3)),
    unfinished: calls.unfinished(10),
    spent: spans.flatMap((from) =>
      [undefined, ...spans].flatMap((to) =>
        who.map((filter) => rounded(calls.spent({ from, ...(to === undefined ? {} : { to }), ...filter }))),
      ),
    ),
    used: spans.map((from) =>
      calls
        .usedByKey(from)
        .map(rounded)
        .toSorted((one, two) => (one.key < two.key ? -1 : 1)),
    ),
  };
}

onEveryStore('calls', (open) => {
  it('come back as they were put, the last time they were', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 8 }), (all) => {
        const { calls } = open();
        calls.put(all);
        const last = new Map(all.map((call) => [call.id, call]));
        for (const [id, call] of last) expect(calls.get(id)).toStrictEqual(call);
        expect(calls.get('missing')).toBeUndefined();
        calls.put([]);
        expect(calls.list({}, 100).map(({ id }) => id)).toEqual([...last.keys()].toReversed());
      }),
      { numRuns: 25 },
    );
  });

  it('are listed newest first, by key, by run, by both', () => {
    const { calls } = open();
    calls.put([callOf('1'), callOf('2', { key: '', run: runId('one') }), callOf('3', { key: 'key-2' })]);
    calls.put([callOf('4'), callOf('1', { state: 'failed' }), callOf('5', { run: runId('one') })]);
    const ids = (filter: { key?: string; run?: string }, limit = 10): string[] =>
      calls.list(filter, limit).map(({ id }) => id);
    expect(ids({})).toEqual(['5', '4', '3', '2', '1'].map(callId));
    expect(ids({}, 2)).toEqual(['5', '4'].map(callId));
    expect(ids({ key: 'key-1' })).toEqual(['5', '4', '1'].map(callId));
    expect(ids({ key: '' })).toEqual(['2'].map(callId));
    expect(ids({ run: runId('one') })).toEqual(['5', '2'].map(callId));
    expect(ids({ key: 'key-1', run: runId('one') })).toEqual(['5'].map(callId));
    expect(ids({ key: 'none' })).toEqual([]);
    expect(calls.unfinished(10)).toEqual([]);
    calls.put([
      callOf('6', { state: 'waiting' }),
      callOf('7', { state: 'streaming' }),
      callOf('8', { state: 'waiting' }),
    ]);
    calls.put([callOf('6', { state: 'cancelled' })]);
    expect(calls.unfinished(10).map(({ id }) => id)).toEqual(['7', '8'].map(callId));
    expect(calls.unfinished(1).map(({ id }) => id)).toEqual([callId('7')]);
  });

  it('are summed from their beginning to before their end; a record’s answer used nothing', () => {
    const { calls } = open();
    const used = { inputTokens: 10, outputTokens: 5 };
    calls.put([
      callOf('1', { at: start, ...used, costUsd: 0.25 }),
      callOf('2', { at: start + 10, ...used }),
      callOf('3', { at: start + 20, ...used, costUsd: 1, from: 'record' }),
      callOf('4', { at: start + 86_400_000, ...used, costUsd: 0.5, key: '', run: runId('one') }),
      callOf('5', { at: start + 5, state: 'waiting' }),
    ]);
    expect(calls.spent({ from: start })).toEqual({
      calls: 5,
      inputTokens: 30,
      outputTokens: 15,
      usd: 0.75,
      unpriced: 1,
    });
    expect(calls.spent({ from: start, to: start + 10 })).toMatchObject({ calls: 2, usd: 0.25, unpriced: 0 });
    expect(calls.spent({ from: start + 1, to: start + 11 })).toMatchObject({ calls: 2, usd: 0, unpriced: 1 });
    expect(calls.spent({ from: 0, run: runId('one') })).toMatchObject({ calls: 1, usd: 0.5 });
    expect(calls.spent({ from: 0, key: 'key-1' })).toMatchObject({ calls: 4, usd: 0.25 });
    calls.put([callOf('5', { at: start + 5, state: 'failed', status: 502 })]);
    calls.put([callOf('2', { at: start + 10, ...used, costUsd: 0.5, status: 404 })]);
    expect(calls.spent({ from: start })).toMatchObject({ calls: 5, usd: 1.25, unpriced: 0 });
    expect(calls.usedByKey(start)).toEqual([
      { key: 'key-1', calls: 4, inputTokens: 20, outputTokens: 10, usd: 0.75, errors: 2 },
    ]);
    expect(calls.usedByKey(start + 86_400_000)).toEqual([]);
  });

  it('leave no trace of what was rolled back', () => {
    const store = open();
    store.calls.put([callOf('1', { costUsd: 1, model: 'first' })]);
    expect(() =>
      store.transaction(() => {
        store.calls.put([callOf('1', { costUsd: 5, model: 'second', key: 'new' }), callOf('2', { model: 'second' })]);
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(store.calls.list({}, 10)).toEqual([callOf('1', { costUsd: 1, model: 'first' })]);
    expect(store.calls.spent({ from: 0 })).toMatchObject({ calls: 1, usd: 1 });
    store.calls.put([callOf('3', { model: 'third', key: 'new' }), callOf('4', { model: 'second' })]);
    expect(store.calls.get(callId('4'))?.model).toBe('second');
    expect(store.calls.get(callId('3'))?.model).toBe('third');
  });
});

it('calls are summed alike in every store, whatever was put and put again', () => {
  fc.assert(
    fc.property(fc.array(fc.array(records, { maxLength: 4 }), { maxLength: 5 }), (batches) => {
      const [one, two] = [temporaryStore().calls, memoryStore().calls];
      for (const batch of batches) {
        one.put(batch);
        two.put(batch);
      }
      expect(told(one)).toEqual(told(two));
    }),
    { numRuns: 40 },
  );
});

onEveryStore('exchanges', (open) => {
  it('come back byte for byte, short and long', () => {
    const store = open();
    const path = pathOf('u: hello', 'a: hi');
    store.turns.putPath(path);
    const read = path.at(-2)?.id ?? '';
    const bodies = [
      new Uint8Array(),
      Uint8Array.from({ length: 1000 }, (_, index) => index * 7),
      Buffer.from('data: {"x":1}\n\n'.repeat(5000)),
      Uint8Array.from({ length: 5000 }, () => Math.random() * 256),
    ];
    for (const [index, body] of bodies.entries()) {
      const whole = exchangeOf(`${index}`, read, { body, wrote: leafOf(path) });
      store.calls.putExchange(whole);
      const back = store.calls.exchange(callId(`${index}`));
      expect({ ...back, body: undefined }).toStrictEqual({ ...whole, body: undefined });
      expect(Buffer.from(back?.body ?? []).equals(body)).toBe(true);
    }
    expect(store.calls.exchange(callId('missing'))).toBeUndefined();
  });

  it('are found by what they read and wrote, newest first', () => {
    const store = open();
    const [path, other] = [pathOf('u: hello', 'a: hi'), pathOf('u: hello', 'a: good day')];
    store.turns.putPath(path);
    store.turns.putPath(other);
    const read = path.at(-2)?.id ?? '';
    const put = (name: string, change: Parameters<typeof exchangeOf>[2]): void => {
      store.calls.put([callOf(name)]);
      store.calls.putExchange(exchangeOf(name, read, change));
    };
    put('1', { wrote: leafOf(path) });
    put('2', { wrote: leafOf(other), dialect: 'anthropic' });
    put('3', { wrote: leafOf(path), status: 500 });
    put('4', {});
    store.calls.putExchange(exchangeOf('1', read, { status: 999 }));
    const names = (found: readonly { readonly id: string }[]): string[] => found.map(({ id }) => id);
    expect(names(store.calls.answersTo(read, 'openai-chat', 10))).toEqual(['4', '3', '1'].map(callId));
    expect(names(store.calls.answersTo(read, 'openai-chat', 1))).toEqual([callId('4')]);
    expect(names(store.calls.answersTo(read, 'anthropic', 10))).toEqual([callId('2')]);
    expect(names(store.calls.answersTo(leafOf(path), 'openai-chat', 10))).toEqual([]);
    expect(store.calls.wroteBy(leafOf(path), 10)).toEqual([callOf('3'), callOf('1')]);
    expect(names(store.calls.wroteBy(leafOf(path), 1))).toEqual([callId('3')]);
    expect(store.calls.wroteBy(hash('none'), 10)).toEqual([]);
    expect(store.calls.exchange(callId('1'))?.status).toBe(200);
  });

  it('name turns and residues that are there', () => {
    const store = open();
    const path = pathOf('u: hello', 'a: hi');
    store.turns.putPath(path);
    const leaf = leafOf(path);
    for (const wrong of [
      exchangeOf('1', hash('none')),
      exchangeOf('1', leaf, { wrote: hash('none') }),
      exchangeOf('1', leaf, { residue: hash('none') }),
    ])
      expect(() => store.calls.putExchange(wrong)).toThrow(Problem);
    store.traces.putResidues([{ id: hash('residue'), index: 0, patch: ['=', 1] }]);
    store.calls.putExchange(exchangeOf('1', leaf, { residue: hash('residue') }));
    expect(store.calls.exchange(callId('1'))?.residue).toBe(hash('residue'));
  });
});
