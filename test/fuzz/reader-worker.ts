// A thread in which readers read, so that one that never ends can be told from outside.
import { parentPort } from 'node:worker_threads';
import { readersIn, withFolder } from './readers.ts';

export interface Batch {
  readonly reader: string;
  readonly from: number;
  readonly count: number;
}

export interface BatchReport {
  readonly taken: number;
  readonly refused: number;
  readonly slowestMs: number;
  readonly crashes: readonly { readonly seed: number; readonly what: string }[];
}

function run({ reader, from, count }: Batch): BatchReport {
  return withFolder((folder) => {
    const read = readersIn(folder)[reader];
    if (read === undefined) throw new Error(`There is no reader ${reader}.`);
    const counts = { taken: 0, refused: 0 };
    const crashes: { seed: number; what: string }[] = [];
    let slowestMs = 0;
    for (let seed = from; seed < from + count; seed += 1) {
      const started = performance.now();
      try {
        counts[read(seed)] += 1;
      } catch (error) {
        crashes.push({ seed, what: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
      slowestMs = Math.max(slowestMs, performance.now() - started);
    }
    return { ...counts, slowestMs, crashes };
  });
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
parentPort?.on('message', (batch: Batch) => parentPort?.postMessage(run(batch)));
