// Counts how often a run took its runner with it: one that does so again and again without getting on is given up.

/** Losses at the same step after which a run has failed. */
const most = 3;

export class Losses {
  readonly #counts = new Map<string, { readonly step: number; readonly count: number }>();

  /** Another loss, of a run that was alone in its runner and stood at `step`. */
  isTooMany(run: string, step: number): boolean {
    const before = this.#counts.get(run);
    const count = before?.step === step ? before.count + 1 : 1;
    this.#counts.set(run, { step, count });
    return count >= most;
  }

  forget(run: string): void {
    this.#counts.delete(run);
  }
}
