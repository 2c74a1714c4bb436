// Fuzzing of what reads bytes of others: each reader in turn, in a thread that is ended where it does not come back.
import { Worker } from 'node:worker_threads';
import type { Batch, BatchReport } from './reader-worker.ts';
import { readersIn } from './readers.ts';

/** A batch that takes longer hangs, ms; generous, as machines do much else. */
const longestBatch = 60_000;
/** An input that takes longer is a crash, ms. */
const longestInput = 10_000;
const batchSize = 100;

export interface ReaderCrash {
  readonly reader: string;
  readonly seed: number;
  readonly what: string;
}

export interface ReaderReport {
  readonly seed: number;
  readonly seconds: number;
  /** By reader. */
  readonly counts: Readonly<Record<string, { readonly taken: number; readonly refused: number }>>;
  readonly slowestMs: number;
  readonly crashes: readonly ReaderCrash[];
}

/** Until the time is up or there were `crashLimit` crashes. Input `n` of every reader has the seed `seed + n`. */
export async function fuzzReaders(options: {
  readonly seconds: number;
  readonly seed: number;
  readonly crashLimit?: number;
}): Promise<ReaderReport> {
  const { seconds, seed, crashLimit = 5 } = options;
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  const names = Object.keys(readersIn(''));
  const counts = Object.fromEntries(names.map((name) => [name, { taken: 0, refused: 0 }]));
  const crashes: ReaderCrash[] = [];
  let slowestMs = 0;
  let thread = new Thread();
  for (let round = 0; elapsed() < seconds && crashes.length < crashLimit; round += 1) {
    for (const reader of names) {
      const from = seed + round * batchSize;
      const report = await thread.run({ reader, from, count: batchSize });
      if (report === undefined) {
        crashes.push({ reader, seed: from, what: `One of ${batchSize} inputs from this seed on never ended.` });
        thread = new Thread();
        continue;
      }
      const known = counts[reader] ?? { taken: 0, refused: 0 };
      counts[reader] = { taken: known.taken + report.taken, refused: known.refused + report.refused };
      slowestMs = Math.max(slowestMs, report.slowestMs);
      crashes.push(...report.crashes.map((crash) => ({ reader, ...crash })));
      if (report.slowestMs > longestInput)
        crashes.push({ reader, seed: from, what: `An input from this seed on took ${report.slowestMs} ms.` });
    }
  }
  await thread.end();
  return { seed, seconds: elapsed(), counts, slowestMs, crashes };
}

class Thread {
  readonly #worker = new Worker(new URL('reader-worker.ts', import.meta.url));

  /** undefined where it does not come back; then the thread is ended. Rejects where the thread dies. */
  run(batch: Batch): Promise<BatchReport | undefined> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        this.#worker.off('message', take).off('error', reject);
      };
      const take = (report: BatchReport): void => {
        leave();
        resolve(report);
      };
      const timer = setTimeout(() => {
        leave();
        void this.end().then(() => resolve(undefined));
      }, longestBatch);
      this.#worker.on('message', take).on('error', reject);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
      this.#worker.postMessage(batch);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
