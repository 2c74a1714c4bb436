// Where a scope goes after a step: which edges hold on the new state, and which joins still wait.
import type { JsonObject } from '#contract/turn';
import type { Condition } from '../graph/definition.ts';
import { Chance } from './chance.ts';
import { inOrder, type Graph, type GraphEdge } from './graph.ts';
import { nodePath } from './path.ts';
import { failure, RunFailure, runErrorOf } from './run-failure.ts';

/** Index of a joining edge → names of the nodes that have run since it was last taken. */
export type Joins = Readonly<Record<string, readonly string[]>>;

/** A node that has run in the step. */
export interface Arrival {
  readonly place: number;
  /** Which way a branch went. */
  readonly branch: string | undefined;
}

export interface Place {
  readonly scope: string;
  readonly step: number;
  readonly seed: number;
}

/** Places of the nodes of the next step. Throws a RunFailure where a node leads nowhere, or nodes wait for what will not come. */
export function waysOn(
  graph: Graph,
  arrivals: readonly Arrival[],
  state: JsonObject,
  joins: Joins,
  place: Place,
): { readonly next: readonly number[]; readonly joins: Joins } {
  const walk = new Walk(graph, state, joins, place);
  for (const arrival of arrivals) walk.from(arrival);
  const next = inOrder(walk.next);
  if (next.length === 0) walk.refuseWaiting();
  return { next, joins: walk.joins };
}

class Walk {
  readonly next: number[] = [];
  joins: Joins;
  readonly #graph: Graph;
  readonly #state: JsonObject;
  readonly #place: Place;

  constructor(graph: Graph, state: JsonObject, joins: Joins, place: Place) {
    this.#graph = graph;
    this.#state = state;
    this.joins = joins;
    this.#place = place;
  }

  from({ place, branch }: Arrival): void {
    const edges = this.#graph.edges[place] ?? [];
    const node = this.#graph.nodes[place];
    if (node === undefined) return;
    let holds = node.definition.kind === 'branch' && this.#branch(node.name, node.definition.ways, branch);
    for (const edge of edges) if (!isOtherwise(edge) && this.#take(edge, node.name)) holds = true;
    if (!holds) for (const edge of edges) if (isOtherwise(edge) && this.#take(edge, node.name)) holds = true;
    if (!holds) throw leadsNowhere(node.name, edges.length);
  }

  refuseWaiting(): void {
    for (const edge of this.#graph.edges.flat()) {
      const arrived = edge.kind === 'join' ? this.joins[edge.index] : undefined;
      if (edge.kind !== 'join' || arrived === undefined) continue;
      const to = edge.to.map((place) => `"${this.#graph.nodes[place]?.name}"`).join(', ');
      const missing = edge.from.filter((name) => !arrived.includes(name)).map((name) => `"${name}"`);
      throw failure(
        'Stuck',
        `${to} waits for ${missing.join(' and ')}, which nothing leads to any more.`,
        'Lead every way on to the join, or give its nodes edges of their own.',
      );
    }
  }

  #branch(name: string, ways: Readonly<Record<string, string>>, label: string | undefined): boolean {
    if (label === undefined || !Object.hasOwn(ways, label)) {
      throw failure(
        'BadBranch',
        `The branch "${name}" went "${label}", which is none of its ways: ${Object.keys(ways).join(', ')}.`,
      );
    }
    const to = this.#graph.places.get(ways[label] ?? '');
    if (to !== undefined) this.next.push(to);
    return true;
  }

  /** Whether it holds; then its targets are next. */
  #take(edge: GraphEdge, from: string): boolean {
    if (edge.kind === 'weighted') {
      this.next.push(this.#drawn(edge, from));
      return true;
    }
    if (edge.kind === 'join') return this.#join(edge, from);
    if (!this.#test(edge.condition, from)) return false;
    for (const to of edge.to) this.next.push(to);
    return true;
  }

  /** Where the condition holds the node has arrived; with the last one the edge is taken, and all begins anew. */
  #join(edge: Extract<GraphEdge, { readonly kind: 'join' }>, from: string): boolean {
    if (!this.#test(edge.condition, from)) return false;
    const before = this.joins[edge.index] ?? [];
    const arrived = before.includes(from) ? before : edge.from.filter((name) => name === from || before.includes(name));
    if (arrived.length < edge.from.length) {
      this.joins = { ...this.joins, [edge.index]: arrived };
      return true;
    }
    const { [String(edge.index)]: _, ...others } = this.joins;
    this.joins = others;
    for (const to of edge.to) this.next.push(to);
    return true;
  }

  #test(condition: Condition, from: string): boolean {
    if (condition.kind !== 'when') return true;
    try {
      const holds: unknown = condition.test({ state: this.#state });
      if (typeof holds === 'boolean') return holds;
      if (typeof holds === 'object' && holds !== null && 'then' in holds) {
        throw failure(
          'BadCondition',
          `A condition out of "${from}" gave a promise.`,
          'Conditions only look at the state: take async away.',
        );
      }
      return Boolean(holds);
    } catch (error) {
      if (error instanceof RunFailure) throw error;
      const { name, message, stack } = runErrorOf(error);
      const sentence = `A condition out of "${from}" failed: ${message}`;
      throw new RunFailure({ name, message: sentence, ...(stack === undefined ? {} : { stack }) });
    }
  }

  #drawn({ ways, index }: Extract<GraphEdge, { readonly kind: 'weighted' }>, from: string): number {
    const { scope, step, seed } = this.#place;
    const total = ways.reduce((sum, [, weight]) => sum + weight, 0);
    let left = new Chance(seed, `${nodePath(scope, step, from)} edge ${index}`).number() * total;
    for (const [to, weight] of ways) {
      left -= weight;
      if (left < 0) return to;
    }
    return ways.findLast(([, weight]) => weight > 0)?.[0] ?? -1;
  }
}

function isOtherwise(edge: GraphEdge): boolean {
  return edge.kind !== 'weighted' && edge.condition.kind === 'otherwise';
}

function leadsNowhere(name: string, edges: number) {
  return failure(
    'DeadEnd',
    edges === 0 ? `Nothing leads on from "${name}".` : `After "${name}" none of its edges held.`,
    edges === 0
      ? `Put an edge out of "${name}" among the edges, or end("${name}").`
      : 'Add an edge with `otherwise`, or let it end.',
  );
}
