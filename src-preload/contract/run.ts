// Runs: what a run is at a glance, and what can be asked of it.
import { eventIterator, oc, type } from '@orpc/contract';
import { z } from 'zod';
import {
  count,
  effectKeySchema,
  type Delta,
  type JournalEvent,
  type Origin,
  type RunError,
  type RunEvent,
  type Usage,
} from './journal.ts';
import { problems } from './problem.ts';
import { jsonSchema, messageSchema, type JsonObject } from './turn.ts';

const jsonObjectSchema = z.record(z.string(), jsonSchema);

/**
 * What a reader of a run gets. Events are durable when they are told, and none is missing. Tokens are told while the model still speaks:
 * `text` stands at `offset` of what effect `key` says, so that a late reader first gets all that was said so far. A reader too slow for
 * them gets fewer, longer pieces; where the effect ended before its turn came, `skipped` says how many characters it did not see (the
 * effect's result has them all).
 */
const runUpdateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('events'), events: z.array(z.custom<JournalEvent>()) }),
  z.object({
    kind: z.literal('tokens'),
    key: effectKeySchema,
    channel: z.enum(['text', 'reasoning']),
    offset: count,
    text: z.string(),
  }),
  z.object({ kind: z.literal('skipped'), key: effectKeySchema, characters: count }),
]);
export type RunUpdate = z.infer<typeof runUpdateSchema>;

/** `waiting` for a person, `sleeping` until a time. `departed`: a replay that did something else. */
export const runStatuses = [
  'queued',
  'running',
  'paused',
  'waiting',
  'sleeping',
  'finished',
  'failed',
  'cancelled',
  'departed',
] as const;
export type RunStatus = (typeof runStatuses)[number];
export const runStatusSchema = z.enum(runStatuses);

/** Statuses that nothing leads out of, but a fork or a replay. */
export const endedStatuses: readonly RunStatus[] = ['finished', 'failed', 'cancelled', 'departed'];

export interface RunSummary {
  /** 32 lower-case hex digits. */
  readonly id: string;
  /** Name of the agent, and its file relative to the workspace. */
  readonly agent: string;
  readonly file: string;
  readonly hash: string;
  readonly version?: string;
  readonly status: RunStatus;
  readonly seed: number;
  /** The first text of the input, for lists; at most 200 characters. */
  readonly title: string;
  readonly createdAt: number;
  /** Time of the last event. */
  readonly updatedAt: number;
  readonly endedAt?: number;
  /** Last finished step of the run's own scope; number of its events. */
  readonly step: number;
  readonly seq: number;
  readonly usage: Usage;
  /** Open interrupts that a person must answer. */
  readonly open: number;
  /** When it wakes by itself (epoch ms). */
  readonly wakeAt?: number;
  readonly error?: RunError;
  readonly origin?: Origin;
  /** The trace that its spans and turns are under, once there is one. */
  readonly traceId?: string;
}

/** As it was opened, and when (epoch ms). */
export type OpenInterrupt = Omit<Extract<RunEvent, { readonly type: 'interrupt.opened' }>, 'type'> & {
  readonly openedAt: number;
};

/** Stops a run before or after a node, where the condition holds on the state of the node's scope. */
export const breakpointSchema = z.object({
  when: z.enum(['before', 'after']),
  node: z.string(),
  condition: z
    .object({
      /** Dotted path into the state. */
      path: z.string().min(1),
      is: z.enum(['=', '!=', '<', '>', 'exists', 'missing']),
      value: jsonSchema.optional(),
    })
    .optional(),
});
export type Breakpoint = z.infer<typeof breakpointSchema>;

export interface RunDetail {
  readonly run: RunSummary;
  readonly input: JsonObject;
  readonly interrupts: readonly OpenInterrupt[];
  readonly breakpoints: readonly Breakpoint[];
  /** Forks and replays of it, newest first. */
  readonly children: readonly RunSummary[];
}

/** State of a scope after a step, and what the step changed. */
export interface StepState {
  readonly scope: string;
  readonly step: number;
  readonly state: JsonObject;
  readonly before: JsonObject | undefined;
  readonly delta: Delta;
  readonly next: readonly string[];
}

/** Where two runs first did something else; undefined where one is the beginning of the other. */
export interface RunComparison {
  readonly one: RunSummary;
  readonly two: RunSummary;
  /** Steps (of the run's own scope) after which their states are equal and they went the same way. */
  readonly sharedSteps: number;
  readonly divergence?: {
    readonly step: number;
    readonly sentence: string;
    readonly stateOne: JsonObject | undefined;
    readonly stateTwo: JsonObject | undefined;
  };
}

export const runFilterSchema = z.object({
  status: z.array(runStatusSchema).optional(),
  agent: z.string().optional(),
});
export type RunFilter = z.infer<typeof runFilterSchema>;

/** Newest first; `next` continues the list, absent at its end. */
export interface RunPage {
  readonly items: readonly RunSummary[];
  readonly next?: string;
}

export interface RunCounts {
  readonly byStatus: Readonly<Record<RunStatus, number>>;
  readonly total: number;
}

