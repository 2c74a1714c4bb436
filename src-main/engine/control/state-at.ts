// The state of a scope after a step: from a snapshot and the events after it. Where one stepped last is remembered.
import type { JournalEvent } from '#contract/journal';
import type { StepState } from '#contract/run';
import type { JsonObject } from '#contract/turn';
import { keepNewest } from '../keep-newest.ts';
import type { RunStore } from '../ports.ts';
import { Problem, sentenceOf } from '../problem.ts';
import { RunFold } from '../run/fold.ts';
import { eventsOf } from './journal-pages.ts';
import { rootStepOf } from './recording.ts';

/** Places remembered, over all runs. */
const remembered = 16;

interface Place {
  readonly fold: RunFold;
  /** Of the scope asked for, as the last event left it. */
  readonly result: StepState;
}

export class States {
  readonly #runs: RunStore;
  /** By run and scope: the fold as of the step that was asked for last. */
  readonly #places = new Map<string, Place>();

  constructor(runs: RunStore) {
    this.#runs = runs;
  }

  /** NOT_FOUND where the scope has not done that step. */
  at(run: string, scope: string, step: number): StepState {
    const key = `${run}\n${scope}`;
    const known = this.#places.get(key);
    if (known?.result.step === step) return known.result;
    this.#places.delete(key);
    const isAhead = known !== undefined && known.result.step < step;
    const fold = isAhead ? known.fold : new RunFold(this.#snapshotBefore(run, scope, step));
    const result = walk(fold, eventsOf(this.#runs, run, fold.seq), scope, step);
    if (result === undefined) {
      const place = scope === '' ? '' : ` of ${scope}`;
      throw new Problem('NOT_FOUND', `Step ${step}${place} is not finished.`);
    }
    this.#places.set(key, { fold, result });
    keepNewest(this.#places, remembered);
    return result;
  }

  /** The newest snapshot of a step before the one asked for. */
  #snapshotBefore(run: string, scope: string, step: number): ReturnType<RunStore['snapshot']> {
    const wanted = scope === '' ? step : rootStepOf(scope);
    let seq = this.#runs.get(run)?.seq ?? 0;
    for (;;) {
      const snapshot = this.#runs.snapshot(run, seq);
      if (snapshot === undefined || snapshot.step < wanted) return snapshot;
      seq = snapshot.seq - 1;
    }
  }
}

/** Folds on until the scope has done the step. */
function walk(fold: RunFold, events: Iterable<JournalEvent>, scope: string, step: number): StepState | undefined {
  for (const entry of events) {
    const { event } = entry;
    const isIt = event.type === 'step.finished' && event.scope === scope && event.step === step;
    const before: JsonObject | undefined = isIt ? fold.scopes.get(scope)?.state : undefined;
    try {
      fold.add(entry);
    } catch (error) {
      const message = `The journal cannot be read on at event ${entry.seq}: ${sentenceOf(error)}`;
      throw new Problem('INTERNAL', message, 'What was before that can still be read.', { cause: error });
    }
    if (!isIt) continue;
    const state = fold.scopes.get(scope)?.state ?? {};
    return { scope, step, state, before, delta: event.delta, next: event.next };
  }
  return undefined;
}
