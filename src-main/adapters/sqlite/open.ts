// Opens the database file: lock, settings, integrity, migrations; or says in a sentence why not.
import { Problem } from '#engine/problem';
import Database from 'better-sqlite3';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { corrupt, problemOf } from './failures.ts';
import { takeLock, type Lock } from './lock.ts';
import { migrate } from './migrate.ts';

/** A database up to this size, in bytes, is checked on every open: it takes less than 50 ms. */
const alwaysCheckedSize = 16 * 1024 * 1024;
/** Above this size, in bytes, only `judgements` are checked. */
const fullyCheckedSize = 1024 ** 3;
/** Tables of what people did, which no import brings back; of runs their list, as a journal is read when its run is. */
const judgements = [
  'pairs',
  'labels',
  'label_tags',
  'acts',
  'annotators',
  'datasets',
  'versions',
  'frozen_choices',
  'settings',
  'run_agents',
  'runs',
  'run_counts',
  'gateway_keys',
];
const cacheKiB = 64 * 1024;
/** Log size at which a commit also moves it into the database, in pages of 4 KiB. */
const checkpointPages = 4000;
/** The log is cut back to this after a transaction that made it larger, in bytes. */
const logBytes = 64 * 1024 * 1024;

export interface Opened {
  readonly database: Database.Database;
  readonly lock: Lock;
}

/**
 * Opens or creates the database and takes it for this process.
 * `owner` is a noun phrase for who opens it; a second one to open it reads it in the refusal.
 * Throws Problem: CONFLICT where another process has it; REFUSED where it is damaged, of a newer version, not Atelier's, or not writable.
 */
export function openDatabase(file: string, owner: string, steps: readonly string[]): Opened {
  const folder = dirname(file);
  checkWritable(folder, file);
  const lock = takeLock(join(folder, 'lock.db'), join(folder, 'owner.json'), owner);
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { timeout: 2000 });
    configure(database);
    checkIntegrity(database, file, lock.wasAbandoned);
    migrate(database, steps, join(folder, 'backups'));
    return { database, lock };
  } catch (error) {
    database?.close();
    lock.release();
    throw problemOf(error);
  }
}

function checkWritable(folder: string, file: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    if (existsSync(file)) accessSync(file, constants.W_OK | constants.R_OK);
  } catch (error) {
    throw new Problem(
      'REFUSED',
      `The folder ${folder} cannot be written.`,
      'Give yourself the right to write there, or copy the workspace to a place where you have it.',
      { cause: error },
    );
  }
}

/**
 * synchronous = FULL: with a write-ahead log this alone makes a commit wait until it is on the disk, so that a label is there after a
 * power failure (NORMAL may lose the last commits). It costs one flush a commit: imports write thousands of rows in each, a label one.
 * fullfsync: on macOS a flush otherwise stops at the drive's own cache.
 */
function configure(database: Database.Database): void {
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('fullfsync = ON');
  database.pragma('foreign_keys = ON');
  database.pragma(`cache_size = -${cacheKiB}`);
  database.pragma(`wal_autocheckpoint = ${checkpointPages}`);
  database.pragma(`journal_size_limit = ${logBytes}`);
  database.pragma('temp_store = MEMORY');
  database.pragma('trusted_schema = OFF');
}

/**
 * Reading every page of a large database takes seconds (2 s a GiB), so all of it is read where damage is likely, after a crash, and where
 * it costs nothing, in a small one; of a very large one only what no import can bring back. Damage elsewhere is reported when a read
 * meets it.
 */
function checkIntegrity(database: Database.Database, file: string, wasAbandoned: boolean): void {
  const { size } = statSync(file);
  if (!wasAbandoned && size > alwaysCheckedSize) return;
  const tables = size > fullyCheckedSize ? judgements : [undefined];
  for (const table of tables) {
    const check = table === undefined ? 'PRAGMA quick_check(1)' : `PRAGMA quick_check('${table}')`;
    const found = database.prepare(check).pluck().get();
    if (found !== 'ok') throw corrupt(String(found).replaceAll('\n', ' '));
  }
}
