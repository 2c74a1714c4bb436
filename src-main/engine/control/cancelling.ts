// Ends runs that somebody wants ended, wherever they stand; also one whose journal or file is broken.
import type { RunEvent } from '#contract/journal';
import type { RunSummary } from '#contract/run';
import type { RunStore } from '../ports.ts';
import { Problem, sentenceOf } from '../problem.ts';
import { knownRun } from './find-run.ts';
import { hasEnded } from './head.ts';
import type { KnownRuns } from './known-runs.ts';
import type { Residents } from './residents.ts';
import type { RestingRuns } from './resting-runs.ts';

export class Cancelling {
  readonly #runs: RunStore;
  readonly #residents: Residents;
  readonly #resting: RestingRuns;
  readonly #known: KnownRuns;

  constructor(runs: RunStore, residents: Residents, resting: RestingRuns, known: KnownRuns) {
    this.#runs = runs;
    this.#residents = residents;
    this.#resting = resting;
    this.#known = known;
  }

  /**
   * What the run has under way is stopped, what its attempts have done is undone; it may still be at that afterwards. Told twice, it ends
   * at once. NOT_FOUND.
   */
  async cancel(id: string): Promise<void> {
    if (hasEnded(knownRun(this.#runs, id))) return;
    if (!this.#residents.has(id) && (await this.#betweenSteps(id))) return;
    // In the middle of a step there may be something to undo.
    const live = await this.#residents.takeUp(id, { why: 'cancelled' }).catch((error: unknown) => sentenceOf(error));
    if (typeof live === 'string') return this.#withoutUndo(id, live);
    if (live.isCancelled) this.#residents.end(live, { type: 'run.cancelled' });
    else this.#residents.cancel(live);
  }

  /** Whether it has ended. */
  async #betweenSteps(id: string): Promise<boolean> {
    try {
      await this.#resting.append(id, (now) => {
        if (!this.#known.isBetweenSteps(now)) throw new Problem('CONFLICT', 'The run is in the middle of a step.');
        return { events: [{ type: 'run.cancelled' }], open: 0 };
      });
      return true;
    } catch (error) {
      // It has gone on or ended meanwhile, or nobody can read where it stands.
      if (error instanceof Problem && (error.code === 'CONFLICT' || error.code === 'INTERNAL'))
        return hasEnded(this.#run(id));
      throw error;
    }
  }

  async #withoutUndo(id: string, why: string): Promise<void> {
    if (hasEnded(this.#run(id))) return;
    const text = `What the run was in the middle of could not be taken back: ${why}`;
    const log: RunEvent = { type: 'log', level: 'error', text };
    await this.#resting.append(id, () => ({ events: [log, { type: 'run.cancelled' }], open: 0 }));
  }

  #run(id: string): RunSummary {
    return knownRun(this.#runs, id);
  }
}
