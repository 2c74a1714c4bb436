// What can be done to a run now, and why not where it cannot.
import { endedStatuses, type RunStatus } from '#contract/run';

export type Control = 'pause' | 'resume' | 'step' | 'cancel' | 'edit' | 'fork' | 'replay';

/** Why it is not possible; absent where it is. */
export type Refusals = Readonly<Partial<Record<Control, string>>>;

export function refusalsOf(status: RunStatus, stepCount: number): Refusals {
  const isOver = endedStatuses.includes(status);
  const isUnderWay = status === 'running' || status === 'queued';
  const over = isOver ? 'the run has ended' : undefined;
  const stopped = status === 'paused' || status === 'failed';
  const refusals: Record<Control, string | undefined> = {
    pause: isUnderWay ? undefined : (over ?? 'the run is not under way'),
    // A run that failed by a crash is taken up again; the main process says where it cannot be.
    resume: stopped ? undefined : (over ?? (status === 'waiting' ? 'it waits for an answer' : 'it is not paused')),
    step: stopped ? undefined : (over ?? 'the run must be paused first'),
    cancel: over,
    edit: status === 'paused' ? undefined : (over ?? 'the run must be paused first'),
    fork: stepCount === 0 ? 'no step has ended yet' : undefined,
    replay: stepCount === 0 ? 'nothing has been recorded yet' : undefined,
  };
  return Object.fromEntries(Object.entries(refusals).filter(([, why]) => why !== undefined));
}
