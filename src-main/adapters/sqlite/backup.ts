// Copies of the database, made before it is changed in shape.
import type Database from 'better-sqlite3';
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** As many backups are kept; older ones are deleted. */
const kept = 5;
const pattern = /^studio-v\d+-[\dTZ-]+\.db$/;

/** Writes a compact, complete copy of the open database into `folder` and returns its path. Takes about as long as to copy the file. */
export function backUp(database: Database.Database, folder: string, version: number, at: Date): string {
  mkdirSync(folder, { recursive: true });
  const time = at.toISOString().replaceAll(/[:.]/g, '-');
  const file = join(folder, `studio-v${version}-${time}.db`);
  const unfinished = `${file}.part`;
  rmSync(unfinished, { force: true });
  try {
    database.prepare('VACUUM INTO ?').run(unfinished);
    const handle = openSync(unfinished, 'r+');
    fsyncSync(handle);
    closeSync(handle);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  renameSync(unfinished, file);
  deleteOld(folder);
  return file;
}

function deleteOld(folder: string): void {
  const backups = readdirSync(folder).filter((name) => pattern.test(name));
  // The time stands last in the name, but the version may have more digits than another.
  const byTime = backups.toSorted((one, two) => timeOf(one).localeCompare(timeOf(two)));
  for (const name of byTime.slice(0, Math.max(0, byTime.length - kept))) rmSync(join(folder, name), { force: true });
}

function timeOf(name: string): string {
  return name.replace(/^studio-v\d+-/, '');
}
