// tool: one call of a tool.
import type { NodeContext, NodeOf } from '../graph/definition.ts';
import type { NodeWorld, Outcome } from '../run/node-world.ts';
import { put } from './put.ts';

export async function runTool(node: NodeOf<'tool'>, world: NodeWorld): Promise<Outcome> {
  const { input } = node;
  const given: unknown =
    typeof input === 'function' ? (input as (context: NodeContext) => unknown)(world.context) : input;
  return put(node, world, await world.callTool(node.use, await given));
}
