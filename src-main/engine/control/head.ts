// The summary of a run after events: what lists show without reading a journal.
import type { RunEvent } from '#contract/journal';
import { endedStatuses, type RunStatus, type RunSummary } from '#contract/run';
import { addedUsage } from '../run/fold.ts';

type Draft = { -readonly [Key in keyof RunSummary]: RunSummary[Key] };

interface Told {
  readonly at: number;
  readonly event: RunEvent;
}

/** Whether nothing leads out of it but a fork or a replay. */
export function hasEnded(run: RunSummary): boolean {
  return endedStatuses.includes(run.status);
}

/** Statuses in which a run has no runner and nothing to do by itself. */
export function rests(status: RunStatus): boolean {
  return status === 'paused' || status === 'waiting' || status === 'sleeping';
}

/** `open`: interrupts that a person must answer once the last of `events` has happened. */
export function headAfter(run: RunSummary, events: readonly Told[], open: number): RunSummary {
  const draft: Draft = { ...run, open };
  for (const { at, event } of events) {
    if (at > draft.updatedAt) draft.updatedAt = at;
    change(draft, event, at);
  }
  // A sleep is a person's to end where one is asked.
  if (draft.status === 'sleeping' && open > 0) draft.status = 'waiting';
  if (draft.status === 'waiting' && open === 0) draft.status = 'sleeping';
  // All it slept for was answered before it slept: it goes on, or is taken up again where its process dies now.
  if (draft.status === 'sleeping' && open === 0 && draft.wakeAt === undefined) draft.status = 'running';
  if (draft.endedAt !== undefined) draft.open = 0;
  return draft;
}

function change(draft: Draft, event: RunEvent, at: number): void {
  switch (event.type) {
    case 'step.finished':
      begin(draft);
      if (event.scope === '') draft.step = event.step;
      return;
    case 'effect.finished':
      if (event.usage !== undefined && event.from === undefined) draft.usage = addedUsage(draft.usage, event.usage);
      return;
    case 'run.resumed':
      draft.status = 'running';
      delete draft.wakeAt;
      return;
    case 'run.paused':
      draft.status = 'paused';
      delete draft.wakeAt;
      return;
    case 'run.slept':
      draft.status = 'sleeping';
      if (event.until === undefined) delete draft.wakeAt;
      else draft.wakeAt = event.until;
      return;
    case 'run.migrated':
      draft.hash = event.hash;
      if (event.to === '') delete draft.version;
      else draft.version = event.to;
      return;
    case 'run.failed':
      draft.error = event.error;
      return finish(draft, 'failed', at);
    case 'run.finished':
      return finish(draft, 'finished', at);
    case 'run.cancelled':
      return finish(draft, 'cancelled', at);
    case 'run.departed':
      draft.error = { name: 'Departed', message: event.sentence };
      return finish(draft, 'departed', at);
    case 'run.started':
    case 'run.edited':
    case 'interrupt.opened':
    case 'interrupt.answered':
    case 'log':
      return;
    default:
      return begin(draft);
  }
}

function begin(draft: Draft): void {
  if (draft.status === 'queued') draft.status = 'running';
}

function finish(draft: Draft, status: RunStatus, at: number): void {
  draft.status = status;
  draft.endedAt = at;
  delete draft.wakeAt;
}
