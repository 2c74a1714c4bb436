// The chain: an untouched ledger is whole, and a touched one is not, wherever and however it was touched.
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { cpSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '#adapters/sqlite/store';
import type { LedgerCheck } from '#contract/egress';
import { appendChained, checkLedger, type LedgerDraft } from '#engine/egress/chain';
import { canonicalJson, sha256 } from '#engine/turns/canonical';
import { memoryStore } from '#test/memory-store/store';
import { runId } from '#test/run-samples';
import { start } from '#test/samples';
import { temporaryFolder, temporaryStore } from '#test/store';

function draftOf(index: number): LedgerDraft {
  const base = { at: start + index, host: `host-${index % 3}.example`, port: 443, purpose: 'model' as const };
  if (index % 3 === 0) return { ...base, kind: 'open', method: 'POST', path: `/v1/${index}`, run: runId('one') };
  if (index % 3 === 1)
    return { ...base, kind: 'close', opens: index, sent: index, received: 7, status: 200, ms: 1.5, secret: 'A' };
  return { ...base, kind: 'refused', reason: 'OFFLINE', key: 'key', model: `m${index}` };
}

const drafts = (count: number, from = 0): LedgerDraft[] =>
  Array.from({ length: count }, (_, index) => draftOf(from + index));

describe('an untouched ledger', () => {
  it('is whole, however its entries came', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(4), { maxLength: 6 }), fc.boolean(), async (batches, isMemory) => {
        const store = isMemory ? memoryStore() : temporaryStore();
        let count = 0;
        for (const size of batches) {
          appendChained(store, drafts(size, count));
          count += size;
        }
        expect(await checkLedger(store.ledger, store.settings)).toEqual({
          isWhole: true,
          entries: count,
          head: store.ledger.last()?.hash ?? '',
        });
      }),
      { numRuns: 30 },
    );
  });

  it('is chained as it is said to be, so that others can check it too', () => {
    const store = memoryStore();
    appendChained(store, drafts(5));
    let before = '';
    for (const { hash, ...rest } of store.ledger.entries(0, 10)) {
      expect(hash).toBe(sha256(before + canonicalJson(rest)));
      before = hash;
    }
    expect(before).toMatch(/^[0-9a-f]{64}$/u);
  });

  it('lets others work while it is checked', async () => {
    const store = memoryStore();
    appendChained(store, drafts(3000));
    let turns = 0;
    let isDone = false;
    const other = (): void => {
      turns += 1;
      if (!isDone) setImmediate(other);
    };
    setImmediate(other);
    const check = checkLedger(store.ledger, store.settings);
    // What is written meanwhile is not a part of what is checked.
    appendChained(store, drafts(10));
    expect(await check).toMatchObject({ isWhole: true, entries: 3000 });
    isDone = true;
    expect(turns).toBeGreaterThan(4);
  });
});

const entries = 12;

/** One touch of the database behind the ledger's back; undefined where it changes nothing. */
const touches = fc.oneof(
  fc.record({
    kind: fc.constant('change' as const),
    n: fc.integer({ min: 1, max: entries }),
    column: fc.constantFrom(
      'at',
      'kind',
      'opens',
      'host',
      'port',
      'method',
      'path',
      'purpose',
      'run',
      'key',
      'model',
      'secret',
      'sent',
      'received',
      'status',
      'ms',
      'reason',
      'hash',
    ),
    value: fc.constantFrom(null, 0, 1, 2, 3, 17, 2.25, -1),
  }),
  fc.record({ kind: fc.constant('remove' as const), n: fc.integer({ min: 1, max: entries }) }),
  fc.record({ kind: fc.constant('cut' as const), n: fc.integer({ min: 1, max: entries }) }),
  fc.record({ kind: fc.constant('swap' as const), n: fc.integer({ min: 1, max: entries - 1 }) }),
  fc.record({ kind: fc.constant('move' as const), n: fc.integer({ min: 1, max: entries }) }),
  fc.record({ kind: fc.constant('forge' as const) }),
  fc.record({ kind: fc.constant('rename' as const), n: fc.nat(10) }),
  fc.record({ kind: fc.constant('forget' as const) }),
);
type Touch = typeof touches extends fc.Arbitrary<infer T> ? T : never;

