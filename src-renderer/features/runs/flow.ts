// The graph of an agent with all that lies inside its nodes, as boxes and lines to be laid out.
import type { AgentGraph, GraphEdge, GraphNode, NodeKind } from '#contract/agent';
import type { JsonObject } from '#contract/turn';
import { edgeIdOf } from './places.ts';

export interface FlowNode {
  /** As `nodeIdOf` names it. */
  readonly id: string;
  /** The container it lies in; undefined for the graph itself. */
  readonly parent: string | undefined;
  readonly name: string;
  readonly kind: NodeKind | 'start' | 'end';
  readonly options: JsonObject;
  /** Of a subgraph: the file that its agent is imported from. */
  readonly file: string | undefined;
  readonly isContainer: boolean;
  /** px; of a container they follow from what is inside. */
  readonly width: number;
  readonly height: number;
}

export interface FlowEdge {
  /** As `edgeIdOf` names it. */
  readonly id: string;
  readonly parent: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly kind: GraphEdge['kind'] | 'undo';
  readonly label: string | undefined;
}

export interface Flow {
  /** Containers before what is in them. */
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
}

/** Files in files are drawn this deep; an agent may hold itself. */
const deepest = 4;
const nodeHeight = 48;
const endSize = { width: 44, height: 24 };

/** Files of the agents that stand as nodes in a graph. */
export function filesIn(graph: AgentGraph): readonly string[] {
  const files = new Set<string>();
  const look = (node: GraphNode): void => {
    if (node.agent?.file !== undefined && node.children.length === 0) files.add(node.agent.file);
    for (const child of node.children) look(child);
    for (const inner of node.agent?.graph?.nodes ?? []) look(inner);
  };
  for (const node of graph.nodes) look(node);
  return [...files];
}

/** `graphOf`: the graph of an agent's file, where it could be read. */
export function flowOf(graph: AgentGraph, graphOf: (file: string) => AgentGraph | undefined): Flow {
  const nodes: FlowNode[] = [];
  const edges: FlowEdge[] = [];

  const addGraph = (of: AgentGraph, scopeId: string, depth: number): void => {
    const parent = scopeId === '' ? undefined : scopeId;
    const inside = (name: string): string => (scopeId === '' ? name : `${scopeId}/${name}`);
    const addEnd = (kind: 'start' | 'end'): void => {
      if (of.edges.some((edge) => edge[kind === 'start' ? 'from' : 'to'] === kind)) {
        nodes.push({
          id: inside(kind),
          parent,
          name: kind,
          kind,
          options: {},
          file: undefined,
          isContainer: false,
          ...endSize,
        });
      }
    };
    // A line to what stands before is taken for one that leads back.
    addEnd('start');
    for (const node of inOrder(of)) addNode(node, inside(node.name), parent, depth);
    addEnd('end');
    const known = new Set(nodes.map(({ id }) => id));
    const byId = new Map<string, FlowEdge>();
    for (const edge of of.edges) {
      const id = edgeIdOf(scopeId, edge.from, edge.to);
      const [from, to] = [inside(edge.from), inside(edge.to)];
      // A name that no node has is told among the findings.
      if (!known.has(from) || !known.has(to)) continue;
      const twin = byId.get(id);
      const label = [twin?.label, labelOf(edge)].filter((text) => text !== undefined).join(', ');
      byId.set(id, { id, parent, from, to, kind: twin?.kind ?? edge.kind, label: label === '' ? undefined : label });
    }
    edges.push(...byId.values());
  };

  const addNode = (node: GraphNode, id: string, parent: string | undefined, depth: number): void => {
    const file = node.agent?.file;
    const inner =
      depth >= deepest ? undefined : (node.agent?.graph ?? (file === undefined ? undefined : graphOf(file)));
    const isContainer = node.children.length > 0 || inner !== undefined;
    const { name, kind, options } = node;
    nodes.push({ id, parent, name, kind, options, file, isContainer, width: widthOf(name), height: nodeHeight });
    for (const child of node.children) addNode(child, `${id}/${child.name}`, id, depth);
    if (node.children.length > 0) edges.push(...partEdges(id, node.children));
    else if (inner !== undefined) addGraph(inner, id, depth + 1);
  };

  addGraph(graph, '', 0);
  return { nodes, edges };
}

/** As a run comes to them, first things of the file first; then what no way leads to. Linear in nodes and edges. */
function inOrder({ nodes, edges }: AgentGraph): readonly GraphNode[] {
  const byName = new Map(nodes.map((node, at) => [node.name, { node, at }]));
  const ways = Map.groupBy(edges, ({ from }) => from);
  const next = (name: string): GraphNode[] =>
    (ways.get(name) ?? [])
      .flatMap(({ to }) => byName.get(to) ?? [])
      .toSorted((one, two) => one.at - two.at)
      .map(({ node }) => node);
  // In reverse of the order in which a search from the start leaves them, none stands before what leads to it, but in a loop.
  const left: GraphNode[] = [];
  const seen = new Set<string>();
  const path: { readonly node: GraphNode | undefined; readonly next: GraphNode[] }[] = [
    { node: undefined, next: next('start') },
  ];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const node = top.next.pop();
    if (node === undefined) {
      if (top.node !== undefined) left.push(top.node);
      path.pop();
    } else if (!seen.has(node.name)) {
      seen.add(node.name);
      path.push({ node, next: next(node.name) });
    }
  }
  return [...left.toReversed(), ...nodes.filter(({ name }) => !seen.has(name))];
}

/** The parts of an attempt follow one another; each leads back to what undoes it. */
function partEdges(id: string, parts: readonly GraphNode[]): readonly FlowEdge[] {
  const edges: FlowEdge[] = [];
  const add = (from: string, to: string, kind: FlowEdge['kind']): void => {
    edges.push({
      id: edgeIdOf(id, from, to),
      parent: id,
      from: `${id}/${from}`,
      to: `${id}/${to}`,
      kind,
      label: undefined,
    });
  };
  const names = new Set(parts.map(({ name }) => name));
  const tries = [...names].filter((name) => name.startsWith('try.'));
  for (const [index, name] of tries.entries()) {
    const next = tries[index + 1];
    if (next !== undefined) add(name, next, 'plain');
    const undo = `undo.${name.slice('try.'.length)}`;
    if (names.has(undo)) add(name, undo, 'undo');
  }
  const last = tries.at(-1);
  if (last !== undefined && names.has('catch')) add(last, 'catch', 'undo');
  if (last !== undefined && names.has('finally')) add(last, 'finally', 'plain');
  return edges;
}

const longestLabel = 20;

function labelOf(edge: GraphEdge): string | undefined {
  if (edge.kind === 'otherwise') return 'otherwise';
  if (edge.kind === 'join') return 'joins';
  if (edge.label === undefined || edge.label === '') return undefined;
  const text = edge.kind === 'when' ? edge.label.replace(/^\(?\s*\{?[^=]*=>\s*/, '') : edge.label;
  return text.length > longestLabel ? `${text.slice(0, longestLabel - 1)}…` : text;
}

/** Room for the name in the type of the screen. */
function widthOf(name: string): number {
  return Math.round(Math.min(240, Math.max(116, name.length * 7.4 + 64)));
}
