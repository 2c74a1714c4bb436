// An agent made ready to run: nodes in order, edges by where they come from. Made once for each definition.
import type { AgentDefinition, Condition, EdgeDefinition, NodeDefinition } from '../graph/definition.ts';
import { Channels } from './channels.ts';

export interface GraphNode {
  readonly name: string;
  readonly definition: NodeDefinition;
  /** Declares nothing that needs more than running it: no retry, timeout, cache, concurrency or budget. */
  readonly isPlain: boolean;
  /** Holds other nodes, so that it is they who are under way. */
  readonly isHost: boolean;
}

export type GraphEdge =
  | { readonly kind: 'plain'; readonly to: readonly number[]; readonly condition: Condition }
  /** `from`: names of the nodes that must all have run. */
  | {
      readonly kind: 'join';
      readonly index: number;
      readonly from: readonly string[];
      readonly to: readonly number[];
      readonly condition: Condition;
    }
  | {
      readonly kind: 'weighted';
      readonly index: number;
      readonly ways: readonly (readonly [to: number, weight: number])[];
    };

export interface Graph {
  readonly definition: AgentDefinition;
  readonly channels: Channels;
  readonly nodes: readonly GraphNode[];
  /** Name → place in `nodes`. */
  readonly places: ReadonlyMap<string, number>;
  /** Edges out of each node, in the order of the file. */
  readonly edges: readonly (readonly GraphEdge[])[];
  readonly start: readonly number[];
}

/** Of a definition that has been validated. */
export function graphOf(definition: AgentDefinition): Graph {
  const nodes = Object.entries(definition.nodes).map(([name, node]) => graphNode(name, node));
  const places = new Map(nodes.map(({ name }, index) => [name, index]));
  const placesOf = (names: readonly string[]) => inOrder(names.flatMap((name) => places.get(name) ?? []));
  const edges: GraphEdge[][] = nodes.map(() => []);
  const start: number[] = [];
  for (const [index, edge] of definition.edges.entries()) {
    if (edge.kind === 'start') start.push(...placesOf(edge.to));
    else {
      const made = graphEdge(edge, index, placesOf);
      for (const from of typeof edge.from === 'string' ? [edge.from] : edge.from)
        edges[places.get(from) ?? -1]?.push(made);
    }
  }
  return { definition, channels: new Channels(definition.state), nodes, places, edges, start: inOrder(start) };
}

export function graphNode(name: string, definition: NodeDefinition): GraphNode {
  const { retry, timeout, cache, concurrency, budget } = definition.options;
  const isPlain = [retry, timeout, cache, concurrency, budget].every((option) => option === undefined);
  return { name, definition, isPlain, isHost: ['map', 'loop', 'subgraph', 'attempt'].includes(definition.kind) };
}

function graphEdge(
  edge: Exclude<EdgeDefinition, { readonly kind: 'start' }>,
  index: number,
  placesOf: (names: readonly string[]) => number[],
): GraphEdge {
  if (edge.kind === 'end') return { kind: 'plain', to: [], condition: edge.condition };
  if (edge.kind === 'weighted') {
    const ways = Object.entries(edge.ways).map(([name, weight]) => [placesOf([name])[0] ?? -1, weight] as const);
    return { kind: 'weighted', index, ways };
  }
  const { from, condition } = edge;
  const to = placesOf(edge.to);
  const sources = [...new Set(from)];
  return sources.length > 1 ? { kind: 'join', index, from: sources, to, condition } : { kind: 'plain', to, condition };
}

/** Each once, in node order. */
export function inOrder(places: readonly number[]): number[] {
  return places.length < 2 ? [...places] : [...new Set(places)].toSorted((one, two) => one - two);
}
