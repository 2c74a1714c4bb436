// Checks the graph that was read: names, ways in, ways on, ways out, edges given twice.
import type { GraphEdge, GraphKey } from '#contract/agent';
import { checkWriters } from './check-writers.ts';
import { didYouMean } from './did-you-mean.ts';
import type { ReadEdges } from './read-edges.ts';
import type { ReadNodes } from './read-nodes.ts';
import type { ReadEdge, Reading } from './reading.ts';
import type { Span } from './source-text.ts';

export interface GraphParts {
  readonly keys: readonly GraphKey[];
  readonly nodes: ReadNodes;
  readonly edges: ReadEdges;
  /** Where to point when an edge is missing. */
  readonly span: Span;
}

/** O(nodes + edges), but for names that are wrong. */
export function checkGraph(reading: Reading, { keys, nodes, edges, span }: GraphParts): void {
  const all = [...edges.edges, ...nodes.ways];
  const names = nodes.nodes.map(({ node }) => node.name);
  if (nodes.whole) checkNames(reading, all, names);
  checkTwice(reading, edges.edges);
  // Reserved names are findings already; as nodes they would stand for the ends.
  const known = new Set(names.filter((name) => name !== 'start' && name !== 'end'));
  const inner = all.filter(
    ({ edge }) => (edge.from === 'start' || known.has(edge.from)) && (edge.to === 'end' || known.has(edge.to)),
  );
  checkWriters(
    reading,
    nodes.nodes,
    keys,
    inner.map(({ edge }) => edge),
  );
  if (!nodes.whole || !edges.whole) return;
  const isOpen = new Set(nodes.open);
  // An edge with a name that is unknown is said so already; what else seems wrong may come of it.
  if (all.some(({ edge }) => edge.from !== 'start' && !known.has(edge.from))) return;
  for (const { edge } of all) if (edge.to !== 'end' && !known.has(edge.to)) isOpen.add(edge.from);
  const ways = new Ways(
    known,
    inner.map(({ edge }) => edge),
  );
  checkDeadEnds(reading, nodes, ways, isOpen);
  checkStart(reading, nodes, ways, isOpen, span);
  checkEnd(reading, nodes, ways, isOpen, span);
}

class Ways {
  readonly out = new Map<string, string[]>();
  readonly in = new Map<string, string[]>();

  constructor(names: Iterable<string>, edges: readonly GraphEdge[]) {
    for (const name of [...names, 'start', 'end']) {
      this.out.set(name, []);
      this.in.set(name, []);
    }
    for (const { from, to } of edges) {
      this.out.get(from)?.push(to);
      this.in.get(to)?.push(from);
    }
  }

  /** What is reached from `from` along `ways`, itself included. */
  reached(from: Iterable<string>, ways: ReadonlyMap<string, readonly string[]>): Set<string> {
    const seen = new Set(from);
    const stack = [...seen];
    for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
      for (const next of ways.get(name) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        stack.push(next);
      }
    }
    return seen;
  }
}

function checkNames(reading: Reading, edges: readonly ReadEdge[], names: readonly string[]): void {
  const known = new Set([...names, 'start', 'end']);
  const said = new Set<string>();
  const check = (name: string, span: Span): void => {
    const place = `${span.start}:${name}`;
    if (known.has(name) || said.has(place)) return;
    said.add(place);
    const suggestion = didYouMean(name, names, 'There are no nodes yet.');
    reading.report('unknown-node', span, `There is no node "${name}".`, suggestion);
  };
  for (const { edge, fromSpan, toSpan } of edges) {
    check(edge.from, fromSpan);
    if (edge.kind === 'branch' && edge.to === 'start')
      reading.report('unknown-node', toSpan, 'A branch cannot lead to the start.', 'Name the first node instead.');
    else check(edge.to, toSpan);
  }
}

function checkTwice(reading: Reading, edges: readonly ReadEdge[]): void {
  const said = new Set<string>();
  const joins = new Map<number, { readonly first: ReadEdge; readonly names: string[] }>();
  const check = (key: string, { edge }: ReadEdge, names: string): void => {
    if (!said.has(key)) said.add(key);
    else reading.report('duplicate-edge', edge.range, `The edge ${names} is there already.`, 'Take one of them out.');
  };
  for (const one of edges) {
    const { from, to, kind, label, statement = -1 } = one.edge;
    if (kind === 'join') {
      const join = joins.get(statement) ?? { first: one, names: [] };
      join.names.push(`${from} → ${to}`);
      joins.set(statement, join);
    } else if (kind !== 'weighted') check(JSON.stringify([from, to, kind, label]), one, `from "${from}" to "${to}"`);
  }
  for (const { first, names } of joins.values())
    check(JSON.stringify([...names.toSorted(), first.edge.label]), first, `to "${first.edge.to}"`);
}

