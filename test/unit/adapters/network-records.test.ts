// Calls, keys and the ledger in SQLite: from an older database, after a crash, at size, and what they weigh.
import Database from 'better-sqlite3';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { migrations } from '#adapters/sqlite/migrate';
import { openDatabase } from '#adapters/sqlite/open';
import { openStore } from '#adapters/sqlite/store';
import type { Store } from '#engine/ports';
import { appendChained } from '#engine/egress/chain';
import { appendEntries, callId, callOf, exchangeOf, keyOf } from '#test/network-samples';
import { runId } from '#test/run-samples';
import { hash, leafOf, pathOf, start } from '#test/samples';
import { temporaryFolder } from '#test/store';

function opened(file: string): Store {
  const store = openStore(file);
  onTestFinished(() => store.close());
  return store;
}

/** What SQLite would do for a question: no step of it may read a whole table. */
function planOf(db: Database.Database, sql: string): string {
  const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...[...sql.matchAll(/\?/gu)].map(() => null)) as {
    readonly detail: string;
  }[];
  return steps.map(({ detail }) => detail).join('; ');
}

describe('a workspace of version 2', () => {
  it('keeps every row, gets the new tables empty, and a copy of it is kept', () => {
    const file = join(temporaryFolder(), 'studio.db');
    const { database, lock } = openDatabase(file, 'a test', migrations.slice(0, 2));
    database.exec(`
      INSERT INTO settings VALUES ('before', '1');
      INSERT INTO run_agents VALUES (1, 'triage');
      INSERT INTO runs VALUES (1, x'${'01'.repeat(16)}', 1, 1, NULL, NULL, 0, 2, 1, 5, 6, 7, NULL, 4, NULL, 0, 7, 'a.ts', x'${'02'.repeat(32)}', NULL, 'one', NULL, NULL, NULL);
      INSERT INTO events VALUES (4294967298, '[1,{"type":"log"}]');
      INSERT INTO snapshots VALUES (4294967298, '{}');
      INSERT INTO agent_sources VALUES (1, x'${'02'.repeat(32)}', 'a.ts', '{}');
      INSERT INTO node_results VALUES (1, 1, 'node', 'key', 9, '[]');
    `);
    const tables = [
      'settings',
      'run_agents',
      'runs',
      'run_counts',
      'events',
      'snapshots',
      'agent_sources',
      'node_results',
    ];
    const rows = (db: Database.Database): unknown[] => tables.map((name) => db.prepare(`SELECT * FROM ${name}`).all());
    const before = rows(database);
    expect(before.every((all) => (all as unknown[]).length > 0)).toBe(true);
    database.close();
    lock.release();

    const store = openStore(file);
    expect([store.calls.list({}, 10), store.keys.list(), store.ledger.count()]).toEqual([[], [], 0]);
    appendChained(store, [{ at: 1, kind: 'open', host: 'a.example', port: 443, purpose: 'model' }]);
    store.calls.put([callOf('1')]);
    store.close();
    const after = new Database(file, { readonly: true });
    onTestFinished(() => void after.close());
    expect(rows(after).slice(1)).toEqual(before.slice(1));
    expect(after.pragma('integrity_check', { simple: true })).toBe('ok');
    const folder = join(file, '../backups');
    const [copy] = existsSync(folder) ? readdirSync(folder) : [];
    expect(copy?.startsWith('studio-v2-')).toBe(true);
    const kept = new Database(join(folder, copy ?? ''), { readonly: true });
    onTestFinished(() => void kept.close());
    expect(rows(kept)).toEqual(before);
  });
});

describe('calls whose process died', () => {
  it('are failed when the store is opened again, however many', () => {
    const file = join(temporaryFolder(), 'studio.db');
    const store = openStore(file);
    const waiting = Array.from({ length: 2500 }, (_, index) => callOf(`w${index}`, { state: 'waiting' }));
    store.calls.put([...waiting, callOf('s', { state: 'streaming', status: 200 }), callOf('done')]);
    store.close();
    const again = opened(file);
    expect(again.calls.unfinished(10)).toEqual([]);
    expect(again.calls.get(callId('s'))).toMatchObject({
      state: 'failed',
      status: 200,
      problem: expect.stringContaining('closed'),
    });
    expect(again.calls.get(callId('done'))).toEqual(callOf('done'));
    expect(again.calls.usedByKey(0)).toMatchObject([{ key: 'key-1', calls: 2502, errors: 2501 }]);
  });
});

