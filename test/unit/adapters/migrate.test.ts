// Migrations: from every older version, after a backup, all or nothing.
import Database from 'better-sqlite3';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { migrations } from '#adapters/sqlite/migrate';
import { openDatabase } from '#adapters/sqlite/open';
import { openStore } from '#adapters/sqlite/store';
import { runOf } from '#test/run-samples';
import { leafOf, pathOf } from '#test/samples';
import { temporaryFolder } from '#test/store';

const addColumn = `ALTER TABLE settings ADD COLUMN changed_at REAL; INSERT INTO settings (name, value) VALUES ('step 2', '1')`;

/** Opens with these steps, reads the version and the names of settings, and closes. */
function migrated(file: string, steps: readonly string[]): { version: unknown; names: unknown[] } {
  const { database, lock } = openDatabase(file, 'a test', steps);
  const version = database.pragma('user_version', { simple: true });
  const names = database.prepare('SELECT name FROM settings ORDER BY name').pluck().all();
  database.close();
  lock.release();
  return { version, names };
}

/** A row or more in every table of version 1; returns their names. Once released, its tables are what they are. */
function fillVersion1(database: Database.Database): string[] {
  const [root, ask, one, two] = ['00', '01', '02', '03'].map((byte) => `x'${byte.repeat(32)}'`);
  database.exec(`
    INSERT INTO turns VALUES (1, ${root}, NULL, 0, 0, '{"role":"context","content":[],"tools":[]}'),
      (2, ${ask}, 1, 1, 2, '{"role":"user","content":[{"type":"text","text":"Why so late?"}]}'),
      (3, ${one}, 2, 2, 3, '{"role":"assistant","content":[{"type":"text","text":"Rain."}]}'),
      (4, ${two}, 2, 2, 3, '{"role":"assistant","content":[{"type":"text","text":"Snow."}]}');
    INSERT INTO turn_words (rowid, text) VALUES (2, 'Why so late?'), (3, 'Rain.'), (4, 'Snow.');
    INSERT INTO imports VALUES (1, 'import', '{"id":"import","state":"done"}');
    INSERT INTO rejects VALUES (1, 1, '{"cause":"bad"}');
    INSERT INTO records VALUES (1, 'record', 1, 0, '["=",1]');
    INSERT INTO residues VALUES (1, 'residue', NULL, 0, '["=",1]');
    INSERT INTO traces VALUES (1, 'trace', 1, 0, 1, 1, 0, 'a trace', 'openai-chat', 'g', 'm', NULL, 3, 3, 1, 0, 1.5, 2, 3, 4, 5, 0);
    INSERT INTO scores VALUES (1, 0, 'reward', 0.5, 'well');
    INSERT INTO span_names VALUES (1, 'chat');
    INSERT INTO span_name_words (rowid, name) VALUES (1, 'chat');
    INSERT INTO spans VALUES (1, 1, 's', NULL, 1, 'model', 1, 2, NULL, 2, 3, '{}');
    INSERT INTO trace_span_names VALUES (1, 1);
    INSERT INTO pairs VALUES (1, 'pair', 'sibling', 2, 3, 4, 'why', 'g', 1, 1, 5);
    INSERT INTO annotators VALUES (1, 'ann', 1);
    INSERT INTO labels VALUES (1, 'label', 1, 1, 'a', 2, '["clear"]', 'as it is', NULL, 0, 1200, NULL, 0, 1, 6, NULL);
    INSERT INTO label_tags VALUES ('clear', 1);
    INSERT INTO acts VALUES (1, 1, 6, 1, 1);
    INSERT INTO datasets VALUES (1, 'dataset', 'First', '{}', 7, 0);
    INSERT INTO frozen VALUES (1, 'frozen', '{}');
    INSERT INTO frozen_choices VALUES (1, 0, '{}');
    INSERT INTO versions VALUES (1, 1, 1, 8, 1);
    INSERT INTO settings VALUES ('before', '1');
  `);
  // The words themselves cannot be read back; the tables behind them can.
  const named = database.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL %'",
  );
  return named.pluck().all().map(String);
}

function rowsOf(database: Database.Database, tables: readonly string[]): unknown[][] {
  return tables.map((table) => database.prepare(`SELECT * FROM "${table}"`).all());
}

function backups(file: string): string[] {
  const folder = join(file, '../backups');
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
}

