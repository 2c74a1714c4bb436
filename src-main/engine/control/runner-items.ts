// What a runner may say of its run: parses a batch, which comes from a process that runs the user's code.
import type { z } from 'zod';
import { runEventSchema, type RunEvent } from '#contract/journal';
import type { NewEvent } from '../ports.ts';
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
  if ('effect' in item) return { kind: 'effect', at: item.at, ask: item.effect };
  const parsed = snapshotSchema.safeParse(parseJson(item.snapshot));
  if (!parsed.success) throw new Error(`The runner sent a snapshot that is none: ${firstOf(parsed.error)}.`);
  return { kind: 'snapshot', snapshot: parsed.data };
}

function parseEvent(text: string): RunEvent {
  const parsed = runEventSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new Error(`The runner sent an event that is none: ${firstOf(parsed.error)}.`);
  const event = parsed.data;
  const isForged =
    ofMain.has(event.type) || (event.type === 'interrupt.opened' && event.kind !== 'human' && event.kind !== 'wait');
  if (isForged) throw new Error(`The runner sent an event of the kind ${event.type}, which is not its to tell.`);
  return event;
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
