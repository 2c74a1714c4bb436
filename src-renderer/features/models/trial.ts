// A call to try a model, as it is told: what was said so far, and how it came out.
import type { TrialEvent } from '#contract/model';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';

export interface Trial {
  readonly state: 'none' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly text: string;
  readonly reasoning: string;
  /** Epoch ms. */
  readonly startedAt?: number;
  /** When the first word came here; epoch ms. */
  readonly firstAt?: number;
  readonly done?: Extract<TrialEvent, { type: 'done' }>;
  readonly problem?: ShownProblem;
}

export const noTrial: Trial = { state: 'none', text: '', reasoning: '' };

export function begun(at: number): Trial {
  return { ...noTrial, state: 'running', startedAt: at };
}

/** What comes after the end, or after it was cancelled, says nothing. `at`: epoch ms. */
export function withEvent(trial: Trial, event: TrialEvent, at: number): Trial {
  if (trial.state !== 'running') return trial;
  switch (event.type) {
    case 'text':
      return { ...trial, firstAt: trial.firstAt ?? at, [event.channel]: trial[event.channel] + event.text };
    case 'done':
      return { ...trial, state: 'done', done: event };
    case 'failed': {
      const { sentence, hint } = event;
      return {
        ...trial,
        state: 'failed',
        problem: { code: 'REFUSED', sentence, ...(hint === undefined ? {} : { hint }) },
      };
    }
  }
}

/** The stream itself broke: the workspace was closed, or the window lost its other side. */
export function broken(trial: Trial, error: unknown): Trial {
  return trial.state === 'running' ? { ...trial, state: 'failed', problem: problemOf(error) } : trial;
}

/** What was said so far stays. */
export function cancelled(trial: Trial): Trial {
  return trial.state === 'running' ? { ...trial, state: 'cancelled' } : trial;
}
