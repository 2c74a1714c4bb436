// Counts how often a run took its runner with it: one that does so again and again without getting on is given up.
import type { RunError } from '#contract/journal';

/** Losses with no result in between after which a run has failed. */
const most = 3;

export class Losses {
  readonly #counts = new Map<string, { readonly results: number; readonly count: number }>();

  /** Another loss, of a run that was alone in its runner and has had so many results (of steps, nodes, effects) in all. */
  isTooMany(run: string, results: number): boolean {
    const before = this.#counts.get(run);
    const count = before?.results === results ? before.count + 1 : 1;
    this.#counts.set(run, { results, count });
    return count >= most;
  }

  /** Why it is given up. */
  static given(error: RunError): RunError {
    return {
      ...error,
      message: `Given up after ${most} tries that came no further: ${error.message}`,
      hint: error.hint ?? 'When the cause is gone, fork it from its last step; the journal has all that it did.',
    };
  }

  forget(run: string): void {
    this.#counts.delete(run);
  }
}
