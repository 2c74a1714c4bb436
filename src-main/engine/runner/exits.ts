// How a runner process ends: the codes it ends itself with, and what is said of each end.
import type { RunError } from '#contract/journal';
import type { RunnerLimits } from './limits.ts';

/** User code cannot choose the exit code: its process.exit only throws. */
export const exitCodes = {
  /** The channel to main is closed. */
  closed: 70,
  /** JavaScript's heap is full. */
  heap: 71,
  /** The process as a whole is too large. */
  resident: 72,
  /** The thread of the user's code came to its end. */
  thread: 73,
} as const;

/** Why a runner was ended from outside. */
export type EndCause = 'silent' | 'slow start' | 'resident' | 'malformed' | 'foreign run' | 'flood' | 'closed' | 'drop';

/** `words`: what it wrote to stderr last. */
export function errorOfEnd(
  end: { readonly cause?: EndCause; readonly code?: number | undefined; readonly signal?: string | undefined },
  limits: RunnerLimits,
  words: string,
): RunError {
  const { cause, code, signal } = end;
  const outOfHeap = code === exitCodes.heap || (cause === undefined && /heap out of memory/u.test(words));
  if (cause === 'resident' || code === exitCodes.resident) {
    return {
      name: 'OutOfMemory',
      message: `Its runner used more than ${size(limits.residentMb)} of memory and was ended.`,
      hint: 'Keep large data in files that tools read piece by piece.',
    };
  }
  if (outOfHeap) {
    return {
      name: 'OutOfMemory',
      message: `Its runner used more than the ${size(limits.memoryMb)} that JavaScript's objects may take and was ended.`,
      hint: 'Look for a list or text that only grows.',
    };
  }
  if (cause !== undefined) return causes[cause](limits);
  const how = signal === undefined ? `with code ${code ?? 'unknown'}` : `by ${signal}`;
  const stack = words.trim().slice(-4000);
  return {
    name: 'Lost',
    message: `Its runner ended unasked ${how}.`,
    ...(stack === '' ? {} : { stack }),
  };
}

const causes: Readonly<Record<Exclude<EndCause, 'resident'>, (limits: RunnerLimits) => RunError>> = {
  silent: (limits) => ({
    name: 'Unresponsive',
    message: `Its code let nothing else happen for ${seconds(limits.silenceMs)}, so its runner was ended.`,
    hint: 'Look for a loop that never awaits or never ends.',
  }),
  'slow start': (limits) => ({
    name: 'Lost',
    message: `Its runner did not start within ${seconds(limits.startMs)}.`,
    hint: 'Is the computer very busy? Try again.',
  }),
  malformed: () => ({
    name: 'BadMessage',
    message: 'Its runner said something that no runner says, and was ended.',
    hint: 'Does its code write to the channel between runner and studio?',
  }),
  'foreign run': () => ({
    name: 'BadMessage',
    message: 'Its runner spoke of a run that it does not have, and was ended.',
    hint: 'Does its code write to the channel between runner and studio?',
  }),
  flood: () => ({
    name: 'Flood',
    message: 'Its runner sent more than could be stored, and was ended.',
    hint: 'Look for a loop that logs or calls without waiting.',
  }),
  closed: () => ({ name: 'Lost', message: 'Its runner was ended, as the studio closed.' }),
  drop: () => ({
    name: 'Lost',
    message: 'Its runner was ended with another run that did not stop when it was told to.',
  }),
};

function seconds(ms: number): string {
  return ms === 1000 ? 'a second' : `${ms / 1000} seconds`;
}

function size(mb: number): string {
  return mb >= 1024 ? `${Math.round((mb / 1024) * 10) / 10} GB` : `${mb} MB`;
}
