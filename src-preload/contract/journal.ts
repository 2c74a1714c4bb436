// The journal of a run: every event it may hold.
import { z } from 'zod';
import type { Json } from './turn.ts';

export const count = z.int().nonnegative();
/** Epoch ms, as far as dates go. */
export const timeSchema = z.number().min(-8_640_000_000_000_000).max(8_640_000_000_000_000);
/** Events are JSON text on their way: what JSON.parse gives is JSON, and looking at it again would cost more than all the rest. */
const parsed = z.custom<Json>((value) => value !== undefined);
const parsedObject = z.record(z.string(), parsed);

/**
 * What changed in a state, in order. A path leads from the root by keys and indexes.
 * `=` sets what is there, `+` appends items to an array, `~` appends text to a string, `-` removes a key or takes an item out of an array.
 */
const pathSchema = z.array(z.union([z.string(), count]));
export const deltaSchema = z.array(
  z.union([
    z.tuple([z.literal('='), pathSchema, parsed]),
    z.tuple([z.literal('+'), pathSchema, z.array(parsed)]),
    z.tuple([z.literal('~'), pathSchema, z.string()]),
    z.tuple([z.literal('-'), pathSchema]),
  ]),
);
export type Delta = z.infer<typeof deltaSchema>;

export const runErrorSchema = z.strictObject({
  /** Error class or code, for `retry.on` and for people: "TypeError", "Timeout", "Budget", "ModelError 429". */
  name: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  /** Positions in the user's own files. */
  stack: z.string().optional(),
});
export type RunError = z.infer<typeof runErrorSchema>;

/** Where a node's execution stands: scope, step and node. Its path is `${scope}/${step}:${node}`. */
const place = {
  /**
   * '' is the run itself. A graph inside a node (subgraph, map item, loop round, part of an attempt) has the path of that node for a scope,
   * with `[i]` for the item or round: "/4:fan[2]", inside it "/4:fan[2]/1:draft".
   */
  scope: z.string(),
  /** From 1 in each scope. */
  step: count,
  node: z.string(),
};
const tries = z.int().positive();

export const usageSchema = z.strictObject({
  inputTokens: count,
  outputTokens: count,
  costUsd: z.number().nonnegative().optional(),
});
export type Usage = z.infer<typeof usageSchema>;

/** `${path}#${try}.${ordinal}`: the n-th effect that this try of this node asked for, from 1. The same on every resume and replay. */
export const effectKeySchema = z.string();

export const effectKindSchema = z.enum(['model', 'tool', 'clock', 'cache']);
export type EffectKind = z.infer<typeof effectKindSchema>;

/** A field of a form is given as JSON Schema (draft 2020-12, as zod writes it). */
const formSchema = parsedObject;

export const interruptKinds = ['human', 'approval', 'unsure', 'wait'] as const;

/** Where a run came from when it was not started afresh. */
export const originSchema = z.discriminatedUnion('kind', [
  /** Shares the parent's journal up to the end of `step`; `seq` is the last event they share. */
  z.strictObject({ kind: z.literal('fork'), run: z.string(), step: count, seq: count, edited: z.boolean() }),
  /** Effects come from that run's journal, up to `upTo` (a step of the run's own scope), then from the world. */
  z.strictObject({ kind: z.literal('replay'), run: z.string(), upTo: count.optional() }),
]);
export type Origin = z.infer<typeof originSchema>;

/**
 * What a journal holds. Steps and nodes come from the runner, the rest from both sides.
 * The nodes of a step begin when the step before ends (`next`), so that nothing need say so.
 */
