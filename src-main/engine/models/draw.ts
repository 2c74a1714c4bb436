// Draws that can be repeated: numbers from a call's seed and what they are for.
import { sha256 } from '../turns/canonical.ts';

/** A number in [0, 1) that the same seed and words always give. */
export function drawn(seed: number, ...words: readonly (string | number)[]): number {
  return Number.parseInt(sha256(JSON.stringify([seed, ...words])).slice(0, 13), 16) / 2 ** 52;
}
