// Writes the journals of all runs: what came since the last commit goes to disk in one transaction, and only then is anybody told.
import type { JournalEvent } from '#contract/journal';
import type { RunSummary } from '#contract/run';
import type { NewEvent, Snapshot, Store } from '../ports.ts';
import { Problem, sentenceOf } from '../problem.ts';
import { headAfter } from './head.ts';

/** Waits between tries while the store takes nothing, ms. */
const firstWait = 100;
const longestWait = 5_000;
/** Tries after which a run that alone cannot be written is given up. */
const mostTries = 3;

export interface WriterListener {
  /** They are on disk; `run` as it is now. */
  committed(run: RunSummary, events: readonly JournalEvent[]): void;
  /** The store takes nothing (a full disk); undefined: it does again. Nothing is lost meanwhile. */
  trouble(problem: Problem | undefined): void;
  /** This run's events cannot be written while others' can. */
  unwritable(run: string, cause: unknown): void;
  /** What follows from this run's events went wrong. */
  broken(run: string, cause: unknown): void;
}

export interface Entry {
  readonly events?: readonly NewEvent[];
  /** Interrupts that a person must answer, once these events have happened. */
  readonly open: number;
  /** Covers all events put so far. */
  readonly snapshot?: Omit<Snapshot, 'seq'>;
  /** In the same transaction, before the events. */
  readonly within?: () => void;
  /** Once it is on disk. */
  readonly after?: () => void;
}

interface Pending {
  readonly events: NewEvent[];
  readonly snapshots: { readonly after: number; readonly snapshot: Omit<Snapshot, 'seq'> }[];
  readonly within: (() => void)[];
  readonly after: (() => void)[];
  open: number;
  tries: number;
}

interface Job {
  readonly work: () => void;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

interface Written {
  readonly head: RunSummary;
  readonly events: readonly JournalEvent[];
  readonly after: readonly (() => void)[];
}

export class JournalWriter {
  readonly #store: Store;
  readonly #listener: WriterListener;
  #pending = new Map<string, Pending>();
  #jobs: Job[] = [];
  #isDue = false;
  #retry: NodeJS.Timeout | undefined;
  #wait = firstWait;
  #problem: Problem | undefined;

  constructor(store: Store, listener: WriterListener) {
    this.#store = store;
    this.#listener = listener;
  }

  /** Why nothing can be written now. */
  get problem(): Problem | undefined {
    return this.#problem;
  }

  /** Into the next commit, behind what the run has there already; tried again until the store takes it. */
  put(run: string, entry: Entry): void {
    let pending = this.#pending.get(run);
    if (pending === undefined) {
      pending = { events: [], snapshots: [], within: [], after: [], open: 0, tries: 0 };
      this.#pending.set(run, pending);
    }
    if (entry.events !== undefined) for (const event of entry.events) pending.events.push(event);
    if (entry.snapshot !== undefined)
      pending.snapshots.push({ after: pending.events.length, snapshot: entry.snapshot });
    if (entry.within !== undefined) pending.within.push(entry.within);
    if (entry.after !== undefined) pending.after.push(entry.after);
    pending.open = entry.open;
    if (this.#problem === undefined) this.#schedule();
  }

  /** Whether something of this run waits to be written. */
  has(run: string): boolean {
    return this.#pending.has(run);
  }

  /** Does `work` in the next commit; resolves once it is on disk, throws what it threw, or why nothing can be written: then it is not done. */
  do<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let value: { readonly of: T } | undefined;
      this.#jobs.push({
        work: () => (value = { of: work() }),
        done: () => value !== undefined && resolve(value.of),
        failed: reject,
      });
      this.#schedule();
    });
  }

  /** Writes what is there now. Returns whether nothing is left. */
  flush(): boolean {
    this.#isDue = false;
    if (this.#pending.size === 0 && this.#jobs.length === 0) {
      this.#recovered();
      return true;
    }
    const jobs = this.#jobs;
    this.#jobs = [];
    const failures = new Map<Job, unknown>();
    try {
      const written = this.#store.transaction(() => {
        const all = [...this.#pending].map(([run, pending]) => this.#write(run, pending));
        for (const job of jobs) this.#doOne(job, failures);
        return all;
      });
      this.#pending = new Map();
      this.#recovered();
      for (const one of written) this.#tell(one);
      for (const job of jobs) {
        if (failures.has(job)) job.failed(failures.get(job));
        else job.done();
      }
    } catch (error) {
      for (const job of jobs) job.failed(failures.get(job) ?? error);
      // A job is told itself; what waits to be written is everybody's trouble.
      if (this.#pending.size > 0) {
        if (isTrouble(error)) this.#troubled(error);
        else this.#oneByOne();
      }
    }
    return this.#pending.size === 0;
  }

  /** Writes what is there and stops trying; returns whether nothing is left. */
  close(): boolean {
    const isDone = this.flush();
    clearTimeout(this.#retry);
    return isDone;
  }

  #schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => this.#isDue && this.flush());
  }

  #write(run: string, { events, snapshots, within, after, open }: Pending): Written {
    for (const work of within) work();
    const { runs } = this.#store;
    let head = events.length > 0 ? undefined : runs.get(run);
    const written =
      head !== undefined ? [] : runs.append(run, events, (before) => (head = headAfter(before, events, open)));
    if (head === undefined) throw new Error(`The store did not ask for the summary of run ${run}.`);
    for (const { after: index, snapshot } of snapshots) {
      const seq = written[index - 1]?.seq ?? (head?.seq ?? 0) - written.length;
      runs.putSnapshot(run, { ...snapshot, seq });
    }
    return { head, events: written, after };
  }

  #doOne(job: Job, failures: Map<Job, unknown>): void {
    try {
      this.#store.transaction(job.work);
    } catch (error) {
      // What only this job did wrong is its own affair; a store that takes nothing is everybody's.
      failures.set(job, error);
      if (isTrouble(error) && !isOwn(error)) throw error;
    }
  }

  #tell({ head, events, after }: Written): void {
    if (events.length > 0) this.#listener.committed(head, events);
    for (const then of after) {
      try {
        then();
      } catch (error) {
        this.#listener.broken(head.id, error);
      }
    }
  }

  /** Something in the commit cannot be written: finds whose it is, so that the others' goes on. */
  #oneByOne(): void {
    for (const [run, pending] of this.#pending) {
      try {
        const written = this.#store.transaction(() => this.#write(run, pending));
        this.#pending.delete(run);
        this.#tell(written);
      } catch (error) {
        pending.tries += 1;
        const isLost = pending.tries >= mostTries || isOwn(error) || !(error instanceof Problem);
        if (isTrouble(error) || !isLost) return this.#troubled(error);
        this.#pending.delete(run);
        this.#listener.unwritable(run, error);
      }
    }
    this.#recovered();
  }

  #troubled(error: unknown): void {
    this.#problem = error instanceof Problem ? error : new Problem('INTERNAL', sentenceOf(error));
    this.#listener.trouble(this.#problem);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.flush(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, longestWait);
  }

  #recovered(): void {
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    this.#wait = firstWait;
    clearTimeout(this.#retry);
    this.#listener.trouble(undefined);
  }
}

/** The store takes nothing for now: no room, no right, held by another. */
function isTrouble(error: unknown): error is Problem {
  return error instanceof Problem && (error.code === 'REFUSED' || error.code === 'CONFLICT');
}

/** What only a caller can have done wrong, not the disk. */
function isOwn(error: unknown): boolean {
  return (
    error instanceof Problem && (error.code === 'NOT_FOUND' || error.code === 'BAD_INPUT' || error.code === 'CONFLICT')
  );
}