/** Touches the file; false where nothing is different afterwards. */
function touch(file: string, one: Touch): boolean {
  const db = new Database(file);
  const dump = (): string =>
    JSON.stringify(['ledger', 'names', 'settings'].map((table) => db.prepare(`SELECT * FROM ${table}`).all()));
  try {
    db.exec('DROP TRIGGER ledger_kept; DROP TRIGGER ledger_unchanged');
    const before = dump();
    if (one.kind === 'change') {
      const notNull = ['at', 'kind', 'host', 'port', 'purpose', 'hash'];
      if (one.value === null && notNull.includes(one.column)) return false;
      db.prepare(`UPDATE ledger SET ${one.column} = ? WHERE n = ?`).run(one.value, one.n);
    } else if (one.kind === 'remove') db.prepare('DELETE FROM ledger WHERE n = ?').run(one.n);
    else if (one.kind === 'cut') db.prepare('DELETE FROM ledger WHERE n >= ?').run(one.n);
    else if (one.kind === 'swap')
      db.exec(`UPDATE ledger SET n = 1000 WHERE n = ${one.n}; UPDATE ledger SET n = ${one.n} WHERE n = ${one.n + 1};
        UPDATE ledger SET n = ${one.n + 1} WHERE n = 1000`);
    else if (one.kind === 'move') db.exec(`UPDATE ledger SET n = 1000 WHERE n = ${one.n}`);
    else if (one.kind === 'forge')
      db.exec(`INSERT INTO ledger (n, at, kind, host, port, purpose, hash)
        SELECT ${entries + 1}, at, kind, host, port, purpose, hash FROM ledger WHERE n = ${entries}`);
    else if (one.kind === 'rename') db.prepare(`UPDATE names SET name = name || 'x' WHERE n = ?`).run(one.n);
    else db.exec(`DELETE FROM settings WHERE name = 'egress.head'`);
    return dump() !== before;
  } finally {
    db.close();
  }
}

describe('a touched ledger', () => {
  it('is not whole, nor does it become so by going on', async () => {
    const folder = temporaryFolder();
    const original = join(folder, 'original');
    const store = openStore(join(folder, 'studio.db'));
    appendChained(store, drafts(entries));
    store.close();
    cpSync(join(folder, 'studio.db'), original);
    const check = async (file: string, work: (store: ReturnType<typeof openStore>) => void): Promise<LedgerCheck> => {
      const opened = openStore(file);
      try {
        work(opened);
        return await checkLedger(opened.ledger, opened.settings);
      } finally {
        opened.close();
      }
    };
    let touched = 0;
    await fc.assert(
      fc.asyncProperty(touches, async (one) => {
        const file = join(mkdtempSync(join(folder, 'copy-')), 'studio.db');
        cpSync(original, file);
        const isChanged = touch(file, one);
        const result = await check(file, () => undefined);
        expect(result.isWhole).toBe(!isChanged);
        const later = await check(file, (opened) => void appendChained(opened, drafts(2)));
        expect(later.isWhole).toBe(!isChanged);
        if (!isChanged) return;
        touched += 1;
        expect(result).toMatchObject({ isWhole: false, sentence: expect.stringMatching(/\.$/u) });
      }),
      { numRuns: 150 },
    );
    expect(touched).toBeGreaterThan(50);
  }, 60_000);

  it('says where: changed, missing in the middle, missing at the end, added, forgotten', async () => {
    const broken = async (sql: string): Promise<unknown> => {
      const file = join(temporaryFolder(), 'studio.db');
      const made = openStore(file);
      appendChained(made, drafts(entries));
      made.close();
      const db = new Database(file);
      db.exec(`DROP TRIGGER ledger_kept; DROP TRIGGER ledger_unchanged; ${sql}`);
      db.close();
      const store = openStore(file);
      onTestFinished(() => store.close());
      const result = await checkLedger(store.ledger, store.settings);
      return result.isWhole ? 'whole' : [result.brokenAt, result.sentence];
    };
    expect(await broken('SELECT 1')).toBe('whole');
    expect(await broken('UPDATE ledger SET sent = 5 WHERE n = 5')).toEqual([5, expect.stringContaining('Entry 5')]);
    expect(await broken('DELETE FROM ledger WHERE n = 4')).toEqual([4, 'Entry 4 is missing.']);
    expect(await broken('DELETE FROM ledger WHERE n > 8')).toEqual([9, 'Entries 9 to 12 are missing.']);
    expect(await broken('DELETE FROM ledger')).toEqual([1, 'Entries 1 to 12 are missing.']);
    expect(await broken(`DELETE FROM settings`)).toEqual([12, expect.stringContaining('not remembered')]);
  });

  it('cannot come to be by a slip: entries are neither changed nor removed', () => {
    const file = join(temporaryFolder(), 'studio.db');
    const store = openStore(file);
    appendChained(store, drafts(3));
    store.close();
    const db = new Database(file);
    onTestFinished(() => void db.close());
    expect(() => db.exec('UPDATE ledger SET sent = 1')).toThrow('for good');
    expect(() => db.exec('DELETE FROM ledger WHERE n = 3')).toThrow('for good');
  });
});