describe('at size', () => {
  it('a call weighs little, and its indexes too; a body what deflate makes of it', () => {
    const file = join(temporaryFolder(), 'studio.db');
    const store = openStore(file);
    const count = 20_000;
    const weight = (): number => {
      const raw = new Database(file);
      raw.pragma('wal_checkpoint(TRUNCATE)');
      raw.close();
      return statSync(file).size;
    };
    const before = weight();
    const calls = Array.from({ length: count }, (_, index) =>
      callOf(`${index}`, {
        at: start + index * 100,
        key: `key-${index % 5}`,
        model: 'openai/gpt-5',
        provider: 'openai',
        status: 200,
        from: 'upstream',
        firstByteMs: 12.5,
        ms: 1234.5,
        inputTokens: 1000 + index,
        outputTokens: 500,
        costUsd: 0.0123,
        traceId: hash(`trace ${index}`),
      }),
    );
    store.transaction(() => store.calls.put(calls));
    const withCalls = weight();
    expect((withCalls - before) / count).toBeLessThan(200);
    store.transaction(() => {
      for (let at = 0; at < count; at += 100)
        appendEntries(
          store.ledger,
          ...Array.from({ length: 100 }, (_, index) => ({
            at: start + at + index,
            path: '/v1/chat/completions',
            method: 'POST',
            key: 'key-1',
            model: 'openai/gpt-5',
            secret: 'OPENAI',
            ...(index % 2 === 0
              ? {}
              : { kind: 'close' as const, opens: at + index, sent: 5000, received: 70_000, ms: 900 }),
          })),
        );
    });
    const withLedger = weight();
    expect((withLedger - withCalls) / count).toBeLessThan(160);
    const path = pathOf('u: hello', 'a: hi');
    store.turns.putPath(path);
    const body = Buffer.from('data: {"id":"chatcmpl-1","choices":[{"delta":{"content":"word "}}]}\n\n'.repeat(1000));
    store.transaction(() => {
      for (let index = 0; index < 200; index += 1)
        store.calls.putExchange(exchangeOf(`${index}`, leafOf(path), { body, wrote: leafOf(path) }));
    });
    expect((weight() - withLedger) / 200).toBeLessThan(body.length / 10);
    store.close();
  });

  it('no question that is asked often reads a whole table', () => {
    const file = join(temporaryFolder(), 'studio.db');
    openStore(file).close();
    const db = new Database(file, { readonly: true });
    onTestFinished(() => void db.close());
    const asked = [
      'SELECT * FROM calls WHERE key = 1 ORDER BY n DESC LIMIT 5',
      'SELECT * FROM calls WHERE run = 1 ORDER BY n DESC LIMIT 5',
      'SELECT * FROM calls WHERE state < 2 ORDER BY n LIMIT 5',
      'SELECT sum(ms) FROM calls WHERE at >= 1 AND at < 2 AND (? IS NULL OR key = ?)',
      'SELECT sum(calls) FROM call_sums WHERE scope = 1 AND quarter >= 1 AND quarter < 5',
      "SELECT scope FROM call_sums WHERE scope > 1 AND scope < '' ORDER BY scope LIMIT 1",
      'SELECT * FROM exchanges WHERE read = 1 AND dialect = 0 ORDER BY n DESC LIMIT 5',
      'SELECT * FROM exchanges WHERE wrote = 1 ORDER BY n DESC LIMIT 5',
      'SELECT * FROM gateway_keys WHERE hash = 1',
      'SELECT max(n) FROM ledger',
      'SELECT * FROM ledger WHERE n > 5 ORDER BY n LIMIT 5',
      'SELECT * FROM ledger WHERE host = 1 ORDER BY n DESC LIMIT 5',
      'SELECT * FROM ledger WHERE run = 1 ORDER BY n DESC LIMIT 5',
      'SELECT * FROM ledger WHERE key = 1 ORDER BY n DESC LIMIT 5',
      'SELECT * FROM ledger WHERE kind = 2 AND ? IS NULL ORDER BY n DESC LIMIT 5',
      'SELECT 1 FROM ledger WHERE opens = 1',
      'SELECT sum(sent) FROM ledger WHERE at >= 1 AND at < 2',
    ];
    const plans = asked.map((sql) => [sql, planOf(db, sql)] as const);
    // These two walk an index that holds only what they name, from its end, as far as the limit goes.
    const walked = plans.filter(([, plan]) => plan.includes('SCAN'));
    expect(walked.map(([sql]) => sql)).toEqual(asked.filter((sql) => /state < 2|kind = 2/u.test(sql)));
    expect(walked.filter(([, plan]) => !/USING INDEX (?:calls_open|ledger_refused)/u.test(plan))).toEqual([]);
    expect(plans.filter(([, plan]) => plan.includes('TEMP'))).toEqual([]);
  });

  it('keys of two bearers never share a hash', () => {
    const { keys } = opened(join(temporaryFolder(), 'studio.db'));
    keys.put(keyOf('one'), hash('same'));
    expect(() => keys.put(keyOf('two'), hash('same'))).toThrow('UNIQUE');
    expect(keys.list()).toHaveLength(1);
    keys.put(keyOf('three'));
    keys.put(keyOf('four'));
    expect(keys.list()).toHaveLength(3);
  });

  it('sums of a long past are read as quickly as those of a short one', () => {
    const store = opened(join(temporaryFolder(), 'studio.db'));
    const { calls } = store;
    store.transaction(() => {
      for (let day = 0; day < 60; day += 1)
        calls.put(
          Array.from({ length: 100 }, (_, index) =>
            callOf(`${day}/${index}`, {
              at: start + day * 86_400_000 + index,
              run: runId('one'),
              key: '',
              inputTokens: 1,
            }),
          ),
        );
    });
    expect(calls.spent({ from: 0 })).toMatchObject({ calls: 6000, inputTokens: 6000, unpriced: 6000 });
    expect(calls.spent({ from: 0, run: runId('one') })).toMatchObject({ calls: 6000 });
    expect(calls.spent({ from: start + 50 })).toMatchObject({ calls: 5950 });
    expect(calls.usedByKey(0)).toEqual([]);
  });
});
