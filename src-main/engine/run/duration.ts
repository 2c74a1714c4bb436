// Durations: '250ms', '2s', '5m', '1h', '3d', or milliseconds.
import { failure } from './run-failure.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** In milliseconds. Throws a RunFailure that begins with `what` where it is no duration. */
export function milliseconds(duration: unknown, what: string): number {
  if (typeof duration === 'number' && duration >= 0) return duration;
  if (typeof duration === 'string') {
    const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/u.exec(duration) ?? [];
    const factor = units[unit];
    if (amount !== undefined && factor !== undefined) return Number(amount) * factor;
  }
  throw failure(
    'BadDuration',
    `${what} is not a duration: ${typeof duration === 'string' ? `"${duration.slice(0, 40)}"` : typeof duration}.`,
    "Give milliseconds, or a number with a unit: '250ms', '2s', '5m', '1h', '3d'.",
  );
}
