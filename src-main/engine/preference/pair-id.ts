// The identity of a pair: the two leaves and nothing else, so that no pair exists twice.
import type { TurnId } from '#contract/turn';
import { sha256 } from '../turns/canonical.ts';

/** The two leaves in id order: what a pair calls a and b. */
export function inOrder(one: TurnId, two: TurnId): readonly [a: TurnId, b: TurnId] {
  return one < two ? [one, two] : [two, one];
}

/** Lower-case hex SHA-256 of the two leaves' ids in id order; the same whichever is given first. */
export function pairId(one: TurnId, two: TurnId): string {
  const [a, b] = inOrder(one, two);
  return sha256(a + b);
}
