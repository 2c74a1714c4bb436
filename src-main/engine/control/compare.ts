// Where two runs first did something else: their journals side by side, step by step of their own scopes.
import type { Delta, JournalEvent } from '#contract/journal';
import type { RunComparison, RunSummary } from '#contract/run';
import type { JsonObject } from '#contract/turn';
import type { RunStore } from '../ports.ts';
import { applyToState, equalJson } from '../run/delta.ts';
import { eventsOf } from './journal-pages.ts';

interface Step {
  readonly step: number;
  readonly state: JsonObject;
  readonly next: readonly string[];
  /** What changed since the step before. */
  readonly delta: Delta;
}

export function compareRuns(runs: RunStore, one: RunSummary, two: RunSummary): RunComparison {
  const stepsOne = stepsOf(eventsOf(runs, one.id));
  const stepsTwo = stepsOf(eventsOf(runs, two.id));
  let left = stepsOne.next().value;
  let right = stepsTwo.next().value;
  // A replay of an edited run begins in its middle.
  while (left !== undefined && right !== undefined && left.step < right.step) left = stepsOne.next().value;
  while (left !== undefined && right !== undefined && right.step < left.step) right = stepsTwo.next().value;
  let sharedSteps = 0;
  let isFirst = true;
  // Where one is the beginning of the other nothing parts them yet.
  while (left !== undefined && right !== undefined) {
    const sentence = difference(left, right, isFirst);
    if (sentence !== undefined) {
      const divergence = { step: right.step, sentence, stateOne: left.state, stateTwo: right.state };
      return { one, two, sharedSteps, divergence };
    }
    sharedSteps = left.step;
    isFirst = false;
    left = stepsOne.next().value;
    right = stepsTwo.next().value;
  }
  return { one, two, sharedSteps };
}

function difference(one: Step, two: Step, isFirst: boolean): string | undefined {
  if (one.step !== two.step) return `One is at step ${one.step} where the other is at step ${two.step}.`;
  // The states before are equal: what changed alike is equal still, at the cost of what changed.
  const isChangedAlike = !isFirst && equalJson([...one.delta], [...two.delta]);
  const keys = isChangedAlike ? [] : [...new Set([...Object.keys(one.state), ...Object.keys(two.state)])];
  const differing = keys.filter((key) => !equalJson(one.state[key], two.state[key]));
  const at = one.step === 0 ? 'At the start' : `After step ${one.step}`;
  if (differing.length > 0) return `${at} the states differ in ${differing.join(', ')}.`;
  if (!equalJson([...one.next], [...two.next]))
    return `${at} one goes on with ${named(one.next)}, the other with ${named(two.next)}.`;
  return undefined;
}

function named(nodes: readonly string[]): string {
  return nodes.length === 0 ? 'nothing' : nodes.join(', ');
}

/** The states after each step; what a person set while the run was paused counts for the step before. */
function* stepsOf(events: Iterable<JournalEvent>): Generator<Step, undefined, void> {
  let at: Step | undefined;
  for (const { event } of events) {
    if (event.type === 'run.edited' || event.type === 'run.migrated') {
      if (at === undefined) continue;
      const { step, next, delta } = at;
      at = { step, next, state: applyToState(at.state, event.delta), delta: delta.concat(event.delta) };
    } else if (event.type === 'step.finished' && event.scope === '') {
      if (at !== undefined) yield at;
      const { step, delta, next } = event;
      at = { step, state: applyToState(at?.state, delta), next, delta };
    }
  }
  if (at !== undefined) yield at;
  return undefined;
}
