// loop: runs a node again and again, while a condition holds or for each item of a list; each round sees what the last one changed.
import type { Json } from '#contract/turn';
import type { NodeOf } from '../graph/definition.ts';
import { isPromise, type NodeWorld, type Outcome, type Patch } from '../run/node-world.ts';
import { failure } from '../run/run-failure.ts';
import { listOf } from './map.ts';

export async function runLoop(node: NodeOf<'loop'>, world: NodeWorld): Promise<Outcome> {
  const items = node.over === undefined ? undefined : listOf(world, node.over);
  const all: Patch[] = [];
  let { state } = world;
  for (let round = 0; goesOn(node, world, state, items, round); round += 1) {
    if (round >= node.max) {
      throw failure(
        'LoopLimit',
        `"${world.name}" went round ${node.max} times.`,
        'Raise `max`, or look why its condition still holds.',
      );
    }
    const item = items === undefined ? world.item : items[round];
    const running = world.body({ definition: node.body, name: 'body', state, item, index: round });
    const patches = isPromise(running) ? await running : running;
    for (const patch of patches) all.push(patch);
    state = world.merged(state, patches);
  }
  return { patches: all };
}

function goesOn(
  node: NodeOf<'loop'>,
  world: NodeWorld,
  state: NodeWorld['state'],
  items: readonly Json[] | undefined,
  round: number,
): boolean {
  if (items !== undefined && round >= items.length) return false;
  if (node.while === undefined) return true;
  const item = items === undefined ? world.item : items[round];
  const holds: unknown = node.while(world.contextOf(state, item, round));
  if (isPromise(holds)) {
    throw failure(
      'BadCondition',
      `The condition of "${world.name}" gave a promise.`,
      'Conditions only look at the state: take async away.',
    );
  }
  return Boolean(holds);
}
