// llm: one call of a model.
import type { NodeOf } from '../graph/definition.ts';
import type { NodeWorld, Outcome } from '../run/node-world.ts';
import { questionOf } from './asking.ts';
import { put } from './put.ts';

export async function runLlm(node: NodeOf<'llm'>, world: NodeWorld): Promise<Outcome> {
  const ask = questionOf(node, world.context);
  const answer = await world.ask(node.schema === undefined ? ask : { ...ask, schema: node.schema });
  if (node.to !== undefined && world.placeOf(node.to) === 'messages') {
    return put(node, world, answer, answer.messages.slice(ask.messages?.length ?? 0));
  }
  return put(node, world, answer, node.schema === undefined ? answer.text : answer.value);
}
