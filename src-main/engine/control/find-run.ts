// Finds a run by its id, or says that there is none.
import type { RunSummary } from '#contract/run';
import type { RunStore } from '../ports.ts';
import { Problem } from '../problem.ts';
import { hasEnded } from './head.ts';

/** NOT_FOUND. */
export function knownRun(runs: RunStore, id: string): RunSummary {
  const run = runs.get(id);
  if (run === undefined) throw new Problem('NOT_FOUND', `There is no run ${id}.`, 'It may be of another workspace.');
  return run;
}

/** NOT_FOUND; CONFLICT where nothing leads out of how it ended. */
export function goingRun(runs: RunStore, id: string): RunSummary {
  const run = knownRun(runs, id);
  if (!hasEnded(run)) return run;
  throw new Problem('CONFLICT', `The run has ended: it is ${run.status}.`, 'Fork it at a step, or replay it.');
}
