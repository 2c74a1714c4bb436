// The ledger as it is read: pages meet without a gap, what was opened and closed is one connection, a report reads as text.
import type { EgressReport, LedgerEntry } from '#contract/egress';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectionsOf, withNewest, withNext } from '../../../../src-renderer/features/egress/ledger-fold.ts';
import { everything, filterOf, isFiltered } from '../../../../src-renderer/features/egress/ledger-filter.ts';
import {
  daysBack,
  lookOf,
  placeOf,
  reasonWords,
  refusedWords,
  reportText,
  totalsOf,
} from '../../../../src-renderer/features/egress/words.ts';

const at = new Date(2026, 2, 10, 15, 30).getTime();

function entry(n: number, more: Partial<LedgerEntry> = {}): LedgerEntry {
  return { n, at, kind: 'open', host: 'api.example.com', port: 443, purpose: 'model', hash: String(n), ...more };
}

/** A ledger of `count` entries, newest first, and the pages that are read of it. */
function ledgerOf(count: number): (offset: number, limit: number) => { items: LedgerEntry[]; total: number } {
  const all = Array.from({ length: count }, (_, index) => entry(count - index));
  return (offset, limit) => ({ items: all.slice(offset, offset + limit), total: count });
}

describe('pages of the ledger', () => {
  it('stay newest first and without a gap, however it grows between them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 30 })), { maxLength: 12 }),
        (first, limit, steps) => {
          let count = first;
          let held = ledgerOf(count)(0, limit);
          let entries: Parameters<typeof withNext>[0] = held;
          for (const [isNext, grown] of steps) {
            count += grown;
            held = isNext ? ledgerOf(count)(entries.items.length, limit) : ledgerOf(count)(0, limit);
            entries = isNext ? withNext(entries, held) : withNewest(entries, held);
            const numbers = entries.items.map(({ n }) => n);
            const newest = numbers[0] ?? 0;
            expect(numbers).toEqual(numbers.map((_, index) => newest - index));
            expect(entries.total).toBe(count);
          }
        },
      ),
    );
  });

  it('that no longer meet begin anew', () => {
    const old = ledgerOf(5)(0, 5);
    expect(withNewest(old, ledgerOf(100)(0, 10)).items.map(({ n }) => n)).toEqual([
      100, 99, 98, 97, 96, 95, 94, 93, 92, 91,
    ]);
    expect(withNewest(old, { items: [], total: 0 }).items).toEqual([]);
  });
});

describe('connections', () => {
  it('are what was opened, with its end, and what was refused; an end alone waits', () => {
    const connections = connectionsOf([
      entry(7, { kind: 'refused', reason: 'OFFLINE' }),
      entry(6, { kind: 'close', opens: 1, status: 200 }),
      entry(5, { kind: 'close', opens: 3, status: 200, reason: 'ECONNRESET' }),
      entry(4, { kind: 'close', opens: 2, status: 429, sent: 5, received: 6, ms: 7 }),
      entry(3),
      entry(2),
      entry(0),
    ]);
    expect(connections.map(({ entry: { n }, close, state }) => [n, close?.n, state])).toEqual([
      [7, undefined, 'refused'],
      [3, 5, 'failed'],
      [2, 4, 'done'],
      [0, undefined, 'open'],
    ]);
    expect(connections.map((one) => lookOf(one).name)).toEqual(['Refused', 'Failed', 'Answered 429', 'No end yet']);
  });

  it('that were called off did not fail', () => {
    const ends = ['ABORTED', 'LEFT', 'TIMEOUT'].map((reason) =>
      connectionsOf([entry(2, { kind: 'close', opens: 1, reason }), entry(1)]).map(({ state }) => state),
    );
    expect(ends).toEqual([['left'], ['left'], ['failed']]);
    expect(reasonWords('TIMEOUT')).toBe('It took too long.');
    expect(reasonWords('EPROTO')).toBe('EPROTO');
  });

  it('of each state have a shape and a word of their own', () => {
    const looks = (['refused', 'open', 'left', 'failed', 'done'] as const).map((state) =>
      lookOf({ entry: entry(1), close: entry(2, { kind: 'close', status: 200 }), state }),
    );
    expect(new Set(looks.map(({ icon }) => icon)).size).toBe(5);
    expect(new Set(looks.map(({ name }) => name)).size).toBe(5);
  });
});

it('a filter says only what was chosen', () => {
  expect(filterOf(everything, undefined, undefined)).toEqual({});
  expect(isFiltered({})).toBe(false);
  const all = filterOf({ host: 'h', purpose: 'gateway', refusedOnly: true }, 'r', 'k');
  expect(all).toEqual({ host: 'h', purpose: 'gateway', kind: 'refused', run: 'r', key: 'k' });
  expect(isFiltered(all)).toBe(true);
});

describe('a report', () => {
  const report: EgressReport = {
    from: at,
    to: at + 1,
    unfinished: 1,
    hosts: [
      {
        host: 'api.example.com',
        port: 443,
        connections: 2,
        sent: 1500,
        received: 20,
        refused: 1,
        secrets: ['A_KEY'],
        purposes: ['model', 'embeddings'],
      },
      {
        host: 'localhost',
        port: 11434,
        connections: 1,
        sent: 10,
        received: 5,
        refused: 0,
        secrets: [],
        purposes: ['discovery'],
      },
    ],
  };

  it('adds up', () => {
    expect(totalsOf(report)).toEqual({ connections: 3, sent: 1510, received: 25, refused: 1 });
  });

  it('reads as text with every host, its bytes, what for and which secrets', () => {
    const text = reportText(report, 'today');
    for (const part of [
      'today',
      'api.example.com\n',
      '1.5 kB sent',
      '1 refused',
      'Model call, Embeddings',
      'secrets used: A_KEY',
      'localhost:11434',
      'without an end',
    ])
      expect(text).toContain(part);
    expect(reportText({ ...report, hosts: [], unfinished: 0 }, 'today')).toContain('Nothing.');
  });

  it('begins with whole days of the calendar', () => {
    expect(daysBack(1, at)).toBe(new Date(2026, 2, 10).getTime());
    expect(daysBack(7, at)).toBe(new Date(2026, 2, 4).getTime());
  });
});

it('what was refused says what it was and where it went', () => {
  const refused = entry(1, { kind: 'refused', model: 'openai/gpt-5', port: 8443 });
  expect(refusedWords(refused)).toBe('Refused while offline: Model call (openai/gpt-5) to api.example.com:8443.');
  expect(placeOf(entry(1))).toBe('api.example.com');
});