export const runStartSchema = z.object({
  /** Relative to the workspace. */
  file: z.string(),
  input: jsonObjectSchema,
  seed: count.optional(),
  /** Pauses after this node's first execution. */
  until: z.string().optional(),
  breakpoints: z.array(breakpointSchema).optional(),
  /** Pauses before the first step. */
  paused: z.boolean().optional(),
});
export type RunStart = z.infer<typeof runStartSchema>;

export const runForkSchema = z.object({
  id: z.string(),
  /** The fork begins with the state after this step of the run's own scope; 0: after the input. */
  step: count,
  /** Keys of the state to set; `undefined` members are not sent, `remove` takes keys away. */
  set: jsonObjectSchema.optional(),
  remove: z.array(z.string()).optional(),
  /** What a model said in the step after `step`, said otherwise: the effects before it in that step are served from the journal. */
  message: z.object({ key: effectKeySchema, message: messageSchema }).optional(),
  paused: z.boolean().optional(),
});
export type RunFork = z.infer<typeof runForkSchema>;

const base = oc.errors(problems);
const ref = z.object({ id: z.string() });

export const runs = {
  list: base
    .route({ method: 'POST', path: '/runs/search', summary: 'Finds runs, newest first' })
    .input(z.object({ filter: runFilterSchema, after: z.string().optional(), limit: z.int().positive().max(500) }))
    .output(type<RunPage>()),
  counts: base
    .route({ method: 'GET', path: '/runs/counts', summary: 'How many runs there are of each status' })
    .output(type<RunCounts>()),
  get: base
    .route({ method: 'GET', path: '/runs/{id}', summary: 'One run: input, open interrupts, breakpoints, forks' })
    .input(ref)
    .output(type<RunDetail>()),
  start: base
    .route({ method: 'POST', path: '/runs', summary: 'Starts a run' })
    .input(runStartSchema)
    .output(type<RunSummary>()),
  /** Updates from `after` on (a `seq`; 0 from the beginning), until the reader stops; goes on when the run is taken up again. */
  watch: base
    .route({
      method: 'GET',
      path: '/runs/{id}/events',
      summary: 'Events and tokens of a run, as they come (server-sent events)',
    })
    .input(z.object({ id: z.string(), after: count }))
    .output(eventIterator(runUpdateSchema)),
  /** A page of the journal after `after`, in order. */
  journal: base
    .route({ method: 'GET', path: '/runs/{id}/journal', summary: 'A page of the journal' })
    .input(z.object({ id: z.string(), after: count, limit: z.int().positive().max(1000) }))
    .output(type<{ readonly events: readonly JournalEvent[]; readonly total: number }>()),
  state: base
    .route({ method: 'GET', path: '/runs/{id}/state', summary: 'The state after a step' })
    .input(z.object({ id: z.string(), scope: z.string(), step: count }))
    .output(type<StepState>()),
  pause: base
    .route({ method: 'POST', path: '/runs/{id}/pause', summary: 'Pauses a run at the end of its step' })
    .input(ref)
    .output(type<RunSummary>()),
  /** Takes a run up again that is paused, or was under way when its process ended; `step`: for one step only. */
  resume: base
    .route({ method: 'POST', path: '/runs/{id}/resume', summary: 'Takes a run up again' })
    .input(z.object({ id: z.string(), step: z.boolean().optional() }))
    .output(type<RunSummary>()),
  cancel: base
    .route({ method: 'POST', path: '/runs/{id}/cancel', summary: 'Cancels a run' })
    .input(ref)
    .output(type<RunSummary>()),
  answer: base
    .route({ method: 'POST', path: '/runs/{id}/answer', summary: 'Answers an open interrupt' })
    .input(z.object({ id: z.string(), interrupt: z.string(), value: jsonSchema }))
    .output(type<RunSummary>()),
  /** State of a paused run; the agent's schemas must take it. */
  edit: base
    .route({ method: 'PATCH', path: '/runs/{id}/state', summary: 'Edits the state of a paused run' })
    .input(z.object({ id: z.string(), set: jsonObjectSchema, remove: z.array(z.string()) }))
    .output(type<RunSummary>()),
  setBreakpoints: base
    .route({ method: 'PUT', path: '/runs/{id}/breakpoints', summary: 'Sets the breakpoints of a run' })
    .input(z.object({ id: z.string(), breakpoints: z.array(breakpointSchema) }))
    .output(type<RunDetail>()),
  fork: base
    .route({ method: 'POST', path: '/runs/{id}/fork', summary: 'Forks a run after a step' })
    .input(runForkSchema)
    .output(type<RunSummary>()),
  replay: base
    .route({ method: 'POST', path: '/runs/{id}/replay', summary: 'Replays a run from its journal' })
    .input(z.object({ id: z.string(), upTo: count.optional() }))
    .output(type<RunSummary>()),
  compare: base
    .route({ method: 'GET', path: '/runs/compare', summary: 'Where two runs first did something else' })
    .input(z.object({ one: z.string(), two: z.string() }))
    .output(type<RunComparison>()),
};
