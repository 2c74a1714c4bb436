// Bench of the import: its rate against plain better-sqlite3, the disk it takes, the memory it needs.
import Database from 'better-sqlite3';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '#adapters/sqlite/store';
import type { ImportSummary } from '#contract/import';
import { newTask } from '#engine/jobs';
import { importFiles } from '#engine/trace/import/run';
import { searchText } from '#engine/turns/search-text';
import { madeTranscript } from '#test/transcripts';

export interface ImportFigures {
  readonly records: number;
  readonly inputBytes: number;
  readonly turns: number;
  /** The best of the rounds. */
  readonly importMs: number;
  /** Plain better-sqlite3 with prepared statements, the same rows, indices and full text, the best of the rounds. */
  readonly plainMs: number;
  /** plainMs / importMs; the goal is 0.5. */
  readonly ratio: number;
  readonly importMBps: number;
}

const clock = { now: () => Date.now() };

async function importOne(folder: string, database: string, file: string): Promise<ImportSummary> {
  const store = openStore(join(folder, database));
  try {
    const task = newTask(new AbortController().signal, () => {});
    const [summary] = await importFiles(store, clock, [join(folder, file)], { format: 'auto' }, task);
    if (summary?.state !== 'done') throw new Error(`The import ended as ${summary?.state}: ${summary?.problem}`);
    return summary;
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

/** `records` transcripts of 28 messages into an empty workspace, then the same rows by hand. */
export async function benchImport({ records = 3000, rounds = 3 } = {}): Promise<ImportFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-bench-import-'));
  try {
    const lines = Iterator.from({ next: counter(records) }).map((seed) =>
      JSON.stringify({ model: 'made', messages: madeTranscript(seed, 28) }),
    );
    const inputBytes = await write(join(folder, 'log.jsonl'), lines);
    let importMs = Infinity;
    let plainMs = Infinity;
    let turns = 0;
    for (let round = 0; round < rounds; round += 1) {
      const started = performance.now();
      turns = (await importOne(folder, `import-${round}.db`, 'log.jsonl')).turns;
      importMs = Math.min(importMs, performance.now() - started);
      plainMs = Math.min(plainMs, plainInsert(folder, `import-${round}.db`, `plain-${round}.db`));
    }
    return {
      records,
      inputBytes,
      turns,
      importMs,
      plainMs,
      ratio: plainMs / importMs,
      importMBps: inputBytes / 1000 / importMs,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function counter(limit: number): () => IteratorResult<number> {
  let count = 0;
  return () => (count < limit ? { done: false, value: count++ } : { done: true, value: undefined });
}

/** The tables an import fills, parents first. */
const tables = ['turns', 'imports', 'records', 'residues', 'traces', 'scores'];

function plainInsert(folder: string, from: string, to: string): number {
  openStore(join(folder, to)).close();
  const source = new Database(join(folder, from), { readonly: true });
  const target = new Database(join(folder, to));
  target.pragma('journal_mode = WAL');
  target.pragma('synchronous = FULL');
  target.pragma('foreign_keys = ON');
  try {
    const work = tables.map((table) => {
      const rows = source.prepare(`SELECT * FROM ${table}`).raw().all() as unknown[][];
      const marks = Array.from({ length: rows[0]?.length ?? 0 }, () => '?').join(', ');
      return {
        rows,
        insert: target.prepare(rows.length === 0 ? 'SELECT 1' : `INSERT INTO ${table} VALUES (${marks})`),
      };
    });
    const messages = source.prepare('SELECT n, message FROM turns').raw().all() as [number, string][];
    const words = messages.map(([n, message]) => [n, searchText(JSON.parse(message))]);
    work.push({ rows: words, insert: target.prepare('INSERT INTO turn_words (rowid, text) VALUES (?, ?)') });
    const started = performance.now();
    for (const { rows, insert } of work) {
      for (let at = 0; at < rows.length; at += 5000) {
        target.transaction(() => {
          for (const row of rows.slice(at, at + 5000)) insert.run(...row);
        })();
      }
    }
    return performance.now() - started;
  } finally {
    source.close();
    target.close();
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
    globalThis.gc?.();
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
