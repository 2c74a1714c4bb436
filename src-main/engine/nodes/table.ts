// Which executor runs which kind of node.
import type { NodeDefinition } from '../graph/definition.ts';
import type { NodeWorld, Outcome } from '../run/node-world.ts';
import { runAttempt } from './attempt.ts';
import { runBranch } from './branch.ts';
import { runCode } from './code.ts';
import { runHuman } from './human.ts';
import { runLlm } from './llm.ts';
import { runLoop } from './loop.ts';
import { runMap } from './map.ts';
import { runSubgraph } from './subgraph.ts';
import { runTool } from './tool.ts';
import { runToolLoop } from './tool-loop.ts';
import { runWait } from './wait.ts';

/** Throws, or rejects with, what the user's code threw, or a RunFailure. */
export function executeNode(node: NodeDefinition, world: NodeWorld): Outcome | Promise<Outcome> {
  switch (node.kind) {
    case 'code':
      return runCode(node, world);
    case 'llm':
      return runLlm(node, world);
    case 'tool':
      return runTool(node, world);
    case 'toolLoop':
      return runToolLoop(node, world);
    case 'branch':
      return runBranch(node, world);
    case 'map':
      return runMap(node, world);
    case 'loop':
      return runLoop(node, world);
    case 'subgraph':
      return runSubgraph(node, world);
    case 'human':
      return runHuman(node, world);
    case 'wait':
      return runWait(node, world);
    case 'attempt':
      return runAttempt(node, world);
  }
}