function checkDeadEnds(reading: Reading, { nodes }: ReadNodes, ways: Ways, open: ReadonlySet<string>): void {
  for (const { node } of nodes) {
    if (node.kind === 'branch' || open.has(node.name) || ways.out.get(node.name)?.length !== 0) continue;
    if (node.name === 'end' || node.name === 'start') continue;
    const cause = `"${node.name}" has no way on: a run that comes there fails.`;
    const suggestion = `Add \`end('${node.name}')\`, or an edge to what comes after it.`;
    reading.report('dead-end', node.range, cause, suggestion);
  }
}

function checkStart(reading: Reading, { nodes }: ReadNodes, ways: Ways, open: ReadonlySet<string>, span: Span): void {
  const [first] = nodes;
  if (ways.out.get('start')?.length === 0) {
    if (first === undefined)
      reading.report('no-start', span, 'The graph has no nodes.', 'Add the first: `nodes: { a: code(…) }`.');
    else if (!open.has('start')) {
      const suggestion = `Add \`start('${first.node.name}')\` to the edges.`;
      reading.report('no-start', span, 'No edge says where a run begins.', suggestion);
    }
    return;
  }
  const reached = ways.reached(['start'], ways.out);
  // What an unread way leads to may be any node.
  if ([...open].some((name) => reached.has(name))) return;
  const left = nodes.map(({ node }) => node).filter(({ name }) => !reached.has(name) && ways.out.has(name));
  report(left, ways.in, ways, (node, others) => {
    const cause = `No way leads from the start to "${node.name}"${others}.`;
    reading.report('unreachable-node', node.range, cause, `Lead an edge to "${node.name}", or take it out.`);
  });
}

function checkEnd(reading: Reading, { nodes }: ReadNodes, ways: Ways, open: ReadonlySet<string>, span: Span): void {
  if (nodes.length === 0) return;
  // A node without any way on is said so already.
  const stops = nodes.map(({ node }) => node.name).filter((name) => ways.out.get(name)?.length === 0);
  const ends = ways.in.get('end') ?? [];
  if (ends.length === 0 && stops.length === 0 && open.size === 0) {
    reading.report('no-way-to-end', span, 'The graph has no end.', `Add \`end('${nodes.at(-1)?.node.name ?? 'a'}')\`.`);
    return;
  }
  const leads = ways.reached(['end', ...stops, ...open], ways.in);
  const from = ways.reached(['start'], ways.out);
  const lost = nodes.map(({ node }) => node).filter(({ name }) => !leads.has(name) && from.has(name));
  report(lost, ways.in, ways, (node, others) => {
    const cause = `From "${node.name}"${others} no way leads to an end.`;
    const suggestion = `Add \`end('${node.name}', when(…))\`, or an edge out of the circle.`;
    reading.report('no-way-to-end', node.range, cause, suggestion);
  });
}

/** Tells of the first of each group of nodes that hang together, with how many are behind it. */
function report<Node extends { readonly name: string }>(
  nodes: readonly Node[],
  into: ReadonlyMap<string, readonly string[]>,
  ways: Ways,
  tell: (node: Node, others: string) => void,
): void {
  const left = new Set(nodes.map(({ name }) => name));
  const isFirst = ({ name }: Node): boolean => !(into.get(name) ?? []).some((from) => left.has(from) && from !== name);
  const out = new Map([...left].map((name) => [name, (ways.out.get(name) ?? []).filter((to) => left.has(to))]));
  const said = new Set<string>();
  for (const node of [...nodes.filter((one) => isFirst(one)), ...nodes]) {
    if (said.has(node.name)) continue;
    const before = said.size;
    const stack = [node.name];
    for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
      if (said.has(name)) continue;
      said.add(name);
      stack.push(...(out.get(name) ?? []));
    }
    const others = said.size - before - 1;
    tell(node, others === 0 ? '' : ` (nor ${others} behind it)`);
  }
}
