// Made by build/types.ts: do not change it here.
export { append, input, merge, messages, reduce, sum } from './channels.js';
export type { Channel, Frozen, Shape } from './channels.js';
export { agent } from './define-agent.js';
export type { Agent, Head } from './define-agent.js';
export { edge, end, otherwise, start, weighted, when } from './define-edges.js';
export type { Edge, Weighted } from './define-edges.js';
export { attempt, branch, code, human, llm, loop, map, subgraph, tool, toolLoop, undoable, wait, } from './define-nodes.js';
export type { Undoable } from './define-nodes.js';
export { defineTool } from './define-tool.js';
export type { Tool, Tools } from './define-tool.js';
export type { Budget, Duration, ModelAnswer, ModelAsk, Retry, ToolContext } from './definition.js';
export type { Context, Face, Node, When } from './face.js';
export type { Json, Message } from './turn.js';
