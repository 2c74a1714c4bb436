// Keeps the traces of runs up to date: soon after a run settles, now and then while it goes on, in slices that nobody feels.
import type { Store } from '../../ports.ts';
import { isProjected, projectRun } from './project-run.ts';

/** A run that goes on is looked at so often, one that has settled after so long. */
const whileRunning = 2000;
const onceSettled = 200;
/** A slice: its commit comes on top. */
const sliceMs = 3;
const eventsAtOnce = 200;
/** So many of the newest runs are looked at for traces that a crash kept from being made. */
const lookedAt = 1000;

export interface RunTracesOptions {
  /** Traces were added or changed. */
  readonly onChange: () => void;
  /** A run whose trace could not be made; the others go on. */
  readonly onFailure: (run: string, error: unknown) => void;
}

export class RunTraces {
  readonly #store: Store;
  readonly #options: RunTracesOptions;
  readonly #waiting = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #work: Promise<void> | undefined;
  #closed = false;

  constructor(store: Store, options: RunTracesOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** The run has new events and goes on. */
  touched(run: string): void {
    this.#await(run, whileRunning);
  }

  /** The run has ended, paused or gone to sleep. */
  settled(run: string): void {
    this.#await(run, onceSettled);
  }

  /** Makes what an earlier process did not come to; at its own pace. */
  catchUp(): void {
    const { items } = this.#store.runs.list({}, undefined, lookedAt);
    for (const run of items) if (!isProjected(this.#store, run)) this.settled(run.id);
  }

  /** All that was touched so far is in the traces when it resolves. */
  async flush(): Promise<void> {
    this.#disarm();
    while (this.#work !== undefined || this.#waiting.size > 0) await (this.#work ??= this.#drain());
  }

  /** The same, and nothing after it. */
  async close(): Promise<void> {
    await this.flush();
    this.#closed = true;
    this.#disarm();
  }

  #await(run: string, patience: number): void {
    if (this.#closed) return;
    this.#waiting.add(run);
    const at = performance.now() + patience;
    if (at >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => {
      this.#disarm();
      this.#work ??= this.#drain();
    }, patience);
    // Who wants it done before the process ends asks for it.
    this.#timer.unref();
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dueAt = Number.POSITIVE_INFINITY;
  }

  /** Never rejects. */
  async #drain(): Promise<void> {
    const queue = [...this.#waiting];
    this.#waiting.clear();
    while (queue.length > 0) {
      this.#slice(queue);
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#work = undefined;
    this.#options.onChange();
  }

  /** One transaction; takes what is done out of the queue. */
  #slice(queue: string[]): void {
    const from = performance.now();
    let done = 0;
    try {
      this.#store.transaction(() => {
        for (const run of queue) {
          while (projectRun(this.#store, run, eventsAtOnce)) if (performance.now() - from > sliceMs) return;
          done += 1;
          if (performance.now() - from > sliceMs) return;
        }
      });
      queue.splice(0, done);
    } catch (error) {
      // All of the slice was rolled back: the run at fault is left out, the others come again.
      const [run] = queue.splice(done, 1);
      if (run !== undefined) this.#options.onFailure(run, error);
    }
  }
}
