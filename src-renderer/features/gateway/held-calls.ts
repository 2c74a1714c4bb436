// Calls as they are shown while new ones come: who reads further down is not pushed about.
import type { GatewayCall } from '#contract/gateway';

export interface ShownCalls {
  /** Newest first. */
  readonly calls: readonly GatewayCall[];
  /** How many newer ones are not among them. */
  readonly newer: number;
}

/** `held`: what was listed when somebody left the top; its calls go on to be told as they are now, others wait. */
export function shownCalls(newest: readonly GatewayCall[], held: readonly GatewayCall[] | undefined): ShownCalls {
  if (held === undefined) return { calls: newest, newer: 0 };
  const now = new Map(newest.map((call) => [call.id, call]));
  const known = new Set(held.map(({ id }) => id));
  const first = newest.findIndex(({ id }) => known.has(id));
  return { calls: held.map((call) => now.get(call.id) ?? call), newer: first === -1 ? newest.length : first };
}

export function isUnderWay({ state }: GatewayCall): boolean {
  return state === 'waiting' || state === 'streaming';
}
