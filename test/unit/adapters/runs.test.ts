// Runs in SQLite: after reopening, after a kill, on a full disk, with much in the store; and that no query scans.
import type Database from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Connection, type Statement } from '#adapters/sqlite/connection';
import { migrations } from '#adapters/sqlite/migrate';
import { openDatabase } from '#adapters/sqlite/open';
import { SqliteRuns } from '#adapters/sqlite/runs';
import { openStore } from '#adapters/sqlite/store';
import { runStatuses } from '#contract/run';
import { Problem } from '#engine/problem';
import { append, forkOf, newEvents, runId, runOf, snapshotOf, textsOf } from '#test/run-samples';
import { smallDisk } from '#test/small-disk';
import { hash, start } from '#test/samples';
import { temporaryFolder, temporaryStore } from '#test/store';

/** Keeps the text of every statement that is prepared. */
class Recording extends Connection {
  readonly texts: string[] = [];

  override prepare<Row extends object>(sql: string): Statement<Row> {
    this.texts.push(sql);
    return super.prepare(sql);
  }

  override pluck<Value extends string | number | Uint8Array | null>(sql: string): Statement<Value> {
    this.texts.push(sql);
    return super.pluck(sql);
  }

  override rows<Row extends readonly (string | number | Uint8Array | null)[]>(sql: string): Statement<Row> {
    this.texts.push(sql);
    return super.rows(sql);
  }
}

function opened(): Database.Database {
  const { database, lock } = openDatabase(join(temporaryFolder(), 'studio.db'), 'a test', migrations);
  onTestFinished(() => {
    database.close();
    lock.release();
  });
  return database;
}

function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('a store that is opened again', () => {
  it('has its runs, journals, forks, snapshots and counts', () => {
    const file = join(temporaryFolder(), 'studio.db');
    const store = openStore(file);
    store.runs.create(runOf('one'));
    append(store, 'one', 300);
    store.runs.create(forkOf('one', 150, 'two'));
    append(store, 'two', 2, 'sleeping');
    store.runs.putSnapshot(runId('one'), snapshotOf(100));
    store.runs.putSource({ hash: hash('s'), file: 'f', files: { f: 'text' } });
    store.runs.putCached('triage', 'n', 'k', start, [{ a: 1 }]);
    const ask = ({ runs }: typeof store): unknown => [
      runs.list({ agent: 'triage' }, undefined, 9),
      runs.events(runId('two'), 0, 1000),
      runs.snapshot(runId('two'), 200),
      runs.counts(),
      runs.source(hash('s')),
      runs.cached('triage', 'n', 'k', 0),
    ];
    const before = ask(store);
    store.close();
    const again = openStore(file);
    onTestFinished(() => again.close());
    expect(ask(again)).toEqual(before);
    expect(append(again, 'two', 1)[0]?.seq).toBe(153);
    expect(again.runs.get(runId('one'))?.status).toBe('running');
  });

  it('has lost no event that was acknowledged before the process was killed, and half of none', async () => {
    const process = join(import.meta.dirname, '../../support/processes/append-events.ts');
    for (let round = 0; round < 3; round += 1) {
      const file = join(temporaryFolder(), 'studio.db');
      const child = spawn(globalThis.process.execPath, [process, file], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          if (said.length > 2000 * (round + 1)) resolve();
        });
      });
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      const acknowledged = Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
      const store = openStore(file);
      const seq = store.runs.get(runId('one'))?.seq ?? 0;
      expect(seq).toBeGreaterThanOrEqual(acknowledged);
      const events = store.runs.events(runId('one'), 0, 100_000);
      expect(textsOf(events)).toEqual(Array.from({ length: seq }, (_, index) => `one ${index + 1}`));
      store.close();
    }
  });
});

