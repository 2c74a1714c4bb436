// Reads a journal page by page, so that a long one is never in memory as a whole.
import type { JournalEvent } from '#contract/journal';
import type { RunStore } from '../ports.ts';

const page = 1000;

/** Events after `after` in order. */
export function* eventsOf(runs: RunStore, id: string, after = 0): Generator<JournalEvent, void, void> {
  for (let cursor = after; ;) {
    const events = runs.events(id, cursor, page);
    yield* events;
    const last = events.at(-1);
    if (last === undefined || events.length < page) return;
    cursor = last.seq;
  }
}

/** The end of a step of the run's own scope: its seq. */
export function* rootStepsOf(
  runs: RunStore,
  id: string,
  after = 0,
): Generator<{ readonly seq: number; readonly step: number }, void, void> {
  for (const { seq, event } of eventsOf(runs, id, after)) {
    if (event.type === 'step.finished' && event.scope === '') yield { seq, step: event.step };
  }
}
