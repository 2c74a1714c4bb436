// How far a run has become a trace, and what is still open there: small, so that it can be kept between two looks at the journal.
import { z } from 'zod';
import { jsonSchema, type Json } from '#contract/turn';
import { interruptKinds } from '#contract/journal';

const openEffectSchema = z.object({
  at: z.number(),
  kind: z.enum(['model', 'tool']),
  name: z.string(),
  request: jsonSchema,
});
export type OpenEffect = z.infer<typeof openEffectSchema>;

const openInterruptSchema = z.object({
  at: z.number(),
  seq: z.number(),
  kind: z.enum(interruptKinds),
  title: z.string(),
});
export type OpenInterrupt = z.infer<typeof openInterruptSchema>;

const progressSchema = z.object({
  /** The last event that has been looked at. */
  seq: z.number(),
  /** When the journal begins, the shared part of a fork included. */
  startedAt: z.number(),
  group: z.string().optional(),
  model: z.string().optional(),
  leaf: z.object({ id: z.string(), depth: z.number() }).optional(),
  spans: z.number(),
  toolCalls: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  /** By key. */
  effects: z.map(z.string(), openEffectSchema),
  /** By id. */
  interrupts: z.map(z.string(), openInterruptSchema),
  /** Nodes that spans hang under and that have not ended themselves: span id → start of the earliest of these. */
  hosts: z.map(z.string(), z.number()),
});
/** Changed in place as events are taken in. */
export type Progress = z.infer<typeof progressSchema>;

export function newProgress(): Progress {
  return {
    seq: 0,
    startedAt: 0,
    spans: 0,
    toolCalls: 0,
    inputTokens: 0,
    outputTokens: 0,
    effects: new Map(),
    interrupts: new Map(),
    hosts: new Map(),
  };
}

const storedSchema = progressSchema.extend({
  effects: z.record(z.string(), openEffectSchema),
  interrupts: z.record(z.string(), openInterruptSchema),
  hosts: z.record(z.string(), z.number()),
});

export function progressToJson(progress: Progress): Json {
  const { group, model, leaf, ...rest } = progress;
  return {
    ...rest,
    ...(group === undefined ? {} : { group }),
    ...(model === undefined ? {} : { model }),
    ...(leaf === undefined ? {} : { leaf }),
    effects: Object.fromEntries(progress.effects),
    interrupts: Object.fromEntries(progress.interrupts),
    hosts: Object.fromEntries(progress.hosts),
  } satisfies z.input<typeof storedSchema>;
}

/** Undefined where it is none: the journal is then looked at from its beginning, which adds nothing twice. */
export function progressFromJson(value: Json | undefined): Progress | undefined {
  const read = storedSchema.safeParse(value);
  if (!read.success) return undefined;
  return {
    ...read.data,
    effects: new Map(Object.entries(read.data.effects)),
    interrupts: new Map(Object.entries(read.data.interrupts)),
    hosts: new Map(Object.entries(read.data.hosts)),
  };
}
