// Those who wait until something is true of a run.
import type { RunSummary } from '#contract/run';

type Waiter = (run: RunSummary) => boolean;

export class Waiters {
  readonly #waiters = new Map<string, Set<Waiter>>();

  /** The summary once `test` holds; undefined where that has not come after `ms`. */
  wait(id: string, test: Waiter, ms: number): Promise<RunSummary | undefined> {
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(id) ?? new Set<Waiter>();
      this.#waiters.set(id, waiters);
      const timer = setTimeout(() => {
        waiters.delete(waiter);
        resolve(undefined);
      }, ms);
      const waiter: Waiter = (run) => {
        if (!test(run)) return false;
        clearTimeout(timer);
        resolve(run);
        return true;
      };
      waiters.add(waiter);
    });
  }

  /** The run has changed. */
  tell(run: RunSummary): void {
    const waiters = this.#waiters.get(run.id);
    if (waiters === undefined) return;
    for (const waiter of waiters) if (waiter(run)) waiters.delete(waiter);
    if (waiters.size === 0) this.#waiters.delete(run.id);
  }
}
