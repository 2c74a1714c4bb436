// Plain better-sqlite3, asked by the bench: the bytes of a journal put into a table of texts, nothing else.
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';

const questionSchema = z.strictObject({
  question: z.enum(['insert']),
  args: z.strictObject({
    folder: z.string(),
    /** What each commit puts in. */
    commits: z.array(z.array(z.string())),
  }),
});

function insert({ folder, commits }: z.infer<typeof questionSchema>['args']): {
  readonly ms: number;
  readonly bytes: number;
} {
  const path = join(folder, 'raw.db');
  for (const ending of ['', '-wal', '-shm']) rmSync(path + ending, { force: true });
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE events (n INTEGER PRIMARY KEY, body TEXT NOT NULL)');
  const put = db.prepare('INSERT INTO events (body) VALUES (?)');
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const started = performance.now();
  for (const bodies of commits) {
    begin.run();
    for (const body of bodies) put.run(body);
    commit.run();
  }
  const ms = performance.now() - started;
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return { ms, bytes: statSync(path).size };
}

process.on('message', (message) => {
  try {
    process.send?.({ figures: insert(questionSchema.parse(message).args) });
  } catch (error) {
    process.send?.({ error: String(error) });
  }
});
