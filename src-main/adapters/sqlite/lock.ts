// One process owns a workspace: a lock the system itself gives back when its holder dies, however it dies.
import { Problem, sentenceOf } from '#engine/problem';
import Database from 'better-sqlite3';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { problemOf } from './failures.ts';

/** Who holds the workspace, for the sentence another one is shown. */
interface Owner {
  /** A noun phrase: "the Atelier window", "atelier import". */
  readonly name: string;
  readonly pid: number;
  readonly host: string;
  /** Epoch ms. */
  readonly since: number;
}

/** The held lock. */
export interface Lock {
  /** Whether the owner before this one went without releasing: it crashed, was killed, or the power failed. */
  readonly wasAbandoned: boolean;
  release(): void;
}

/**
 * Takes the workspace for this process. The lock is SQLite's own exclusive lock on an empty database beside the real one, so it works
 * alike on every system and file system SQLite works on; a file with a process number would outlive a crash. The owner's name stands in a
 * plain file beside it. Never read `lockFile` by other means: closing any handle on it would drop the lock on POSIX systems.
 * Throws CONFLICT with the owner's name where another process, or another part of this one, has it.
 */
export function takeLock(lockFile: string, ownerFile: string, name: string): Lock {
  const database = openLock(lockFile);
  try {
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw isBusy(error) ? heldBy(readOwner(ownerFile)) : problemOf(error);
  }
  const wasAbandoned = readOwner(ownerFile) !== undefined;
  const owner: Owner = { name, pid: process.pid, host: hostname(), since: Date.now() };
  try {
    writeFileSync(ownerFile, JSON.stringify(owner));
  } catch (error) {
    database.close();
    throw new Problem(
      'REFUSED',
      `The workspace cannot be taken: ${sentenceOf(error)}.`,
      'Check that there is room on its disk and that you may write in its folder .atelier.',
      { cause: error },
    );
  }
  return {
    wasAbandoned,
    release() {
      rmSync(ownerFile, { force: true });
      database.close();
    },
  };
}

function openLock(lockFile: string): Database.Database {
  try {
    return new Database(lockFile, { timeout: 0 });
  } catch (error) {
    throw problemOf(error);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** Undefined where the file is missing or cannot be understood: it only serves to name the owner. */
function readOwner(ownerFile: string): Owner | undefined {
  try {
    const owner: unknown = JSON.parse(readFileSync(ownerFile, 'utf8'));
    return isOwner(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false;
  const owner: Partial<Record<keyof Owner, unknown>> = value;
  return (
    typeof owner.name === 'string' &&
    typeof owner.pid === 'number' &&
    typeof owner.host === 'string' &&
    typeof owner.since === 'number'
  );
}

function heldBy(owner: Owner | undefined): Problem {
  if (owner === undefined) {
    return new Problem(
      'CONFLICT',
      'This workspace is open in another program.',
      'Close it there first, then try again.',
    );
  }
  const where = owner.host === hostname() ? '' : ` on ${owner.host}`;
  const since = new Date(owner.since).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  return new Problem(
    'CONFLICT',
    `This workspace is open in ${owner.name} (process ${owner.pid}${where}, since ${since}).`,
    owner.name.startsWith('atelier ')
      ? `Wait until it is done, or stop it: Ctrl-C where it is, or kill ${owner.pid}. A run is paused by that, and goes on with atelier resume.`
      : `Close ${owner.name} first, or do it there.`,
  );
}
