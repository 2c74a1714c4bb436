// Traces: what a recorded conversation is, how it is listed, filtered and looked at.
import { oc, type } from '@orpc/contract';
import { z } from 'zod';
import { problems } from './problem.ts';
import type { Json, Turn, TurnId } from './turn.ts';

export const formatSchema = z.enum([
  'openai-chat',
  'tau-bench',
  'anthropic',
  'trl',
  'openai-preference',
  'hh-rlhf',
  'otlp',
  /** A run of an agent of the workspace: made here, never imported. */
  'atelier',
  /** What went through the gateway: made here, never imported. */
  'gateway',
]);
export type Format = z.infer<typeof formatSchema>;
export const formatNames: Readonly<Record<Format, string>> = {
  'openai-chat': 'OpenAI chat',
  'tau-bench': 'τ-bench',
  anthropic: 'Anthropic messages',
  trl: 'TRL preferences',
  'openai-preference': 'OpenAI preferences',
  'hh-rlhf': 'HH-RLHF',
  otlp: 'OpenTelemetry',
  atelier: 'Atelier run',
  gateway: 'Gateway',
};

export const spanKinds = ['model', 'tool', 'human', 'code', 'retrieval'] as const;
export type SpanKind = (typeof spanKinds)[number];

export interface Score {
  readonly name: string;
  readonly value: number;
  readonly comment?: string;
}

/** Times are Unix epoch milliseconds, fractions allowed; absent where the source recorded none. */
export interface Span {
  readonly id: string;
  readonly parent?: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly error?: string;
  /** The turn it read (the last of its input) and the turn it wrote. */
  readonly read?: TurnId;
  readonly wrote?: TurnId;
  /** OpenTelemetry attributes, events and whatever else the source recorded, as it was. */
  readonly attributes: Readonly<Record<string, Json>>;
}

export interface TraceSummary {
  readonly id: string;
  readonly name: string;
  readonly source: Format;
  readonly importId: string;
  /** Position of the record in its file, from 0. */
  readonly position: number;
  readonly group?: string;
  readonly model?: string;
  readonly error?: string;
  readonly leaf?: TurnId;
  readonly messageCount: number;
  /** Recorded spans; 0 for a plain transcript, whose steps are derived from its path. */
  readonly spanCount: number;
  readonly toolCallCount: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly importedAt: number;
  readonly scores: readonly Score[];
}

export interface TraceDetail {
  readonly trace: TraceSummary;
  /** Root first; empty where the trace has spans but no messages. */
  readonly path: readonly Turn[];
  /** Recorded spans, or steps derived from the path (no times): see `timed`. */
  readonly spans: readonly Span[];
  readonly timed: boolean;
}

export const traceFilterSchema = z.object({
  source: z.array(formatSchema).optional(),
  model: z.array(z.string()).optional(),
  group: z.array(z.string()).optional(),
  importId: z.string().optional(),
  score: z.object({ name: z.string(), min: z.number().optional(), max: z.number().optional() }).optional(),
  error: z.boolean().optional(),
  /** Full text over turns and span names. */
  text: z.string().max(1000).optional(),
  /** Epoch ms, on startedAt or else importedAt. */
  from: z.number().optional(),
  to: z.number().optional(),
});
export type TraceFilter = z.infer<typeof traceFilterSchema>;

export const traceSortSchema = z.object({
  by: z.enum(['position', 'date', 'name', 'messages', 'duration', 'tokens', 'score']),
  descending: z.boolean(),
});
export type TraceSort = z.infer<typeof traceSortSchema>;

export const pageSchema = z.object({ offset: z.int().nonnegative(), limit: z.int().positive().max(1000) });
export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
}

/** The values a filter can be set to, with how many traces have each. */
export interface TraceFacets {
  readonly sources: readonly { readonly value: Format; readonly count: number }[];
  readonly models: readonly { readonly value: string; readonly count: number }[];
  readonly groups: readonly { readonly value: string; readonly count: number }[];
  readonly scores: readonly {
    readonly name: string;
    readonly min: number;
    readonly max: number;
    readonly count: number;
  }[];
  readonly errors: number;
  readonly total: number;
}

export const savedFilterSchema = z.object({
  name: z.string().min(1).max(80),
  filter: traceFilterSchema,
  sort: traceSortSchema,
});
export type SavedFilter = z.infer<typeof savedFilterSchema>;

export const transcriptTargetSchema = z.enum(['source', 'openai-chat']);
export type TranscriptTarget = z.infer<typeof transcriptTargetSchema>;

const base = oc.errors(problems);

export const traces = {
  list: base
    .route({ method: 'POST', path: '/traces/search', summary: 'Finds traces' })
    .input(z.object({ filter: traceFilterSchema, sort: traceSortSchema, page: pageSchema }))
    .output(type<Page<TraceSummary>>()),
  get: base
    .route({ method: 'GET', path: '/traces/{id}', summary: 'One trace: its turns, spans and scores' })
    .input(z.object({ id: z.string() }))
    .output(type<TraceDetail>()),
  /** The record as it came in, as JSON text. */
  raw: base
    .route({ method: 'GET', path: '/traces/{id}/source', summary: 'The record as it came in, as JSON text' })
    .input(z.object({ id: z.string() }))
    .output(type<string>()),
  facets: base
    .route({ method: 'GET', path: '/traces/facets', summary: 'The values that traces can be filtered by' })
    .output(type<TraceFacets>()),
  /** Hides traces from lists and mining; `restore` brings them back. */
  remove: base
    .route({ method: 'POST', path: '/traces/remove', summary: 'Hides traces from lists and mining' })
    .input(z.object({ ids: z.array(z.string()) }))
    .output(type<{ readonly count: number }>()),
  restore: base
    .route({ method: 'POST', path: '/traces/restore', summary: 'Brings hidden traces back' })
    .input(z.object({ ids: z.array(z.string()) }))
    .output(type<{ readonly count: number }>()),
  savedFilters: base
    .route({ method: 'GET', path: '/traces/filters', summary: 'Saved filters' })
    .output(type<readonly SavedFilter[]>()),
  saveFilter: base
    .route({ method: 'PUT', path: '/traces/filters/{name}', summary: 'Saves a filter under a name' })
    .input(savedFilterSchema)
    .output(type<readonly SavedFilter[]>()),
  removeFilter: base
    .route({ method: 'DELETE', path: '/traces/filters/{name}', summary: 'Removes a saved filter' })
    .input(z.object({ name: z.string() }))
    .output(type<readonly SavedFilter[]>()),
  /** Asks where to write; undefined when the person cancels. Runs as a job. */
  export: base
    .route({
      method: 'POST',
      path: '/traces/export',
      summary: 'Writes transcripts to a file in the folder exports of the workspace, as a job',
    })
    .input(z.object({ filter: traceFilterSchema, target: transcriptTargetSchema }))
    .output(type<{ readonly jobId: string } | undefined>()),
};
