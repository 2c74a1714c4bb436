// Migrations: from every older version, after a backup, all or nothing.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { migrations } from '#adapters/sqlite/migrate';
import { openDatabase } from '#adapters/sqlite/open';
import { openStore } from '#adapters/sqlite/store';
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
