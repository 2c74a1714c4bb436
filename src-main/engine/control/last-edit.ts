// The last time that a run's state was changed from outside: a replay of it begins there.
import type { RunEvent } from '#contract/journal';
import type { RunStore } from '../ports.ts';
import { RunFold } from '../run/fold.ts';
import { eventsOf } from './journal-pages.ts';

/** Where the run went on with a state that no step of its own had made; undefined where none of it was edited. */
export function lastEditOf(runs: RunStore, id: string): Extract<RunEvent, { type: 'step.finished' }> | undefined {
  const fold = new RunFold();
  let edited: Extract<RunEvent, { type: 'step.finished' }> | undefined;
  for (const entry of eventsOf(runs, id)) {
    fold.add(entry);
    const { event } = entry;
    if (event.type !== 'run.edited' && event.type !== 'run.migrated') continue;
    const { root } = fold;
    if (event.delta.length === 0 || root === undefined) continue;
    const { state, step, next, joins } = root;
    const waiting: Record<string, string[]> = {};
    for (const [edge, nodes] of Object.entries(joins)) waiting[edge] = [...nodes];
    edited = {
      type: 'step.finished',
      scope: '',
      step,
      delta: [['=', [], state]],
      next: [...next],
      ...(Object.keys(waiting).length === 0 ? {} : { joins: waiting }),
    };
  }
  return edited;
}
