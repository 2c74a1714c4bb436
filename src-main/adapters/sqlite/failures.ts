// What SQLite reports, as problems a person can do something about.
import { Problem } from '#engine/problem';
import Database from 'better-sqlite3';

/** The problem behind anything SQLite threw; what is not SQLite's is handed back as it is. */
export function problemOf(thrown: unknown): unknown {
  if (!(thrown instanceof Database.SqliteError)) return thrown;
  const options = { cause: thrown };
  const code = thrown.code;
  if (code.startsWith('SQLITE_FULL')) {
    return new Problem(
      'REFUSED',
      'The disk is full; nothing of this step was saved.',
      'Make room on the disk that holds the workspace, then try again. What was saved before is safe.',
      options,
    );
  }
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_PERM')) {
    return new Problem(
      'REFUSED',
      'The workspace database cannot be written.',
      'Check that you may write in the folder .atelier of the workspace and that its disk is not read-only.',
      options,
    );
  }
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')) return corrupt(thrown.message, options);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new Problem(
      'CONFLICT',
      'Another program holds the workspace database.',
      'Close the program that reads or copies studio.db, then try again.',
      options,
    );
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new Problem(
      'INTERNAL',
      `The disk failed while the workspace database was used (${thrown.message}).`,
      'Check the disk, then open the workspace again. What was saved before is safe.',
      options,
    );
  }
  return new Problem('INTERNAL', `The workspace database refused a step: ${thrown.message}.`, undefined, options);
}

export function corrupt(what: string, options?: ErrorOptions): Problem {
  return new Problem(
    'REFUSED',
    `The workspace database is damaged (${what}).`,
    'Move .atelier/studio.db away, copy the newest file of .atelier/backups to its place and open the workspace again; ' +
      'without a backup, import the logs again into a new workspace.',
    options,
  );
}
