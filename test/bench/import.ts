// Bench of the import: its rate against plain better-sqlite3, the disk it takes, the memory it needs.
import Database from 'better-sqlite3';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { migrations } from '#adapters/sqlite/migrate';
import { openDatabase } from '#adapters/sqlite/open';
import { openStore } from '#adapters/sqlite/store';
import { wordText } from '#adapters/sqlite/words';
import type { ImportSummary } from '#contract/import';
import { newTask } from '#engine/jobs';
import type { Store } from '#engine/ports';
import { importFiles } from '#engine/trace/import/run';
import { searchText } from '#engine/turns/search-text';
import { madeTranscript } from '#test/transcripts';

/** Median, least and greatest of the rounds. */
interface Range {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

export interface ImportFigures {
  readonly records: number;
  readonly inputBytes: number;
  readonly turns: number;
  readonly transactions: number;
  /** Wall time and processor time (all threads) of the import. */
  readonly importMs: Range;
  readonly importCpuMs: Range;
  /** The same of plain better-sqlite3: prepared statements; the same rows, schema, settings, order and number of transactions. */
  readonly plainMs: Range;
  readonly plainCpuMs: Range;
  /** plain / import of each round, so that both stood under the same load; the goal is 0.5. */
  readonly ratio: Range;
  readonly cpuRatio: Range;
  readonly importMBps: number;
}

const clock = { now: () => Date.now() };

async function importOne(
  folder: string,
  database: string,
  file: string,
): Promise<{ readonly summary: ImportSummary; readonly transactions: number }> {
  const store = openStore(join(folder, database));
  let transactions = 0;
  const counted: Store = {
    ...store,
    transaction: (work) => {
      transactions += 1;
      return store.transaction(work);
    },
  };
  try {
    const task = newTask(new AbortController().signal, () => {});
    const [summary] = await importFiles(counted, clock, [join(folder, file)], { format: 'auto' }, task);
    if (summary?.state !== 'done') throw new Error(`The import ended as ${summary?.state}: ${summary?.problem}`);
    return { summary, transactions };
  } finally {
    store.close();
  }
}

async function write(path: string, lines: Iterable<string>): Promise<number> {
  const stream = createWriteStream(path);
  for (const line of lines) if (!stream.write(`${line}\n`)) await once(stream, 'drain');
  stream.end();
  await once(stream, 'close');
  return statSync(path).size;
}

interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

/** Frees what others left, so that nobody is charged for it. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
}

/** Starts a clock of wall and processor time; the function it returns reads it. */
function timer(): () => Cost {
  collectGarbage();
  const cpu = process.cpuUsage();
  const started = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { ms: performance.now() - started, cpuMs: (user + system) / 1000 };
  };
}

function rangeOf(values: readonly number[]): Range {
  const sorted = values.toSorted((left, right) => left - right);
  return {
    median: sorted[sorted.length >> 1] ?? Number.NaN,
    least: sorted[0] ?? Number.NaN,
    greatest: sorted.at(-1) ?? Number.NaN,
  };
}

/**
 * `records` transcripts of 28 messages into an empty workspace, then the same rows by hand; in turns, `rounds` times, so that what
 * else the machine does falls on both.
 */
