// Follows one run: reads its updates into a view and tells only those who show what changed, once a frame.
import type { RunUpdate } from '#contract/run';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { fold, type Changed } from './fold.ts';
import { newView, nodeView, type NodeView, type RunView } from './view.ts';

/** Opens the stream of a run's updates after `seq`. */
export type Watch = (after: number, signal: AbortSignal) => Promise<AsyncIterable<RunUpdate>>;

/** Told in a window that draws no frames, ms. */
const unseenMs = 250;
const againMs = 300;
const againLaterMs = 2000;
/** Updates folded before others in the page get their turn, ms. */
const sliceMs = 8;

export class RunFeed {
  readonly view: RunView = newView();
  /** Why nothing more comes; undefined while all is well. */
  problem: ShownProblem | undefined;
  /** The first updates have come. */
  isRead = false;
  readonly #watch: Watch;
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #versions = new Map<string, number>();
  readonly #nodes = new Map<string, NodeView>();
  #changed: Changed = new Set();
  #frame: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stop: AbortController | undefined;

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  /** Starts to follow; call what it returns to stop. What was read stays, and is gone on from. */
  start(): () => void {
    const stop = new AbortController();
    this.#stop = stop;
    void this.#follow(stop.signal);
    return () => {
      stop.abort();
      if (this.#stop === stop) this.#stop = undefined;
      if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
      clearTimeout(this.#timer);
      this.#frame = undefined;
      this.#timer = undefined;
    };
  }

  /** Tries again after a problem. */
  retry(): void {
    this.problem = undefined;
    this.#tell('run');
    this.#stop?.abort();
    this.start();
  }

  /** Calls back after `what` changed: a name of `fold`, or "graph" for any node or edge. */
  subscribe(what: string, listener: () => void): () => void {
    const known = this.#listeners.get(what) ?? new Set();
    this.#listeners.set(what, known);
    known.add(listener);
    return () => known.delete(listener);
  }

  /** Grows with each change of `what`. */
  version(what: string): number {
    return this.#versions.get(what) ?? 0;
  }

  /** The same object until the node changes. */
  node(id: string): NodeView {
    const known = this.#nodes.get(id);
    if (known !== undefined) return known;
    const fresh = nodeView(this.view, id);
    this.#nodes.set(id, fresh);
    return fresh;
  }

  /** Takes updates in, as if they had been read. */
  take(update: RunUpdate): void {
    fold(this.view, update, this.#changed);
    this.#tell();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let wait = againMs;
      try {
        const updates = await this.#watch(this.view.seq, signal);
        let since = performance.now();
        for await (const update of updates) {
          if (signal.aborted) return;
          this.isRead = true;
          this.take(update);
          if (performance.now() - since > sliceMs) {
            await new Promise((resolve) => setTimeout(resolve, 0));
            since = performance.now();
          }
        }
      } catch (error) {
        if (signal.aborted) return;
        const problem = problemOf(error);
        if (problem.code === 'NOT_FOUND' || problem.code === 'BAD_INPUT') {
          this.problem = problem;
          this.#tell('run');
          return;
        }
        // A stream ends with its workspace or its connection; what was read stays.
        wait = againLaterMs;
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  #tell(what?: string): void {
    if (what !== undefined) this.#changed.add(what);
    if (this.#changed.size === 0 || this.#timer !== undefined) return;
    this.#frame = requestAnimationFrame(() => this.#flush());
    this.#timer = setTimeout(() => this.#flush(), unseenMs);
  }

  #flush(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#frame = undefined;
    this.#timer = undefined;
    const changed = this.#changed;
    this.#changed = new Set();
    const listeners = new Set<() => void>();
    if ([...changed].some((what) => what.startsWith('node:') || what.startsWith('edge:'))) changed.add('graph');
    for (const what of changed) {
      this.#versions.set(what, (this.#versions.get(what) ?? 0) + 1);
      if (what.startsWith('node:')) this.#nodes.delete(what.slice('node:'.length));
      for (const listener of this.#listeners.get(what) ?? []) listeners.add(listener);
    }
    for (const listener of listeners) listener();
  }
}
