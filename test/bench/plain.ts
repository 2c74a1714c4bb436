// The import's peer, `plain.ts FOLDER COUNT`: the rows of FOLDER/import.db by plain better-sqlite3 in COUNT transactions; prints ms and CPU ms.
import Database from 'better-sqlite3';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { migrations } from '#adapters/sqlite/migrate';
import { openDatabase } from '#adapters/sqlite/open';
import { wordText } from '#adapters/sqlite/words';
import { searchText } from '#engine/turns/search-text';
import { timer, type Cost } from './timer.ts';

type Rows = readonly (readonly unknown[])[];
type Batches = readonly (readonly (readonly [string, Rows])[])[];

/**
 * The rows into an empty plain.db, opened with the same settings, in the order an importer cannot but write them: what a row
 * refers to before it, file order, so many records a transaction that there are as many transactions.
 */
function plainInsert(folder: string, batches: Batches): Cost {
  const read = timer();
  const { database, lock } = openDatabase(join(folder, 'plain.db'), 'a bench', migrations);
  try {
    const inserts = new Map<string, Database.Statement>();
    for (const batch of batches) {
      database.transaction(() => {
        for (const [table, rows] of batch) {
          const insert = inserts.get(table) ?? database.prepare(`INSERT INTO ${table} VALUES (${marks(rows)})`);
          inserts.set(table, insert);
          for (const row of rows) insert.run(...row);
        }
      })();
    }
    database.close();
    return read();
  } finally {
    database.close();
    lock.release();
    rmSync(join(folder, 'plain.db'));
  }
}

function marks(rows: Rows): string {
  return Array.from({ length: rows[0]?.length ?? 0 }, () => '?').join(', ');
}

/** The rows by table, ready to be bound, in about `count` batches; `turn_words` gets the text that the import gave it. */
function batchesOf(file: string, count: number): Batches {
  const source = new Database(file, { readonly: true });
  try {
    const all = (table: string): unknown[][] =>
      source.prepare<unknown[], unknown[]>(`SELECT * FROM ${table} ORDER BY 1`).raw().all();
    const tables = { turns: all('turns'), residues: all('residues'), records: all('records'), traces: all('traces') };
    const ends = source.prepare<unknown[], number[]>('SELECT leaf, residue FROM traces ORDER BY n').raw().all();
    const texts = source.prepare<unknown[], [number, string]>('SELECT n, message FROM turns').raw().all();
    const words = texts.map(([n, message]): [number, string] => [n, wordText(searchText(JSON.parse(message)))]);
    const size = Math.ceil(tables.traces.length / count);
    const batches: (readonly [string, Rows])[][] = [[['imports', all('imports')]]];
    let turn = 0;
    let residue = 0;
    for (let from = 0; from < tables.traces.length; from += size) {
      const until = Math.min(from + size, tables.traces.length);
      // The numbers of rows grow with arrival, from 1 on.
      const leaves = ends.slice(from, until);
      const lastTurn = Math.max(turn, ...leaves.map(([leaf]) => leaf ?? 0));
      const lastResidue = Math.max(residue, ...leaves.map(([, end]) => end ?? 0));
      batches.push(
        [
          ['turns', tables.turns.slice(turn, lastTurn)] as const,
          ['turn_words (rowid, text)', words.slice(turn, lastTurn).filter(([, text]) => text !== '')] as const,
          ['residues', tables.residues.slice(residue, lastResidue)] as const,
          ['records', tables.records.slice(from, until)] as const,
          ['traces', tables.traces.slice(from, until)] as const,
        ].filter(([, rows]) => rows.length > 0),
      );
      turn = lastTurn;
      residue = lastResidue;
    }
    return batches;
  } finally {
    source.close();
  }
}

const [folder = '', count = '1'] = process.argv.slice(2);
const batches = batchesOf(join(folder, 'import.db'), Number(count));
plainInsert(folder, batches);
const { ms, cpuMs } = plainInsert(folder, batches);
process.stdout.write(`${ms} ${cpuMs}`);