describe('migrations', () => {
  it('make no backup of a new database', () => {
    const file = join(temporaryFolder(), 'studio.db');
    expect(migrated(file, migrations)).toEqual({ version: migrations.length, names: [] });
    expect(backups(file)).toEqual([]);
  });

  it('lead from every version to the next, with what was stored', () => {
    for (let version = 1; version <= migrations.length; version += 1) {
      const file = join(temporaryFolder(), 'studio.db');
      migrated(file, migrations.slice(0, version));
      expect(migrated(file, migrations).version).toBe(migrations.length);
    }
  });

  it('back up before each step; the backup opens and holds what was there', () => {
    const file = join(temporaryFolder(), 'studio.db');
    const path = pathOf('u: hello', 'a: hi');
    const store = openStore(file);
    store.turns.putPath(path);
    store.settings.set('before', 1);
    store.close();
    const steps = [...migrations, addColumn, `INSERT INTO settings (name, value) VALUES ('step 3', '1')`];
    expect(migrated(file, steps)).toEqual({ version: migrations.length + 2, names: ['before', 'step 2', 'step 3'] });
    const [first, second] = backups(file);
    expect(first?.startsWith(`studio-v${migrations.length}-20`)).toBe(true);
    expect(second?.startsWith(`studio-v${migrations.length + 1}-20`)).toBe(true);
    expect(backups(file)).toHaveLength(2);
    const copy = openStore(join(file, '../backups', first ?? ''));
    onTestFinished(() => copy.close());
    expect(copy.turns.path(leafOf(path))).toEqual(path);
    expect(copy.settings.get('before')).toBe(1);
  });

  it('lead a workspace of version 1 to the newest with every row, and keep a copy of it', () => {
    const file = join(temporaryFolder(), 'studio.db');
    const { database, lock } = openDatabase(file, 'a test', migrations.slice(0, 1));
    const tables = fillVersion1(database);
    const before = rowsOf(database, tables);
    database.close();
    lock.release();
    expect(tables.length).toBeGreaterThan(20);
    expect(before.filter((rows) => rows.length === 0)).toEqual([]);

    const store = openStore(file);
    expect(store.pairs.list({ tag: 'clear' }, 0, 5).items).toHaveLength(1);
    expect(store.traces.list({ text: 'late' }, { by: 'position', descending: false }, 0, 5).total).toBe(1);
    expect(store.runs.counts().total).toBe(0);
    store.runs.create(runOf('one'));
    store.close();
    const [copy, ...others] = backups(file);
    expect(others).toHaveLength(migrations.length - 2);
    expect(copy?.startsWith('studio-v1-')).toBe(true);
    for (const [path, version] of [
      [file, migrations.length],
      [join(file, '../backups', copy ?? ''), 1],
    ] as const) {
      const raw = new Database(path, { readonly: true });
      onTestFinished(() => void raw.close());
      expect(raw.pragma('user_version', { simple: true })).toBe(version);
      expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(rowsOf(raw, tables)).toEqual(before);
    }
  });

  it('change nothing where a step fails', () => {
    const file = join(temporaryFolder(), 'studio.db');
    openStore(file).close();
    const broken = `${addColumn}; INSERT INTO nowhere VALUES (1)`;
    expect(() => migrated(file, [...migrations, broken])).toThrow(/nowhere/);
    expect(migrated(file, migrations)).toEqual({ version: migrations.length, names: [] });
  });

  it('refuse a step that breaks references', () => {
    const file = join(temporaryFolder(), 'studio.db');
    openStore(file).close();
    const broken = `INSERT INTO rejects (import, reject) VALUES (77, '')`;
    expect(() => migrated(file, [...migrations, broken])).toThrow(/lose references/);
    expect(migrated(file, migrations).version).toBe(migrations.length);
  });

  it('keep the last five backups and leave other files there alone', () => {
    const file = join(temporaryFolder(), 'studio.db');
    openStore(file).close();
    const steps = Array.from({ length: 12 }, () => 'SELECT 1');
    migrated(file, [...migrations, ...steps]);
    const versions = backups(file).map((name) => Number(/^studio-v(\d+)-/.exec(name)?.[1]));
    const last = migrations.length + 12;
    expect(versions.toSorted((one, two) => one - two)).toEqual([last - 5, last - 4, last - 3, last - 2, last - 1]);
  });

  it('leave a database in write-ahead log with full flushes and checked references', () => {
    const { database, lock } = openDatabase(join(temporaryFolder(), 'studio.db'), 'a test', migrations);
    onTestFinished(() => {
      database.close();
      lock.release();
    });
    const pragma = (name: string) => database.pragma(name, { simple: true });
    expect([pragma('journal_mode'), pragma('synchronous'), pragma('foreign_keys')]).toEqual(['wal', 2, 1]);
  });
});
