// What there is to know of SQLite and of a database file without taking it from whoever has it open.
import { sentenceOf } from '#engine/problem';
import Database from 'better-sqlite3';

export interface SqliteFacts {
  readonly version: string;
  /** Full-text search is built in. */
  readonly fullText: boolean;
}

/** Throws where the native module does not load. */
export function sqliteFacts(): SqliteFacts {
  const database = new Database(':memory:');
  try {
    const version = String(database.prepare('SELECT sqlite_version()').pluck().get());
    const fullText = database.prepare("SELECT sqlite_compileoption_used('ENABLE_FTS5')").pluck().get() === 1;
    return { version, fullText };
  } finally {
    database.close();
  }
}

/** Reads every page of the database in `file`, only reading it: undefined where all is sound, else what is wrong. */
export function damageOf(file: string): string | undefined {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: true, fileMustExist: true, timeout: 2000 });
    const found = database.prepare('PRAGMA quick_check(3)').pluck().all().join('; ');
    return found === 'ok' ? undefined : found;
  } catch (error) {
    return sentenceOf(error);
  } finally {
    database?.close();
  }
}
