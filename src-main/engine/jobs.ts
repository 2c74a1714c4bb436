// Background jobs: started by a handler, watched by the status bar, cancelled by a person.
import type { Job } from '#contract/job';
import { Broadcast } from './broadcast.ts';
import type { Clock, Task } from './ports.ts';
import { Problem, sentenceOf } from './problem.ts';

/** Time a job may hold the event loop before it lets others in, ms. */
const sliceMs = 8;

export class Jobs {
  readonly #clock: Clock;
  readonly #jobs = new Map<string, Job>();
  readonly #controllers = new Map<string, AbortController>();
  readonly #running = new Set<Promise<void>>();
  readonly #changes = new Broadcast<Job>();
  #next = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `work` in the background; its value becomes the job's result, `message(result)` its closing word. */
  start<T>(kind: Job['kind'], title: string, work: (task: Task) => Promise<T>, message: (result: T) => string): string {
    const id = `job-${this.#next++}`;
    const controller = new AbortController();
    this.#controllers.set(id, controller);
    this.#set({ id, kind, title, state: 'running', startedAt: this.#clock.now() });
    const run = this.#run(id, controller.signal, work, message).finally(() => {
      this.#controllers.delete(id);
      this.#running.delete(run);
    });
    this.#running.add(run);
    return id;
  }

  list(): Job[] {
    return [...this.#jobs.values()].toReversed();
  }

  get(id: string): Job | undefined {
    return this.#jobs.get(id);
  }

  watch(signal: AbortSignal | undefined): AsyncGenerator<Job, void, void> {
    const running = [...this.#jobs.values()].filter((job) => job.state === 'running');
    return this.#changes.listen(signal, running);
  }

  cancel(id: string): void {
    if (!this.#jobs.has(id)) throw new Problem('NOT_FOUND', `There is no job ${id}.`);
    this.#controllers.get(id)?.abort();
  }

  /** Cancels what runs and waits until all of it has stopped. */
  async stop(): Promise<void> {
    for (const controller of this.#controllers.values()) controller.abort();
    await Promise.all(this.#running);
  }

  async #run<T>(
    id: string,
    signal: AbortSignal,
    work: (task: Task) => Promise<T>,
    message: (result: T) => string,
  ): Promise<void> {
    // The caller returns before the work begins, so that a click is answered at once.
    await nextTurnOfLoop();
    try {
      const result = await work(newTask(signal, (progress, note) => this.#change(id, { progress, message: note })));
      const state = signal.aborted ? 'cancelled' : 'done';
      this.#change(id, { state, progress: 1, message: message(result), result, finishedAt: this.#clock.now() });
    } catch (error) {
      this.#fail(id, signal.aborted, error);
    }
  }

  #fail(id: string, cancelled: boolean, error: unknown): void {
    const finishedAt = this.#clock.now();
    if (cancelled) return this.#change(id, { state: 'cancelled', message: 'Cancelled', finishedAt });
    const known = error instanceof Problem ? error : new Problem('INTERNAL', sentenceOf(error));
    const problem = {
      code: known.code,
      message: known.message,
      ...(known.hint === undefined ? {} : { hint: known.hint }),
    };
    this.#change(id, { state: 'failed', problem, message: known.message, finishedAt });
  }

  #change(id: string, change: { [Key in keyof Job]?: Job[Key] | undefined }): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    const merged = { ...job, ...change };
    const defined = Object.entries(merged).filter(([, value]) => value !== undefined);
    this.#set(Object.fromEntries(defined) as Job);
  }

  #set(job: Job): void {
    this.#jobs.set(job.id, job);
    this.#changes.send(job);
  }
}

/** A task for work that nobody watches (command line, tests) or that reports to `report`. */
export function newTask(signal: AbortSignal, report: (progress: number | undefined, message?: string) => void): Task {
  let slice = performance.now();
  return {
    signal,
    async progress(done, message) {
      signal.throwIfAborted();
      if (performance.now() - slice < sliceMs) return;
      report(done, message);
      await nextTurnOfLoop();
      slice = performance.now();
      signal.throwIfAborted();
    },
  };
}

function nextTurnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
