// Runs and events for tests, small and with every field that a test does not name at an ordinary value.
import { hash, start } from './samples.ts';
import type { JournalEvent } from '#contract/journal';
import type { RunStatus, RunSummary } from '#contract/run';
import type { NewEvent, Snapshot, Store } from '#engine/ports';

/** The id of the run that a test calls `name`. */
export function runId(name: string): string {
  return hash(`run ${name}`).slice(0, 32);
}

/** A run of no events yet, by the name that a test calls it. */
export function runOf(name: string, fields: Partial<RunSummary> = {}): RunSummary {
  return {
    id: runId(name),
    agent: 'triage',
    file: 'agents/triage.agent.ts',
    hash: hash('triage'),
    status: 'queued',
    seed: 7,
    title: name,
    createdAt: start,
    updatedAt: start,
    step: 0,
    seq: 0,
    usage: { inputTokens: 0, outputTokens: 0 },
    open: 0,
    ...fields,
  };
}

/** A fork of `parent`, which shares its events up to `seq`. */
export function forkOf(parent: string, seq: number, name: string): RunSummary {
  return runOf(name, { origin: { kind: 'fork', run: runId(parent), step: seq, seq, edited: false } });
}

/** `count` events of a run, each saying which one of `name` it is. */
export function newEvents(name: string, count: number, from = 1): NewEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    at: start + from + index,
    event: { type: 'log', level: 'info', text: `${name} ${from + index}` },
  }));
}

/** Appends as the engine does: the summary follows the events. */
export function append(store: Store, name: string, count: number, status: RunStatus = 'running'): JournalEvent[] {
  const from = (store.runs.get(runId(name))?.seq ?? 0) + 1;
  return store.runs.append(runId(name), newEvents(name, count, from), (run) => ({
    ...run,
    status,
    updatedAt: start + run.seq,
  }));
}

/** What the logs of a journal say. */
export function textsOf(events: readonly JournalEvent[]): string[] {
  return events.map(({ event }) => (event.type === 'log' ? event.text : event.type));
}

export function snapshotOf(seq: number): Snapshot {
  return { seq, step: seq, state: { seq }, next: ['work'], joins: { '3': ['work'] } };
}
