// The module 'atelier' that agent files and tool files import.
export { append, input, merge, messages, reduce, sum } from './channels.ts';
export type { Channel, Frozen, Shape } from './channels.ts';
export { agent } from './define-agent.ts';
export type { Agent, Head } from './define-agent.ts';
export { edge, end, otherwise, start, weighted, when } from './define-edges.ts';
export type { Edge, Weighted } from './define-edges.ts';
export {
  attempt,
  branch,
  code,
  human,
  llm,
  loop,
  map,
  subgraph,
  tool,
  toolLoop,
  undoable,
  wait,
} from './define-nodes.ts';
export type { Undoable } from './define-nodes.ts';
export { defineTool } from './define-tool.ts';
export type { Tool, Tools } from './define-tool.ts';
export type { Budget, Duration, ModelAnswer, ModelAsk, Retry, ToolContext } from './definition.ts';
export type { Context, Face, Node, When } from './face.ts';
export type { Json, Message } from '#contract/turn';
