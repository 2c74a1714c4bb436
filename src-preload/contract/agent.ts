// Agents: the files of the workspace that hold one, the graph that is read from them, and what is wrong with them.
import { oc, type } from '@orpc/contract';
import { z } from 'zod';
import { problems } from './problem.ts';
import type { JsonObject } from './turn.ts';

export const nodeKinds = [
  'code',
  'llm',
  'tool',
  'toolLoop',
  'branch',
  'map',
  'loop',
  'subgraph',
  'human',
  'wait',
  'attempt',
] as const;
export type NodeKind = (typeof nodeKinds)[number];

/** Offsets are UTF-16 code units from the start of the file; line and column count from 1. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

export interface GraphNode {
  readonly name: string;
  readonly kind: NodeKind;
  readonly range: SourceRange;
  /** Options that are literals, for the face of the node: model, retry, timeout, to … */
  readonly options: JsonObject;
  /** Nodes inside: the body of a map or loop, the parts of an attempt ("try.reserve", "undo.reserve", "catch", "finally"). */
  readonly children: readonly GraphNode[];
  /** Of a subgraph: the agent's local name, and its file where it is imported (relative to the workspace), or its graph where it is not. */
  readonly agent?: { readonly name: string; readonly file?: string; readonly graph?: AgentGraph };
}

/** 'start' and 'end' stand for the two ends; no node may have these names. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'plain' | 'when' | 'otherwise' | 'weighted' | 'branch' | 'join';
  /** Of a branch its label, of a weighted edge its weight, of a condition its source text. */
  readonly label?: string;
  /** Edges of one statement in the file share it: its place in `edges`; absent for those of a branch node. */
  readonly statement?: number;
  readonly range: SourceRange;
}

export interface GraphKey {
  readonly name: string;
  readonly channel: 'last' | 'input' | 'append' | 'merge' | 'sum' | 'reduce';
  readonly range: SourceRange;
}

/** The graph as it can be read without running the file. */
export interface AgentGraph {
  readonly keys: readonly GraphKey[];
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Local name → file (relative to the workspace), of the tools that the agent names. */
  readonly tools: readonly { readonly name: string; readonly file?: string }[];
  readonly version?: string;
  readonly description?: string;
}

/** Something wrong in an agent file. */
export interface Finding {
  /** "unknown-node", "unreachable-node" …: for programs and for the documentation. */
  readonly rule: string;
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly message: string;
  readonly suggestion?: string;
}

export interface AgentInfo {
  /** From the file's name: agents/triage.agent.ts is "triage". */
  readonly name: string;
  readonly file: string;
  readonly description?: string;
  readonly version?: string;
  readonly findings: readonly Finding[];
  readonly nodeCount: number;
}

export interface AgentDetail {
  readonly info: AgentInfo;
  readonly graph: AgentGraph;
  readonly source: string;
}

/** What only the running file can say. */
export interface AgentFace {
  readonly hash: string;
  /** JSON Schema of the input form. */
  readonly input: JsonObject;
  /** JSON Schema of the whole state. */
  readonly state: JsonObject;
}

const base = oc.errors(problems);
const ref = z.object({ file: z.string() });

export const agents = {
  list: base
    .route({ method: 'GET', path: '/agents', summary: 'The agents of the workspace and what is wrong with them' })
    .output(type<readonly AgentInfo[]>()),
  get: base
    .route({ method: 'GET', path: '/agents/graph', summary: 'One agent: its graph and its source' })
    .input(ref)
    .output(type<AgentDetail>()),
  /** The graph as it was in a run, which may differ from the file's by now. */
  ofRun: base
    .route({ method: 'GET', path: '/runs/{id}/agent', summary: 'The agent as it was in a run' })
    .input(z.object({ id: z.string() }))
    .output(type<AgentDetail>()),
  /** Loads the file in a runner; a Problem with its findings' first sentence where it cannot be. */
  face: base
    .route({ method: 'GET', path: '/agents/face', summary: 'The input form and the state of an agent, as JSON Schema' })
    .input(ref)
    .output(type<AgentFace>()),
  create: base
    .route({ method: 'POST', path: '/agents', summary: 'Makes an agent file from a template' })
    .input(z.object({ name: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/u), template: z.string() }))
    .output(type<AgentInfo>()),
  templates: base
    .route({ method: 'GET', path: '/agents/templates', summary: 'Templates of agents' })
    .output(type<readonly { readonly name: string; readonly summary: string }[]>()),
};
