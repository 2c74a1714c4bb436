// Words, signs and colours of runs.
import type { NodeKind } from '#contract/agent';
import type { RunStatus, RunSummary } from '#contract/run';
import { shortId } from '../../lib/short-id.ts';
import type { IconName } from '../../ui/icons.tsx';
import type { NodeState } from './view.ts';

export const statusNames: Readonly<Record<RunStatus, string>> = {
  queued: 'Queued',
  running: 'Running',
  paused: 'Paused',
  waiting: 'Waiting for you',
  sleeping: 'Asleep',
  finished: 'Finished',
  failed: 'Failed',
  cancelled: 'Cancelled',
  departed: 'Departed',
};

/** What it was given to do, or where that is not told its id. */
export function runTitle({ id, title }: RunSummary): string {
  return title === '' ? shortId(id) : title;
}

export type Tone = 'neutral' | 'accent' | 'ok' | 'warn' | 'error' | 'info';

/** A sign of its own for each status, so that none is told by colour alone. */
export const statusLooks: Readonly<Record<RunStatus, { readonly icon: IconName; readonly tone: Tone }>> = {
  queued: { icon: 'more', tone: 'neutral' },
  running: { icon: 'play', tone: 'accent' },
  paused: { icon: 'pause', tone: 'info' },
  waiting: { icon: 'user', tone: 'warn' },
  sleeping: { icon: 'clock', tone: 'neutral' },
  finished: { icon: 'check', tone: 'ok' },
  failed: { icon: 'error', tone: 'error' },
  cancelled: { icon: 'stop', tone: 'neutral' },
  departed: { icon: 'branch', tone: 'warn' },
};

export const nodeStateLooks: Readonly<
  Record<NodeState, { readonly name: string; readonly icon: IconName | undefined; readonly tone: Tone }>
> = {
  idle: { name: 'not run yet', icon: undefined, tone: 'neutral' },
  waiting: { name: 'waiting', icon: 'pause', tone: 'info' },
  running: { name: 'running', icon: 'play', tone: 'accent' },
  blocked: { name: 'blocked by a question', icon: 'user', tone: 'warn' },
  asleep: { name: 'asleep', icon: 'clock', tone: 'info' },
  done: { name: 'done', icon: 'check', tone: 'ok' },
  failed: { name: 'failed', icon: 'error', tone: 'error' },
};

export const nodeKindNames: Readonly<Record<NodeKind, string>> = {
  code: 'Code',
  llm: 'Model',
  tool: 'Tool',
  toolLoop: 'Tool loop',
  branch: 'Branch',
  map: 'Map',
  loop: 'Loop',
  subgraph: 'Subgraph',
  human: 'Human',
  wait: 'Wait',
  attempt: 'Attempt',
};

export const nodeKindIcons: Readonly<Record<NodeKind, IconName>> = {
  code: 'code',
  llm: 'model',
  tool: 'tool',
  toolLoop: 'tool',
  branch: 'branch',
  map: 'map',
  loop: 'loop',
  subgraph: 'runs',
  human: 'user',
  wait: 'clock',
  attempt: 'shield',
};
