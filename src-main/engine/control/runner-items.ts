// What a runner may say of its run: parses a batch, which comes from a process that runs the user's code.
import { z } from 'zod';
import { runEventSchema, type RunEvent } from '#contract/journal';
import type { NewEvent } from '../ports.ts';
import { sentenceOf } from '../problem.ts';
import { pathOfKey } from '../run/path.ts';
import { snapshotSchema, type BatchItem, type EffectAsk } from '../run/protocol.ts';

/** Written by main alone: they say what was done to the world, and what a person said. */
const ofMain: ReadonlySet<RunEvent['type']> = new Set([
  'run.started',
  'run.resumed',
  'effect.requested',
  'effect.finished',
  'interrupt.answered',
  'run.departed',
]);

export type RunnerItem =
  | { readonly kind: 'event'; readonly event: NewEvent }
  | { readonly kind: 'effect'; readonly at: number; readonly ask: EffectAsk }
  | { readonly kind: 'snapshot'; readonly snapshot: z.infer<typeof snapshotSchema> };

/** Throws a sentence about the item that cannot be a runner's. */
export function parseItem(item: BatchItem): RunnerItem {
  if ('event' in item)
    return { kind: 'event', event: { at: item.at, event: parseEvent(item.event), text: item.event } };
  if ('effect' in item) {
    // Questions to people and effects must not be taken for one another: one could be passed off as the other.
    if (pathOfKey(item.effect.key) === item.effect.key)
      throw new Error(`The runner asked for an effect under ${item.effect.key}, which is no key.`);
    return { kind: 'effect', at: item.at, ask: item.effect };
  }
  const parsed = snapshotSchema.safeParse(parseJson(item.snapshot));
  if (!parsed.success) throw new Error(`The runner sent a snapshot that is none: ${firstOf(parsed.error)}.`);
  return { kind: 'snapshot', snapshot: parsed.data };
}

function parseEvent(text: string): RunEvent {
  const parsed = runEventSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new Error(`The runner sent an event that is none: ${firstOf(parsed.error)}.`);
  const event = parsed.data;
  if (ofMain.has(event.type) || isForgedQuestion(event))
    throw new Error(`The runner sent an event of the kind ${event.type}, which is not its to tell.`);
  return event;
}

/** Main alone asks about effects: under their keys, and in its own words. */
function isForgedQuestion(event: RunEvent): boolean {
  if (event.type !== 'interrupt.opened') return false;
  return (event.kind !== 'human' && event.kind !== 'wait') || pathOfKey(event.id) !== event.id;
}

/** In words, for the run that it ends. */
export function whatIsWrong(thrown: unknown): string {
  return thrown instanceof z.ZodError
    ? `The runner sent something that is not understood: ${firstOf(thrown)}.`
    : sentenceOf(thrown);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('The runner sent something that is not JSON.');
  }
}

function firstOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'unknown' : `${issue.path.join('.')}: ${issue.message}`;
}
