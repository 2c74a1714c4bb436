// Where a node's value goes: under `to`, or what `result` makes of it; where neither is given it is dropped.
import type { NodeContext } from '../graph/definition.ts';
import type { NodeWorld, Outcome } from '../run/node-world.ts';

interface Put {
  readonly to?: string;
  readonly result?: (value: never, context: NodeContext) => unknown;
}

/** `value` for `result`, `update` for `to`: a list that is appended to takes one value as one item. */
export function put(node: Put, world: NodeWorld, value: unknown, update: unknown = value): Outcome {
  const { to, result } = node;
  const put = to === undefined ? {} : { [to]: asUpdate(world, to, update) };
  if (result === undefined) return { given: put };
  const give = result as (value: unknown, context: NodeContext) => unknown;
  const given = give(value, world.context);
  if (to === undefined || typeof given !== 'object' || given === null) return { given };
  return { given: { ...put, ...given } };
}

function asUpdate(world: NodeWorld, key: string, update: unknown): unknown {
  return world.placeOf(key) === 'list' && !Array.isArray(update) ? [update] : update;
}
