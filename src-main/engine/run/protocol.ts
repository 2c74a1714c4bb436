// What main and a runner say to one another. What the runner says is parsed: it runs the user's code.
import { z } from 'zod';
import { runErrorSchema, timeSchema, type JournalEvent, type Usage } from '#contract/journal';
import type { Breakpoint } from '#contract/run';
import { jsonSchema, messageSchema, type Json, type JsonObject, type Message } from '#contract/turn';
import type { Snapshot } from '../ports.ts';

const jsonObjectSchema = z.record(z.string(), jsonSchema);

/** Characters of one event, request or snapshot at most: while main reads it, nobody else has a turn. */
export const largestItem = 16 * 1024 * 1024;

/** What an effect came to, as the runner is told. */
export type Settled =
  | { readonly result: Json }
  | { readonly error: z.infer<typeof runErrorSchema> }
  /** It waits for a person (approval, unsure): the run may go to sleep. */
  | { readonly suspended: string };

/** Where a run is taken up. */
export interface Resumption {
  readonly snapshot: Snapshot | undefined;
  /** After the snapshot, in order. */
  readonly events: readonly JournalEvent[];
  /** What models have used up to now in all, for the agent's budget; where absent, what the events say. */
  readonly used?: Usage;
  /** Reads of the clock that a replay is given instead: key → epoch ms. */
  readonly given?: Readonly<Record<string, Json>>;
}

export interface RunOrder {
  readonly run: string;
  /** Name of the agent, for keys and sentences. */
  readonly agent: string;
  /** `file:` URL of the bundle. */
  readonly url: string;
  readonly input: JsonObject;
  readonly seed: number;
  /** Absent for a run that has not begun. */
  readonly resume?: Resumption;
  readonly breakpoints: readonly Breakpoint[];
  readonly until?: string;
  /** Stop before the first step, or after one. */
  readonly pause?: 'now' | 'step';
  /** State as the file's new version has it is asked for: declared version the run comes from, and the bundle's hash. */
  readonly migrateFrom?: string;
  readonly hash?: string;
  /** Set keys of the state before going on (fork, edit): checked by the agent's schemas. */
  readonly edit?: { readonly set: JsonObject; readonly remove: readonly string[] };
}

export type ToRunner =
  | { readonly type: 'describe'; readonly id: number; readonly url: string }
  | { readonly type: 'run'; readonly order: RunOrder }
  /** Everything up to the n-th item of a batch that the runner sent for this run is on disk. */
  | { readonly type: 'ack'; readonly run: string; readonly count: number }
  | { readonly type: 'settled'; readonly run: string; readonly key: string; readonly settled: Settled }
  | { readonly type: 'answer'; readonly run: string; readonly interrupt: string; readonly value: Json }
  | { readonly type: 'pause'; readonly run: string }
  | { readonly type: 'cancel'; readonly run: string }
  | { readonly type: 'breakpoints'; readonly run: string; readonly breakpoints: readonly Breakpoint[] }
  | {
      readonly type: 'tool';
      readonly id: number;
      readonly url: string;
      readonly name: string;
      readonly key: string;
      readonly folder: string;
      readonly input: Json;
    }
  | { readonly type: 'tool.cancel'; readonly id: number };

/** What a model is asked, as the runner sends it; main puts the messages into the turn tree and journals `{ read, parameters }`. */
export const modelRequestSchema = z.strictObject({
  /** A context first, the last thing said last. */
  messages: z.array(messageSchema).min(1),
  parameters: jsonObjectSchema,
});
export interface ModelRequest {
  readonly messages: readonly Message[];
  /** temperature, maxTokens, schema (JSON Schema) where they were given. */
  readonly parameters: JsonObject;
}

/** The answer of a model, as the runner is given it in `Settled.result`. */
export const modelResultSchema = z.strictObject({
  message: messageSchema,
  stop: z.string(),
  model: z.string(),
  usage: z.strictObject({ inputTokens: z.number(), outputTokens: z.number(), costUsd: z.number().optional() }),
});
export type ModelResult = z.infer<typeof modelResultSchema>;

export const toolFaceSchema = z.strictObject({
  name: z.string(),
  description: z.string(),
  /** Relative to the workspace. */
  file: z.string(),
  input: jsonObjectSchema,
  output: jsonObjectSchema.optional(),
  effect: z.enum(['read', 'write']),
  idempotent: z.boolean(),
  timeoutMs: z.number().positive().optional(),
});
export type ToolFace = z.infer<typeof toolFaceSchema>;

/** What only the loaded file can say of itself. */
export const descriptionSchema = z.strictObject({
  agent: z
    .strictObject({
      input: jsonObjectSchema,
      state: jsonObjectSchema,
      version: z.string().optional(),
      migratesFrom: z.array(z.string()),
      /** Those of the agents inside it too, by name. */
      tools: z.array(toolFaceSchema),
    })
    .optional(),
  /** Of a tool file: the tools it exports. */
  tools: z.array(toolFaceSchema),
});
export type Description = z.infer<typeof descriptionSchema>;

const effectSchema = z.strictObject({
  key: z.string(),
  kind: z.enum(['model', 'tool', 'cache']),
  name: z.string(),
  /** JSON text. Of a model: ModelRequest. Of a tool: its input, and `name` is `${file}#${tool}`. Of the cache: { node, key }. */
  request: z.string().max(largestItem),
});
export type EffectAsk = z.infer<typeof effectSchema>;

export const snapshotSchema = z.strictObject({
  step: z.int().nonnegative(),
  state: jsonObjectSchema,
  next: z.array(z.string()),
  joins: z.record(z.string(), z.array(z.string())),
});

/**
 * A batch of what happened in a run, in order. An item is an event (its JSON text and time) or the asking for an effect, which main journals
 * and, once that is on disk, does. A snapshot follows the event it covers.
 */
const itemSchema = z.union([
  z.strictObject({ at: timeSchema, event: z.string().max(largestItem) }),
  z.strictObject({ at: timeSchema, effect: effectSchema }),
  /** JSON text of a snapshotSchema. */
  z.strictObject({ snapshot: z.string().max(largestItem) }),
]);
export type BatchItem = z.infer<typeof itemSchema>;

export const fromRunnerSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('beat') }),
  z.strictObject({
    type: z.literal('described'),
    id: z.number(),
    description: descriptionSchema.optional(),
    error: runErrorSchema.optional(),
  }),
  z.strictObject({ type: z.literal('batch'), run: z.string(), items: z.array(itemSchema) }),
  /** The run is no longer in the runner: it has ended, paused or gone to sleep (its last event says which). */
  z.strictObject({ type: z.literal('left'), run: z.string() }),
  /** The order could not be begun; the journal is as it was. */
  z.strictObject({ type: z.literal('refused'), run: z.string(), error: runErrorSchema }),
  z.strictObject({
    type: z.literal('tool.done'),
    id: z.number(),
    result: jsonSchema.optional(),
    error: runErrorSchema.optional(),
  }),
  /** What user code printed, `dropped` bytes left out; without a run where it cannot be told whose. */
  z.strictObject({
    type: z.literal('output'),
    run: z.string().optional(),
    text: z.string(),
    dropped: z.int().nonnegative(),
  }),
]);
export type FromRunner = z.infer<typeof fromRunnerSchema>;