export const runEventSchema = z.discriminatedUnion('type', [
  // Run
  z.strictObject({
    type: z.literal('run.started'),
    agent: z.string(),
    file: z.string(),
    /** SHA-256 over the agent's own source files. */
    hash: z.string(),
    version: z.string().optional(),
    input: parsedObject,
    seed: count,
    origin: originSchema.optional(),
  }),
  /** The runner took it up again: after a sleep, a crash, a restart of the studio. */
  z.strictObject({ type: z.literal('run.resumed'), why: z.string() }),
  z.strictObject({
    type: z.literal('run.paused'),
    why: z.enum(['asked', 'step', 'breakpoint', 'until']),
    at: z.string().optional(),
  }),
  /** Nothing to do until an interrupt is answered or `until` (epoch ms) comes. */
  z.strictObject({ type: z.literal('run.slept'), until: timeSchema.optional() }),
  z.strictObject({ type: z.literal('run.edited'), delta: deltaSchema }),
  z.strictObject({
    type: z.literal('run.migrated'),
    from: z.string(),
    to: z.string(),
    hash: z.string(),
    delta: deltaSchema,
  }),
  z.strictObject({ type: z.literal('run.finished') }),
  z.strictObject({ type: z.literal('run.failed'), error: runErrorSchema }),
  z.strictObject({ type: z.literal('run.cancelled') }),
  /** A replay that did something else than the journal says; it ends there. */
  z.strictObject({
    type: z.literal('run.departed'),
    at: z.string(),
    expected: parsed,
    actual: parsed,
    sentence: z.string(),
  }),
  // Step. Step 0 of a scope holds its state at the start: a delta on {}.
  z.strictObject({
    type: z.literal('step.finished'),
    scope: z.string(),
    step: count,
    delta: deltaSchema,
    /** The nodes of the next step, in node order; empty: the scope has come to its end. */
    next: z.array(z.string()),
    /** Edges that wait for several nodes: index of the edge → the nodes that have arrived. Absent where none waits. */
    joins: z.record(z.string(), z.array(z.string())).optional(),
  }),
  // Node
  z.strictObject({
    type: z.literal('node.finished'),
    ...place,
    ms: z.number().nonnegative(),
    /** Which try succeeded; absent for the first. */
    try: tries.optional(),
    /**
     * What it changes, in order; only where its step still waits for other nodes (else the step's delta says it), or where it is the body of
     * a map or loop ("each", "body") or part of an attempt: those have no `step.finished` of their own, they work on the state around them.
     */
    patches: z.array(parsedObject).optional(),
    /** Which way a branch went, or that the result came from the cache. */
    branch: z.string().optional(),
    cached: z.literal(true).optional(),
    /** To be kept under this key until then (epoch ms). */
    cache: z.strictObject({ key: z.string(), until: timeSchema, patches: z.array(parsedObject) }).optional(),
  }),
  z.strictObject({
    type: z.literal('node.failed'),
    ...place,
    ms: z.number().nonnegative(),
    try: tries,
    error: runErrorSchema,
    /** When the next try begins (epoch ms); absent where there is none. */
    retryAt: timeSchema.optional(),
  }),
  // Effect
  z.strictObject({
    type: z.literal('effect.requested'),
    key: effectKeySchema,
    kind: effectKindSchema,
    /** Model or tool. */
    name: z.string(),
    /** Of a model call: `{ read: turn id, parameters }`, as the messages lie in the turn tree; of a tool call its input. */
    request: parsed,
    /** How often it has been asked for in all; absent for the first time. */
    again: tries.optional(),
  }),
  z.strictObject({
    type: z.literal('effect.finished'),
    key: effectKeySchema,
    ms: z.number().nonnegative(),
    /** Of a model call: `{ wrote: turn id, message, stop, model }`. */
    result: parsed.optional(),
    error: runErrorSchema.optional(),
    usage: usageSchema.optional(),
    /** Served from a journal, not from the world: the run it came from. */
    from: z.string().optional(),
  }),
  /** A read of the clock: asked and answered in one. Epoch ms. */
  z.strictObject({ type: z.literal('clock.read'), key: effectKeySchema, now: z.number() }),
  // Interrupt
  z.strictObject({
    type: z.literal('interrupt.opened'),
    /** The path of the node, or the key of the effect that waits for approval. */
    id: z.string(),
    /** `human`: a node asks. `approval`: a tool may not run unasked. `unsure`: a write may or may not have happened. `wait`: a timer. */
    kind: z.enum(interruptKinds),
    title: z.string(),
    /** What the person should see to decide. */
    details: parsed.optional(),
    form: formSchema.optional(),
    /** Epoch ms, of a wait or a deadline. */
    until: timeSchema.optional(),
  }),
  z.strictObject({
    type: z.literal('interrupt.answered'),
    id: z.string(),
    /** `human`: what the form says. `approval`: { allow, reason? }. `unsure`: { again } or { result }. */
    value: parsed,
    by: z.string(),
  }),
  // Log
  z.strictObject({
    type: z.literal('log'),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    text: z.string(),
    path: z.string().optional(),
  }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

/** An event as it stands in the journal: `seq` counts from 1 without a gap, `at` is epoch ms. */
export interface JournalEvent {
  readonly seq: number;
  readonly at: number;
  readonly event: RunEvent;
}
