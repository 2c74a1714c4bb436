// The names of an agent's nodes, those inside others and of the agents in it included, as its files have them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GraphNode } from '#contract/agent';
import { didYouMean } from '#engine/graph/did-you-mean';
import { UsageProblem } from './values.ts';

/** Throws a UsageProblem where no node is called so: a run would pass by where it should have stopped. */
export async function knownNode(name: string, workspace: string, file: string): Promise<string> {
  const names = await nodeNamesIn(workspace, file);
  if (names.has(name)) return name;
  throw new UsageProblem(
    'BAD_INPUT',
    `There is no node "${name}" in ${file}.`,
    didYouMean(name, [...names], 'It has no nodes.'),
  );
}

async function nodeNamesIn(workspace: string, file: string): Promise<ReadonlySet<string>> {
  const { readAgent } = await import('#engine/graph/read');
  const names = new Set<string>();
  const files = new Set([file]);
  const take = (node: GraphNode): void => {
    names.add(node.name);
    if (node.agent?.file !== undefined) files.add(node.agent.file);
    node.children.forEach(take);
  };
  // A set hands out what is added to it on the way.
  for (const one of files) {
    const path = join(workspace, one);
    if (existsSync(path)) readAgent(one, readFileSync(path, 'utf8')).graph.nodes.forEach(take);
  }
  return names;
}
