// Keeps the traces of runs up to date: soon after a run settles, now and then while it goes on, in slices that nobody feels.
import type { Store } from '../../ports.ts';
import { isProjected, projectRun } from './project-run.ts';

/** Nothing waits longer than this, ms. */
const longestWait = 2000;
/** Where a run has settled, the traces are made once no run has moved for so long: while many do, the disk is theirs. */
const quiet = 250;
/** A slice: its commit comes on top. */
const sliceMs = 4;
const eventsAtOnce = 200;
/** So many of the newest runs are looked at for traces that a crash kept from being made. */
const lookedAt = 1000;
const lookedAtOnce = 50;

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
  #timerAt = Number.POSITIVE_INFINITY;
  /** When the first of those that wait began to; when one moved last; whether one has settled. */
  #since: number | undefined;
  #movedAt = 0;
  #hasSettled = false;
  #work: Promise<void> | undefined;
  #closed = false;

  constructor(store: Store, options: RunTracesOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** The run has new events and goes on. */
  touched(run: string): void {
    this.#await(run, false);
  }

  /** The run has ended, paused or gone to sleep. */
  settled(run: string): void {
    this.#await(run, true);
  }

  /** Makes what an earlier process did not come to, at its own pace; resolves once it is known what that is. */
  async catchUp(): Promise<void> {
    let after: string | undefined;
    for (let looked = 0; looked < lookedAt && !this.#closed; looked += lookedAtOnce) {
      const { items, next } = this.#store.runs.list({}, after, lookedAtOnce);
      for (const run of items) if (!isProjected(this.#store, run)) this.settled(run.id);
      if (next === undefined) return;
      after = next;
      await new Promise((resolve) => setImmediate(resolve));
    }
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

  #await(run: string, isSettled: boolean): void {
    if (this.#closed) return;
    this.#waiting.add(run);
    this.#movedAt = performance.now();
    this.#since ??= this.#movedAt;
    this.#hasSettled ||= isSettled;
    this.#arm();
  }

  #arm(): void {
    const at = this.#dueAt();
    // A timer that is early looks again.
    if (at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(
      () => {
        this.#disarm();
        if (this.#dueAt() > performance.now() + 1) this.#arm();
        else this.#work ??= this.#drain();
      },
      Math.max(0, at - performance.now()),
    );
    // Who wants it done before the process ends asks for it.
    this.#timer.unref();
  }

  #dueAt(): number {
    const latest = (this.#since ?? this.#movedAt) + longestWait;
    return this.#hasSettled ? Math.min(latest, this.#movedAt + quiet) : latest;
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  /** Never rejects. */
  async #drain(): Promise<void> {
    const queue = [...this.#waiting];
    this.#waiting.clear();
    this.#since = undefined;
    this.#hasSettled = false;
    while (queue.length > 0) {
      this.#slice(queue);
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#work = undefined;
    this.#options.onChange();
    // What came meanwhile.
    if (this.#waiting.size > 0) this.#arm();
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
