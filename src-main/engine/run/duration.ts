// Durations: '250ms', '2s', '5m', '1h', '3d', or milliseconds.
import { failure } from './run-failure.ts';

/** Waits shorter than this are sat out. */
export const shortWait = 1000;

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A hundred thousand years, ms: what lies further off is no date any more. */
const longest = 100_000 * 365.25 * 86_400_000;

/** In milliseconds. Throws a RunFailure that begins with `what` where it is no duration. */
export function milliseconds(duration: unknown, what: string): number {
  const value = typeof duration === 'string' ? ofText(duration) : duration;
  if (typeof value === 'number' && value >= 0 && value <= longest) return value;
  const isTooLong = typeof value === 'number' && value > longest;
  throw failure(
    'BadDuration',
    `${what} is ${isTooLong ? 'longer than 100,000 years' : 'not a duration'}: ${shown(duration)}.`,
    "Give milliseconds, or a number with a unit: '250ms', '2s', '5m', '1h', '3d'.",
  );
}

function ofText(duration: string): number | undefined {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/u.exec(duration) ?? [];
  const factor = units[unit];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}

function shown(duration: unknown): string {
  if (typeof duration === 'string') return `"${duration.slice(0, 40)}"`;
  return typeof duration === 'number' ? String(duration) : typeof duration;
}