describe('journals', () => {
  it('hold events that were put at once in one row, cut where it grows long', () => {
    const database = opened();
    const runs = new SqliteRuns(new Connection(database));
    runs.create(runOf('one'));
    const put = (count: number): void => void runs.append(runId('one'), newEvents('one', count), (run) => run);
    const rows = () => database.prepare('SELECT n & 0xffffffff FROM events ORDER BY n').pluck().all();
    put(3);
    put(600);
    put(1);
    expect(rows()).toEqual([3, 259, 515, 603, 604]);
    const event = { type: 'log', level: 'info', text: 'x'.repeat(40_000) } as const;
    runs.append(
      runId('one'),
      [event, event, event].map((one) => ({ at: start, event: one })),
      (run) => run,
    );
    expect(rows().slice(5)).toEqual([606, 607]);
  });

  it('take little more space than their text', () => {
    const database = opened();
    const db = new Connection(database);
    const runs = new SqliteRuns(db);
    const before = Number(database.pragma('page_count', { simple: true }));
    let text = 0;
    db.transaction(() => {
      for (let index = 0; index < 20; index += 1) {
        runs.create(runOf(`${index}`));
        for (let batch = 0; batch < 50; batch += 1) {
          const events = newEvents('one', 10);
          for (const { event } of events) text += JSON.stringify(event).length;
          runs.append(runId(`${index}`), events, (run) => run);
        }
      }
    });
    const bytes = (Number(database.pragma('page_count', { simple: true })) - before) * 4096;
    expect((bytes - text) / 10_000).toBeLessThan(40);
  });

  it('keep runs apart whose numbers are beyond what 32 bits hold', () => {
    const database = opened();
    const runs = new SqliteRuns(new Connection(database));
    const numbers = [2 ** 21 - 1, 2 ** 21, 2 ** 21 + 1, 2 ** 30, 2 ** 30 + 1];
    for (const n of numbers) {
      runs.create(runOf(`${n}`));
      database.prepare('UPDATE runs SET n = ? WHERE id = ?').run(n, Buffer.from(runId(`${n}`), 'hex'));
    }
    // What was created is known by the number that it had then.
    const again = new SqliteRuns(new Connection(database));
    const large = 4_000_000_000;
    database.prepare('UPDATE runs SET seq = ? WHERE n = ?').run(large, 2 ** 30);
    for (let round = 0; round < 3; round += 1) {
      for (const n of numbers) again.append(runId(`${n}`), newEvents(`${n} in ${round}`, 2), (run) => run);
    }
    for (const n of numbers) {
      const first = n === 2 ** 30 ? large : 0;
      const events = again.events(runId(`${n}`), first, 100);
      expect(events.map(({ seq }) => seq - first)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(textsOf(events)).toEqual([0, 1, 2].flatMap((round) => [1, 2].map((event) => `${n} in ${round} ${event}`)));
      expect(again.events(runId(`${n}`), first + 3, 2)).toEqual(events.slice(3, 5));
      again.putSnapshot(runId(`${n}`), snapshotOf(first + 2));
      expect([1, 2, 3].map((seq) => again.snapshot(runId(`${n}`), first + seq)?.seq)).toEqual([
        undefined,
        first + 2,
        first + 2,
      ]);
    }
  });

  it('are known anew where more runs are used than are kept in memory', () => {
    const store = temporaryStore();
    const names = Array.from({ length: 5000 }, (_, index) => `${index}`);
    store.transaction(() => {
      for (const name of names) store.runs.create(runOf(name));
      for (const name of names) append(store, name, 1);
      for (const name of names) append(store, name, 1, 'finished');
    });
    expect(store.runs.counts().byStatus.finished).toBe(5000);
    for (const name of ['0', '904', '4999'])
      expect(textsOf(store.runs.events(runId(name), 0, 9))).toEqual([`${name} 1`, `${name} 2`]);
  });
});

describe('results of nodes', () => {
  it('whose time is over go, a few with each that comes', () => {
    const database = opened();
    const runs = new SqliteRuns(new Connection(database));
    const count = () => database.prepare('SELECT count(*) FROM node_results').pluck().get();
    for (let index = 0; index < 100; index += 1) runs.putCached('a', 'n', `${index}`, start + index, [{}]);
    expect(count()).toBe(100);
    expect(runs.cached('a', 'n', '60', start + 59)).toEqual([{}]);
    for (let index = 0; index < 20; index += 1) runs.putCached('a', 'n', `new ${index}`, start + 500, [{}]);
    expect(count()).toBe(60);
    expect(runs.cached('a', 'n', '60', start + 59)).toEqual([{}]);
  });
});

describe('20,000 runs', () => {
  it('are asked for by searches in indexes alone: no query scans or sorts', () => {
    const database = opened();
    const db = new Recording(database);
    const runs = new SqliteRuns(db);
    db.transaction(() => {
      for (let index = 0; index < 20_000; index += 1) {
        const status = runStatuses[index % 100] ?? 'sleeping';
        const waking = status === 'sleeping' ? { wakeAt: start + index } : {};
        runs.create(runOf(`${index}`, { status, agent: `agent ${index % 7}`, ...waking }));
        runs.append(runId(`${index}`), newEvents('one', 4), (run) => run);
      }
    });
    expect(db.texts.length).toBeGreaterThan(20);
    const plans = db.texts.flatMap((sql) => {
      const values = Array.from({ length: sql.split('?').length - 1 }, () => 1);
      const steps = database.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
      return steps.map(({ detail }) => ({ sql, detail }));
    });
    // One row a status.
    const wrong = plans.filter(({ detail }) => /^SCAN (?!run_counts$)|TEMP B-TREE|AUTOMATIC/.test(detail));
    expect(wrong).toEqual([]);
    expect(plans.filter(({ detail }) => detail.startsWith('SEARCH')).length).toBeGreaterThan(15);
    // A search by one column of an index that needs two would read half of all runs.
    const details = (part: string) => plans.filter(({ sql }) => sql.includes(part)).map(({ detail }) => detail);
    expect(details('WHERE agent = ? AND status = ? AND n < ?')).toEqual([
      'SEARCH runs USING INDEX runs_agent_status (agent=? AND status=? AND rowid<?)',
    ]);
    expect(details('WHERE status = ? AND n < ?')).toEqual([
      'SEARCH runs USING INDEX runs_status (status=? AND rowid<?)',
    ]);
    expect(details('WHERE agent = ? AND n < ?')).toEqual(['SEARCH runs USING INDEX runs_agent (agent=? AND rowid<?)']);
    expect(runs.counts()).toMatchObject({ total: 20_000, byStatus: { sleeping: 18_400, failed: 200 } });
    expect(runs.due(start + 4, 9).ids).toEqual([runId('4')]);
  });
});

describe('a full disk', () => {
  it('fails an append with a sentence and leaves nothing of it; with room again the journal goes on', ({ skip }) => {
    const disk = smallDisk(3 * 1024 * 1024);
    if (disk === undefined) return skip('A small disk can be mounted only by root, on Linux.');
    const store = openStore(join(disk.folder, 'studio.db'));
    onTestFinished(() => store.close());
    store.runs.create(runOf('one'));
    const problem = problemOf(() => {
      for (let count = 0; count < 100_000; count += 1) append(store, 'one', 1 + (count % 100));
    });
    expect([problem.code, problem.message]).toEqual(['REFUSED', expect.stringMatching(/disk is full/)]);
    expect(problem.hint).toMatch(/Make room/);
    const seq = store.runs.get(runId('one'))?.seq ?? 0;
    expect(seq).toBeGreaterThan(1000);
    const read = () => textsOf(store.runs.events(runId('one'), 0, 1_000_000));
    const said = (to: number) => Array.from({ length: to }, (_, index) => `one ${index + 1}`);
    expect(read()).toEqual(said(seq));
    // Still full: nothing of a whole transaction either.
    problemOf(() => store.transaction(() => Array.from({ length: 50 }, () => append(store, 'one', 100, 'failed'))));
    expect(store.runs.get(runId('one'))).toMatchObject({ seq, status: 'running' });
    disk.grow(24 * 1024 * 1024);
    expect(append(store, 'one', 2, 'finished').map((event) => event.seq)).toEqual([seq + 1, seq + 2]);
    expect(read()).toEqual(said(seq + 2));
    expect(store.runs.counts().byStatus.finished).toBe(1);
  });

  it('fails a whole transaction, even where it catches the append that failed', () => {
    const database = opened();
    const db = new Connection(database);
    const runs = new SqliteRuns(db);
    runs.create(runOf('one'));
    const large = [{ at: start, event: { type: 'log', level: 'info', text: 'x'.repeat(50_000) } as const }];
    const fill = (): string => {
      const pages = Number(database.pragma('page_count', { simple: true }));
      database.pragma(`max_page_count = ${pages + 8}`);
      return problemOf(() => {
        for (;;) runs.append(runId('one'), large, (run) => run);
      }).message;
    };
    const whole = problemOf(() =>
      db.transaction(() => {
        runs.append(runId('one'), newEvents('one', 2), (run) => run);
        expect(fill()).toMatch(/disk is full/);
        expect(fill()).toMatch(/disk is full/);
        expect(problemOf(() => db.transaction(() => 'more')).message).toMatch(/disk is full/);
      }),
    );
    expect(whole.message).toMatch(/disk is full/);
    // SQLite takes back all there is, not the inner one alone: what the outer one does then must not stay by itself.
    const outer = problemOf(() =>
      db.transaction(() => {
        expect(problemOf(() => db.transaction(fill)).message).toMatch(/disk is full/);
        runs.append(runId('one'), newEvents('one', 1), (run) => run);
      }),
    );
    expect(outer.message).toMatch(/disk is full/);
    expect([runs.get(runId('one'))?.seq, runs.events(runId('one'), 0, 99)]).toEqual([0, []]);
  });
});

describe('a part of a transaction', () => {
  it('that fails takes the transaction with it, even where that catches the failure, and only the innermost one', () => {
    const db = new Connection(opened());
    const set = db.prepare('INSERT INTO settings (name, value) VALUES (?, 1)');
    const names = db.pluck<string>('SELECT name FROM settings ORDER BY name');
    const half = (name: string): void => {
      db.part(() => {
        set.run(name);
        throw new Error('half');
      });
    };
    expect(() =>
      db.transaction(() => {
        set.run('a');
        expect(() => half('b')).toThrow('half');
        expect(() => db.part(() => set.run('c'))).toThrow('half');
        expect(() => db.transaction(() => set.run('d'))).toThrow('half');
      }),
    ).toThrow('half');
    expect(names.all()).toEqual([]);
    db.transaction(() => {
      set.run('a');
      expect(() =>
        db.transaction(() => {
          expect(() => half('b')).toThrow('half');
        }),
      ).toThrow('half');
      db.part(() => set.run('c'));
    });
    expect(() => half('e')).toThrow('half');
    db.part(() => set.run('f'));
    expect(names.all()).toEqual(['a', 'c', 'f']);
  });
});
