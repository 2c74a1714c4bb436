// subgraph: an agent as a node, with a state of its own.
import type { NodeOf } from '../graph/definition.ts';
import type { NodeWorld, Outcome } from '../run/node-world.ts';
import { put } from './put.ts';

export async function runSubgraph(node: NodeOf<'subgraph'>, world: NodeWorld): Promise<Outcome> {
  return put(node, world, await world.graph(node.agent, node.input(world.context)));
}
