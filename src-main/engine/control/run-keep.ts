// What is asked of a run besides its journal, kept over restarts: where it stops, and what a fork has otherwise.
import { z } from 'zod';
import { breakpointSchema, type Breakpoint } from '#contract/run';
import { jsonSchema, messageSchema } from '#contract/turn';
import type { SettingStore } from '../ports.ts';
import { toJson } from '../run/plain-json.ts';

const keptSchema = z.object({
  breakpoints: z.array(breakpointSchema).default([]),
  /** Pauses after this node's first execution. */
  until: z.string().optional(),
  /** Pauses before it does anything. */
  paused: z.literal(true).optional(),
  /** To be set before it goes on; forgotten once it is in the journal. */
  edit: z.object({ set: z.record(z.string(), jsonSchema), remove: z.array(z.string()) }).optional(),
  message: z.object({ key: z.string(), message: messageSchema }).optional(),
});

export interface Kept extends Partial<Readonly<z.infer<typeof keptSchema>>> {
  readonly breakpoints: Breakpoint[];
}

export function keptOf(settings: SettingStore, run: string): Kept {
  return keptSchema.catch({ breakpoints: [] }).parse(settings.get(nameOf(run)) ?? {});
}

/** Nothing to keep takes no room. */
export function keep(settings: SettingStore, run: string, kept: Kept): void {
  const { breakpoints, ...rest } = kept;
  const isNeeded = breakpoints.length > 0 || Object.values(rest).some((value) => value !== undefined);
  if (!isNeeded) return forget(settings, run);
  settings.set(nameOf(run), toJson(kept, 'What is kept of the run'));
}

/** A run that has ended needs nothing of it. */
export function forget(settings: SettingStore, run: string): void {
  if (settings.get(nameOf(run)) !== undefined) settings.set(nameOf(run), undefined);
}

function nameOf(run: string): string {
  return `run:${run}`;
}
