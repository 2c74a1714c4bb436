// A flow as ELK takes it, and what ELK gives back as places on one plane.
import type { ElkEdgeSection, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { Flow, FlowEdge, FlowNode } from './flow.ts';

export interface Placed {
  readonly node: FlowNode;
  /** Within its container, px. */
  readonly x: number;
  readonly y: number;
  /** On the whole plane, px. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Line {
  readonly edge: FlowEdge;
  /** SVG path on the whole plane, its corners rounded; and the bare points of it with the box around them. */
  readonly path: string;
  readonly points: readonly Point[];
  readonly box: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
  /** Middle of its label on the plane. */
  readonly label: { readonly x: number; readonly y: number } | undefined;
}

export interface Layout {
  /** Containers before what is in them. */
  readonly nodes: readonly Placed[];
  readonly lines: readonly Line[];
  /** Of the whole plane, labels of the lines included; px. */
  readonly width: number;
  readonly height: number;
}

const labelHeight = 16;
/** Above this many nodes a good order takes minutes; a fair one takes seconds. */
const many = 200;

export function elkGraph(flow: Flow): ElkNode {
  const inside = Map.groupBy(flow.nodes, ({ parent }) => parent);
  const lines = Map.groupBy(flow.edges, ({ parent }) => parent);
  const isMany = flow.nodes.length > many;
  const options = isMany ? fair : good;
  const node = (one: FlowNode): ElkNode =>
    one.isContainer
      ? {
          id: one.id,
          ...content(one.id),
          layoutOptions: { ...options, 'elk.padding': '[top=36,left=16,bottom=16,right=16]' },
        }
      : { id: one.id, width: one.width, height: one.height };
  const content = (id: string | undefined): { children: ElkNode[]; edges: ElkExtendedEdge[] } => ({
    children: (inside.get(id) ?? []).map(node),
    edges: (lines.get(id) ?? []).map((edge) => elkEdge(edge, !isMany)),
  });
  // No node of an agent may hold a slash.
  return { id: '/', ...content(undefined), layoutOptions: options };
}

const common = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.spacing.nodeNode': '24',
  'elk.spacing.edgeNode': '16',
  'elk.layered.spacing.nodeNodeBetweenLayers': '28',
  'elk.edgeLabels.inline': 'true',
  // An edge to a node that stands further up in the file leads back.
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
};
const good = {
  ...common,
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
};
const fair = {
  ...common,
  'elk.layered.layering.strategy': 'LONGEST_PATH',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.thoroughness': '1',
};

function elkEdge({ id, from, to, label }: FlowEdge, withRoom: boolean): ElkExtendedEdge {
  return {
    id,
    sources: [from],
    targets: [to],
    ...(label === undefined || !withRoom
      ? {}
      : { labels: [{ text: label, width: label.length * 5.8 + 8, height: labelHeight }] }),
  };
}

/** Reads the places that ELK found. */
export function layoutOf(flow: Flow, root: ElkNode): Layout {
  const nodes = new Map(flow.nodes.map((node) => [node.id, node]));
  const edges = new Map(flow.edges.map((edge) => [edge.id, edge]));
  const placed: Placed[] = [];
  const lines: Line[] = [];
  const walk = (box: ElkNode, left: number, top: number): void => {
    for (const line of box.edges ?? []) {
      const edge = edges.get(line.id);
      const label = line.labels?.[0];
      if (edge === undefined) continue;
      const points = pointsOf(line.sections?.[0], left, top);
      lines.push({
        edge,
        path: pathOf(points),
        points,
        box: boxOf(points),
        label:
          label?.x === undefined || label.y === undefined
            ? middleOf(points)
            : { x: left + label.x + (label.width ?? 0) / 2, y: top + label.y + labelHeight / 2 },
      });
    }
    for (const child of box.children ?? []) {
      const node = nodes.get(child.id);
      const { x = 0, y = 0, width = 0, height = 0 } = child;
      if (node !== undefined) placed.push({ node, x, y, left: left + x, top: top + y, width, height });
      walk(child, left + x, top + y);
    }
  };
  walk(root, 0, 0);
  return { nodes: placed, lines, width: root.width ?? 1, height: root.height ?? 1 };
}

/** Where a label stands that was given no room: on the longest straight piece. */
function middleOf(points: readonly Point[]): Point | undefined {
  let best: { readonly length: number; readonly at: Point } | undefined;
  for (const [index, two] of points.entries()) {
    const one = points[index - 1];
    if (one === undefined) continue;
    const length = Math.hypot(two.x - one.x, two.y - one.y);
    if (best === undefined || length > best.length)
      best = { length, at: { x: (one.x + two.x) / 2, y: (one.y + two.y) / 2 } };
  }
  return best?.at;
}

const corner = 6;

/** An edge of one source and one target has one section. */
function pointsOf(section: ElkEdgeSection | undefined, left: number, top: number): readonly Point[] {
  if (section === undefined) return [];
  const { startPoint, bendPoints = [], endPoint } = section;
  return [startPoint, ...bendPoints, endPoint].map(({ x, y }) => ({ x: x + left, y: y + top }));
}

function boxOf(points: readonly Point[]): Line['box'] {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** Straight pieces with rounded corners. */
function pathOf(points: readonly Point[]): string {
  const pieces = points.map((point, at) => {
    const [before, after] = [points[at - 1], points[at + 1]];
    if (before === undefined) return `M${round(point.x)} ${round(point.y)}`;
    if (after === undefined) return `L${round(point.x)} ${round(point.y)}`;
    const into = toward(point, before);
    const out = toward(point, after);
    return `L${round(into.x)} ${round(into.y)}Q${round(point.x)} ${round(point.y)} ${round(out.x)} ${round(out.y)}`;
  });
  return pieces.join('');
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A corner's way from `from` to `to`, at most half of it. */
function toward(from: Point, to: Point): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  const part = length === 0 ? 0 : Math.min(corner, length / 2) / length;
  return { x: from.x + dx * part, y: from.y + dy * part };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
