// The workspace: which folder is open, the recent ones, what changed in it, and what the machine offers.
import { eventIterator, oc, type } from '@orpc/contract';
import { z } from 'zod';
import { problems } from './problem.ts';

export interface WorkspaceInfo {
  readonly path: string;
  readonly name: string;
  readonly isSample: boolean;
  readonly traces: number;
  readonly pairs: number;
  readonly labels: number;
  readonly datasets: number;
}

export interface RecentWorkspace {
  readonly path: string;
  readonly name: string;
  readonly openedAt: number;
  readonly exists: boolean;
}

export const topicSchema = z.enum([
  'workspace',
  'traces',
  'imports',
  'pairs',
  'labels',
  'datasets',
  'runs',
  'agents',
  'vault',
  'models',
  'gateway',
  'egress',
]);
export type Topic = z.infer<typeof topicSchema>;

export interface DoctorLine {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'missing';
  /** What is there, with its version, or what its absence costs. */
  readonly detail: string;
  readonly fix?: string;
}

const base = oc.errors(problems);

export const workspace = {
  current: base
    .route({ method: 'GET', path: '/workspace', summary: 'The open workspace and how much is in it' })
    .output(type<WorkspaceInfo>()),
  recent: base.output(type<readonly RecentWorkspace[]>()),
  /** A path from `recent` only; other folders come in through `pick`. */
  open: base.input(z.object({ path: z.string() })).output(type<WorkspaceInfo>()),
  /** Folder dialog; undefined when the person cancels. */
  pick: base.output(type<WorkspaceInfo | undefined>()),
  openSample: base.output(type<WorkspaceInfo>()),
  forget: base.input(z.object({ path: z.string() })).output(type<readonly RecentWorkspace[]>()),
  /** What to ask again: one event after every write that a view may show. */
  changes: base
    .route({ method: 'GET', path: '/changes', summary: 'What to ask again, as it changes (server-sent events)' })
    .output(eventIterator(z.object({ topics: z.array(topicSchema) }))),
  doctor: base
    .route({ method: 'GET', path: '/doctor', summary: 'What this machine offers and what is missing' })
    .output(type<readonly DoctorLine[]>()),
  /** Opens a file or folder that Atelier wrote (an export, the rejects report) in the system's file manager. */
  reveal: base.input(z.object({ path: z.string() })).output(type<void>()),
};