export async function benchImport({ records = 3000, rounds = 5 } = {}): Promise<ImportFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-bench-import-'));
  try {
    const lines = Iterator.from({ next: counter(records) }).map((seed) =>
      JSON.stringify({ model: 'made', messages: madeTranscript(seed, 28) }),
    );
    const inputBytes = await write(join(folder, 'log.jsonl'), lines);
    const both: { readonly imported: Cost; readonly plain: Cost }[] = [];
    let turns = 0;
    let transactions = 0;
    for (let round = 0; round < rounds; round += 1) {
      const read = timer();
      const done = await importOne(folder, 'import.db', 'log.jsonl');
      const imported = read();
      ({ transactions } = done);
      ({ turns } = done.summary);
      both.push({ imported, plain: plainInsert(folder, transactions) });
      rmSync(join(folder, 'import.db'));
      rmSync(join(folder, 'plain.db'));
    }
    const importMs = rangeOf(both.map(({ imported }) => imported.ms));
    return {
      records,
      inputBytes,
      turns,
      transactions,
      importMs,
      importCpuMs: rangeOf(both.map(({ imported }) => imported.cpuMs)),
      plainMs: rangeOf(both.map(({ plain }) => plain.ms)),
      plainCpuMs: rangeOf(both.map(({ plain }) => plain.cpuMs)),
      ratio: rangeOf(both.map(({ imported, plain }) => plain.ms / imported.ms)),
      cpuRatio: rangeOf(both.map(({ imported, plain }) => plain.cpuMs / imported.cpuMs)),
      importMBps: inputBytes / 1000 / importMs.median,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function counter(limit: number): () => IteratorResult<number> {
  let count = 0;
  return () => (count < limit ? { done: false, value: count++ } : { done: true, value: undefined });
}

type Rows = readonly (readonly unknown[])[];

/**
 * The rows of import.db into an empty plain.db, opened with the same settings, in the order an importer cannot but write them: what a row
 * refers to before it, file order, so many records a transaction that there are as many transactions.
 */
function plainInsert(folder: string, transactions: number): Cost {
  const batches = batchesOf(join(folder, 'import.db'), transactions);
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
  }
}

function marks(rows: Rows): string {
  return Array.from({ length: rows[0]?.length ?? 0 }, () => '?').join(', ');
}

/** The rows by table, ready to be bound, in about `count` batches; `turn_words` gets the text that the import gave it. */
function batchesOf(file: string, count: number): (readonly (readonly [string, Rows])[])[] {
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

export interface DiskFigures {
  readonly inputBytes: number;
  readonly databaseBytes: number;
  /** databaseBytes / inputBytes; the goal is 0.2. */
  readonly ratio: number;
}

/** One agent of `turns` messages, logged as the whole request at every answer. */
export async function benchCumulative({ turns = 200 } = {}): Promise<DiskFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-bench-disk-'));
  try {
    const whole = madeTranscript(1, turns);
    const requests = whole.map((_, index) =>
      JSON.stringify({ model: 'made', request_id: `req_${index}`, messages: whole.slice(0, index + 1) }),
    );
    const inputBytes = await write(join(folder, 'log.jsonl'), requests);
    await importOne(folder, 'studio.db', 'log.jsonl');
    const databaseBytes = statSync(join(folder, 'studio.db')).size;
    return { inputBytes, databaseBytes, ratio: databaseBytes / inputBytes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface MemoryFigures {
  readonly inputBytes: number;
  readonly seconds: number;
  /** The process's largest resident size while it imported, and before it began: bytes. */
  readonly peakBytes: number;
  readonly beforeBytes: number;
}

/** A file of `megabytes` in records of every size, most with a picture, imported while the memory is watched. */
export async function benchMemory({ megabytes = 1024 } = {}): Promise<MemoryFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-bench-memory-'));
  try {
    const inputBytes = await write(join(folder, 'log.jsonl'), sized(megabytes * 1e6));
    collectGarbage();
    const beforeBytes = process.memoryUsage.rss();
    let peakBytes = beforeBytes;
    const watch = setInterval(() => {
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    }, 20);
    const started = performance.now();
    await importOne(folder, 'studio.db', 'log.jsonl');
    clearInterval(watch);
    return { inputBytes, seconds: (performance.now() - started) / 1000, peakBytes, beforeBytes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function* sized(bytes: number): Generator<string> {
  let written = 0;
  for (let seed = 0; written < bytes; seed += 1) {
    const url = `data:image/png;base64,${randomBytes(60_000).toString('base64')}`;
    const picture = { role: 'user', content: [{ type: 'image_url', image_url: { url } }] };
    const line = JSON.stringify({ messages: [...madeTranscript(seed, seed % 100 === 0 ? 2000 : 14), picture] });
    written += line.length + 1;
    yield line;
  }
}
