// Chance that can be repeated: numbers drawn from a hash of what they are for.
import { sha256 } from '../turns/canonical.ts';

/** A number in [0, 1) that the same words always give. */
export function drawn(...words: readonly (string | number)[]): number {
  return Number.parseInt(sha256(JSON.stringify(words)).slice(0, 13), 16) / 2 ** 52;
}
