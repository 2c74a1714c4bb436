// branch: goes one of several ways, by a label.
import type { NodeOf } from '../graph/definition.ts';
import { isPromise, type NodeWorld, type Outcome } from '../run/node-world.ts';
import { failure } from '../run/run-failure.ts';

export function runBranch(node: NodeOf<'branch'>, world: NodeWorld): Outcome | Promise<Outcome> {
  const label: unknown = node.on(world.context);
  return isPromise(label) ? awaited(node, world, label) : gone(node, world, label);
}

async function awaited(node: NodeOf<'branch'>, world: NodeWorld, label: PromiseLike<unknown>): Promise<Outcome> {
  return gone(node, world, await label);
}

function gone({ ways }: NodeOf<'branch'>, { name }: NodeWorld, label: unknown): Outcome {
  if (typeof label === 'string' && Object.hasOwn(ways, label)) return { branch: label };
  const said = typeof label === 'string' ? `"${label.slice(0, 80)}"` : typeof label;
  throw failure(
    'BadBranch',
    `The branch "${name}" went ${said}, which is none of its ways.`,
    `Ways are: ${Object.keys(ways).join(', ')}.`,
  );
}
