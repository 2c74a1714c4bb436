// Bench of the import: its rate against plain better-sqlite3, the disk it takes, the memory it needs.
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '#adapters/sqlite/store';
import type { ImportSummary } from '#contract/import';
import { newTask } from '#engine/jobs';
import type { Store } from '#engine/ports';
import { importFiles } from '#engine/trace/import/run';
import { madeTranscript } from '#test/transcripts';
import { timer, type Cost } from './timer.ts';

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
 * else the machine does falls on both. Both have run once before: no figure holds the compiler's time.
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
    for (let round = 0; round <= rounds; round += 1) {
      const read = timer();
      const done = await importOne(folder, 'import.db', 'log.jsonl');
      const imported = read();
      ({ transactions } = done);
      ({ turns } = done.summary);
      if (round > 0) both.push({ imported, plain: plainInsert(folder, transactions) });
      rmSync(join(folder, 'import.db'));
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

/** In a process of its own: neither heap is charged for the other's. */
function plainInsert(folder: string, transactions: number): Cost {
  const script = join(import.meta.dirname, 'plain.ts');
  const { stdout } = spawnSync(process.execPath, [script, folder, String(transactions)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  const [ms, cpuMs] = stdout.split(' ').map(Number);
  return { ms: ms ?? Number.NaN, cpuMs: cpuMs ?? Number.NaN };
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
