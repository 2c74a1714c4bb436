// How many executions of a node may be under way at the same time, over all runs of a runner.

interface Queue {
  taken: number;
  readonly waiting: Set<() => void>;
}

export interface Slot {
  /** Resolves when it is there; undefined where it is at once. */
  readonly turn: Promise<void> | undefined;
  /** Also before its turn has come. */
  readonly giveBack: () => void;
}

export class Slots {
  readonly #queues = new Map<string, Queue>();

  /** First come, first served. */
  take(name: string, limit: number): Slot {
    const queue = this.#queues.get(name) ?? { taken: 0, waiting: new Set() };
    this.#queues.set(name, queue);
    if (queue.taken < limit) {
      queue.taken += 1;
      return { turn: undefined, giveBack: once(() => this.#give(name, queue)) };
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    queue.waiting.add(resolve);
    const giveBack = once(() => {
      if (!queue.waiting.delete(resolve)) this.#give(name, queue);
    });
    return { turn: promise, giveBack };
  }

  /** To the next in line, else back. */
  #give(name: string, queue: Queue): void {
    const [next] = queue.waiting;
    if (next !== undefined) {
      queue.waiting.delete(next);
      next();
      return;
    }
    queue.taken -= 1;
    if (queue.taken === 0) this.#queues.delete(name);
  }
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
}
