// What every store must do with the ledger: entries in order, for good, found and summed.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LedgerEntry } from '#contract/egress';
import { Problem } from '#engine/problem';
import { appendEntries, type SampleEntry } from '#test/network-samples';
import { runId } from '#test/run-samples';
import { hash, start } from '#test/samples';
import { onEveryStore } from '#test/store';

const texts = fc.constantFrom('a', '/v1/x', '\ud800', '', 'é');
const drafts = fc.record(
  {
    at: fc.integer({ min: 0, max: 5 }).map((step) => start + step),
    kind: fc.constantFrom('open', 'close', 'refused'),
    opens: fc.integer({ min: 1, max: 6 }),
    host: fc.constantFrom('a.example', '[::1]'),
    port: fc.constantFrom(443, 8080),
    method: texts,
    path: texts,
    purpose: fc.constantFrom('model', 'gateway', 'discovery'),
    run: fc.constantFrom(runId('one'), runId('two')),
    key: texts,
    model: texts,
    secret: texts,
    sent: fc.nat(),
    received: fc.nat(),
    status: fc.nat(999),
    ms: fc.double({ min: 0, max: 1e9, noNaN: true }),
    reason: texts,
  },
  { requiredKeys: ['at', 'kind', 'host', 'port', 'purpose'] },
) as fc.Arbitrary<SampleEntry>;

onEveryStore('ledger', (open) => {
  it('gives entries back as they were put, in order', () => {
    fc.assert(
      fc.property(fc.array(drafts, { maxLength: 8 }), fc.nat(8), fc.nat(8), (all, after, limit) => {
        const { ledger } = open();
        const put = all.flatMap((draft) => appendEntries(ledger, draft));
        expect(ledger.entries(0, 100)).toStrictEqual(put);
        expect(ledger.entries(after, limit)).toEqual(put.slice(after, after + limit));
        expect(ledger.last()).toEqual(put.at(-1));
        expect(ledger.count()).toBe(put.length);
        expect(ledger.list({}, after, limit)).toEqual({
          items: put.toReversed().slice(after, after + limit),
          total: put.length,
        });
      }),
      { numRuns: 25 },
    );
  });

  it('is asked by every part of an entry', () => {
    fc.assert(
      fc.property(
        fc.array(drafts, { minLength: 1, maxLength: 12 }),
        fc.subarray(['kind', 'host', 'port', 'run', 'key', 'purpose'] as const),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 6 }),
        fc.nat(11),
        (all, names, from, to, which) => {
          const { ledger } = open();
          const put = appendEntries(ledger, ...all);
          const like = put[which % put.length];
          const filter = { from: start + from, to: start + to };
          for (const name of names) Object.assign(filter, { [name]: like?.[name] });
          const fits = (entry: LedgerEntry): boolean =>
            entry.at >= filter.from &&
            entry.at < filter.to &&
            names.every((name) => like?.[name] === undefined || entry[name] === like[name]);
          const wanted = put.filter(fits).toReversed();
          expect(ledger.list(filter, 0, 100)).toEqual({ items: wanted, total: wanted.length });
          expect(ledger.list(filter, 1, 1).items).toEqual(wanted.slice(1, 2));
          expect(ledger.list({ ...filter, host: 'never.example' }, 0, 10)).toEqual({ items: [], total: 0 });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes an entry only as the next one, and all of them or none', () => {
    const store = open();
    const { ledger } = store;
    appendEntries(ledger, {}, {});
    const entry = (n: number): LedgerEntry => ({
      n,
      at: start,
      kind: 'open',
      host: 'b.example',
      port: 443,
      purpose: 'model',
      hash: hash(`${n}`),
    });
    for (const wrong of [[entry(2)], [entry(0)], [entry(3), entry(3)], [entry(4), entry(3)]])
      expect(() => ledger.append(() => wrong)).toThrow(Problem);
    expect(() =>
      ledger.append(() => {
        store.settings.set('beside', 1);
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(store.settings.get('beside')).toBeUndefined();
    expect(ledger.append(() => [])).toEqual([]);
    expect(ledger.count()).toBe(2);
    ledger.append((last) => {
      expect(last?.n).toBe(2);
      store.settings.set('beside', 2);
      return [entry(3)];
    });
    expect([ledger.last(), store.settings.get('beside')]).toEqual([entry(3), 2]);
    // A number may be left out: it stands for an entry that somebody removed.
    ledger.append(() => [entry(7)]);
    expect(ledger.entries(2, 10)).toEqual([entry(3), entry(7)]);
    expect(ledger.count()).toBe(7);
  });

  it('sums by host and port, within a time and a run', () => {
    const { ledger } = open();
    const run = runId('one');
    appendEntries(
      ledger,
      { at: start, secret: 'KEY', run },
      { at: start, kind: 'close', opens: 1, sent: 10, received: 20, secret: 'KEY', run },
      { at: start + 1, host: 'b.example', purpose: 'gateway', secret: 'OTHER' },
      { at: start + 2, secret: 'OTHER', purpose: 'embeddings' },
      { at: start + 2, port: 8080 },
      { at: start + 3, kind: 'refused', reason: 'OFFLINE', run },
      { at: start + 3, kind: 'close', opens: 3, host: 'b.example', sent: 100, received: 1 },
    );
    const all = { from: 0, to: Infinity };
    expect(ledger.hosts(all)).toEqual([
      {
        host: 'b.example',
        port: 443,
        connections: 1,
        sent: 100,
        received: 1,
        refused: 0,
        secrets: ['OTHER'],
        purposes: ['gateway', 'model'],
      },
      {
        host: 'a.example',
        port: 443,
        connections: 2,
        sent: 10,
        received: 20,
        refused: 1,
        secrets: ['KEY', 'OTHER'],
        purposes: ['model', 'embeddings'],
      },
      {
        host: 'a.example',
        port: 8080,
        connections: 1,
        sent: 0,
        received: 0,
        refused: 0,
        secrets: [],
        purposes: ['model'],
      },
    ]);
    expect(ledger.hosts({ from: start + 2, to: start + 3 }).map(({ port }) => port)).toEqual([443, 8080]);
    expect(ledger.hosts({ ...all, run })).toMatchObject([{ host: 'a.example', connections: 1, sent: 10, refused: 1 }]);
    expect(ledger.unclosed(all)).toEqual([4, 5]);
    expect(ledger.unclosed({ from: start, to: start + 2 })).toEqual([]);
    expect(ledger.unclosed({ ...all, run })).toEqual([]);
  });
});
