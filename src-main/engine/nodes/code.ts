// code: the user's own function; what it gives is its patch.
import type { NodeOf } from '../graph/definition.ts';
import { isPromise, type NodeWorld, type Outcome } from '../run/node-world.ts';

export function runCode(node: NodeOf<'code'>, world: NodeWorld): Outcome | Promise<Outcome> {
  const given = node.run(world.context);
  return isPromise(given) ? awaited(given) : { given };
}

async function awaited(given: PromiseLike<unknown>): Promise<Outcome> {
  return { given: await given };
}
