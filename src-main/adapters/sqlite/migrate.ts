// Brings a database to the newest version, one numbered step at a time, each in a transaction and after a backup.
import { Problem } from '#engine/problem';
import type Database from 'better-sqlite3';
import { backUp } from './backup.ts';
import { version1 } from './schema/version-1.ts';
import { version2 } from './schema/version-2.ts';
import { version3 } from './schema/version-3.ts';

/** SQL that leads from version `index` to `index + 1`. Append only: what was released is never changed. */
export const migrations: readonly string[] = [version1, version2, version3];

/** "Atlr", in the header of each of our databases, so that another program's database is not mistaken for one. */
const applicationId = 0x41746c72;

/**
 * Runs the migrations that are missing. An empty file becomes a new database; one that holds something is backed up before each step.
 * Throws REFUSED for a database from a newer version of Atelier or of another program.
 */
export function migrate(database: Database.Database, steps: readonly string[], backupFolder: string): void {
  const version = numberOf(database, 'user_version');
  if (version > steps.length) {
    throw new Problem(
      'REFUSED',
      `This workspace was made by a newer Atelier (its database has version ${version}, this Atelier knows up to ${steps.length}).`,
      'Update Atelier, then open the workspace again. Nothing was changed.',
    );
  }
  const isEmpty = numberOf(database, 'schema_version') === 0;
  if (!isEmpty && numberOf(database, 'application_id') !== applicationId) {
    throw new Problem(
      'REFUSED',
      'The file studio.db of this workspace was not made by Atelier.',
      'Move .atelier/studio.db to another place and open the workspace again. Nothing was changed.',
    );
  }
  for (let step = version; step < steps.length; step += 1) {
    if (!isEmpty) backUp(database, backupFolder, step, new Date());
    runStep(database, steps[step] ?? '', step + 1);
  }
}

function runStep(database: Database.Database, sql: string, version: number): void {
  // Tables may be rebuilt in a step; references are checked when it is done.
  database.pragma('foreign_keys = OFF');
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(sql);
    const broken = database.prepare('SELECT count(*) FROM pragma_foreign_key_check').pluck().get();
    if (broken !== 0)
      throw new Problem('INTERNAL', `Version ${version} of the database would lose references; nothing was changed.`);
    database.pragma(`application_id = ${applicationId}`);
    database.pragma(`user_version = ${version}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  } finally {
    database.pragma('foreign_keys = ON');
  }
}

function numberOf(database: Database.Database, pragma: string): number {
  return Number(database.pragma(pragma, { simple: true }));
}
