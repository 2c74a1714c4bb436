// Where each span of a trace stands on the timeline: begin, end and lane, children below what holds them. Pure.
import type { Span } from '#contract/trace';
import type { AxisUnit } from './ticks.ts';
import type { Range } from './viewport.ts';

/** A span on the timeline. */
export interface Bar {
  /** Index in the trace's spans. */
  readonly index: number;
  /** In axis units: ms since the trace's begin, or steps. */
  readonly start: number;
  readonly end: number;
  readonly lane: number;
  /** A begin was recorded but no end. */
  readonly open: boolean;
}

export interface TimelineLayout {
  readonly unit: AxisUnit;
  /** Epoch ms at which a timed axis begins. */
  readonly origin: number;
  readonly bounds: Range;
  /** Bars of each lane, by begin; within a lane none overlaps another. */
  readonly lanes: readonly (readonly Bar[])[];
  /** Bar by span index; undefined for a span without a time in a timed trace. */
  readonly bars: readonly (Bar | undefined)[];
  /** Spans that cannot stand on a timed axis, because nothing says when they were. */
  readonly withoutTime: number;
}

interface Node {
  readonly index: number;
  start: number;
  end: number;
  open: boolean;
  readonly children: Node[];
  /** With all below it, which may begin before it or run on after it (asynchronous children). */
  from: number;
  to: number;
  /** Lanes below its own that its children take. */
  below: number;
  /** Lane below the parent's: 1 is the next. */
  offset: number;
}

/**
 * Lays spans out. Timed: as recorded. Not timed: leaves take one step each, in order, and what holds others spans them;
 * the axis then says order and no time is made up.
 */
export function layoutTimeline(spans: readonly Span[], timed: boolean): TimelineLayout {
  const shown = timed ? spans.map((span) => span.startedAt !== undefined) : spans.map(() => true);
  const { roots, topDown } = nest(spans, shown);
  const origin = timed ? place(spans, topDown) : order(roots, topDown);
  pack(roots, topDown);
  return collect(spans.length, roots, topDown, origin, timed);
}

/** The forest of shown spans. A parent that is unknown, hidden or in a circle makes a root. */
function nest(
  spans: readonly Span[],
  shown: readonly boolean[],
): { readonly roots: Node[]; readonly topDown: readonly Node[] } {
  const nodes = new Map<string, Node>();
  const all: (Node | undefined)[] = spans.map((span, index) => {
    if (shown[index] !== true) return undefined;
    const node: Node = { index, start: 0, end: 0, open: false, children: [], from: 0, to: 0, below: 0, offset: 0 };
    if (!nodes.has(span.id)) nodes.set(span.id, node);
    return node;
  });
  const parentOf = (node: Node): Node | undefined => {
    const parent = nodes.get(spans[node.index]?.parent ?? '');
    return parent === node ? undefined : parent;
  };
  const inCircle = circles(all, parentOf);
  const roots: Node[] = [];
  for (const node of all) {
    if (node === undefined) continue;
    const parent = inCircle.has(node) ? undefined : parentOf(node);
    if (parent === undefined) roots.push(node);
    else parent.children.push(node);
  }
  const topDown = [...roots];
  for (let at = 0; at < topDown.length; at += 1) for (const child of topDown[at]?.children ?? []) topDown.push(child);
  return { roots, topDown };
}

/** Nodes whose chain of parents comes back to themselves. */
function circles(all: readonly (Node | undefined)[], parentOf: (node: Node) => Node | undefined): ReadonlySet<Node> {
  const state = new Map<Node, 'on the way' | 'done'>();
  const found = new Set<Node>();
  for (const first of all) {
    const way: Node[] = [];
    let node = first;
    while (node !== undefined && !state.has(node)) {
      state.set(node, 'on the way');
      way.push(node);
      node = parentOf(node);
    }
    if (node !== undefined && state.get(node) === 'on the way')
      for (const member of way.slice(way.indexOf(node))) found.add(member);
    for (const passed of way) state.set(passed, 'done');
  }
  return found;
}

/** Recorded times, relative to the first begin, which is returned. */
function place(spans: readonly Span[], nodes: readonly Node[]): number {
  let origin = Infinity;
  for (const { index } of nodes) origin = Math.min(origin, spans[index]?.startedAt ?? Infinity);
  if (origin === Infinity) return 0;
  for (const node of nodes) {
    const span = spans[node.index];
    const start = span?.startedAt ?? origin;
    node.start = start - origin;
    node.open = span?.endedAt === undefined;
    // A clock that ran backwards gives a span of no length, not a negative one.
    node.end = Math.max(start, span?.endedAt ?? start) - origin;
  }
  return origin;
}

function order(roots: readonly Node[], topDown: readonly Node[]): number {
  let step = 0;
  const waiting = roots.toReversed();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    node.start = step;
    if (node.children.length === 0) step += 1;
    node.end = step;
    for (let at = node.children.length - 1; at >= 0; at -= 1) {
      const child = node.children[at];
      if (child !== undefined) waiting.push(child);
    }
  }
  for (const node of topDown.toReversed()) {
    const last = node.children.at(-1);
    if (last !== undefined) node.end = last.end;
  }
  return 0;
}

/** From the leaves up: children beside each other where they do not overlap, else in lanes below. */
function pack(roots: Node[], topDown: readonly Node[]): void {
  for (const node of topDown.toReversed()) {
    node.from = node.start;
    node.to = node.end;
    for (const child of node.children) {
      node.from = Math.min(node.from, child.from);
      node.to = Math.max(node.to, child.to);
    }
    packChildren(node);
  }
  packChildren({ children: roots, below: 0 });
}

function packChildren(node: { readonly children: readonly Node[]; below: number }): void {
  /** End of what stands last in each lane so far. */
  const ends: number[] = [];
  for (const child of node.children.toSorted((one, two) => one.from - two.from || one.index - two.index)) {
    const { from: start, to: end } = child;
    const height = child.below + 1;
    let lane = 0;
    for (let at = 0; at < ends.length && at < lane + height; at += 1) if ((ends[at] ?? 0) > start) lane = at + 1;
    child.offset = lane + 1;
    // An instant still keeps its place from the next that begins with it.
    const isInstant = child.start === child.end && child.end === end;
    const until = isInstant ? end + Number.EPSILON * Math.max(1, Math.abs(end)) * 4 : end;
    for (let at = lane; at < lane + height; at += 1) ends[at] = Math.max(ends[at] ?? 0, until);
  }
  node.below = ends.length;
}

function collect(
  count: number,
  roots: readonly Node[],
  topDown: readonly Node[],
  origin: number,
  timed: boolean,
): TimelineLayout {
  const lanes: Bar[][] = [];
  const bars: (Bar | undefined)[] = Array.from({ length: count }, () => undefined);
  const laneOf = new Map<Node, number>();
  for (const root of roots) laneOf.set(root, root.offset - 1);
  let end = 0;
  for (const node of topDown) {
    const lane = laneOf.get(node) ?? 0;
    for (const child of node.children) laneOf.set(child, lane + child.offset);
    const bar: Bar = { index: node.index, start: node.start, end: node.end, lane, open: node.open };
    (lanes[lane] ??= []).push(bar);
    bars[node.index] = bar;
    end = Math.max(end, node.end);
  }
  for (let lane = 0; lane < lanes.length; lane += 1) (lanes[lane] ??= []).sort(byBegin);
  return {
    unit: timed ? 'ms' : 'step',
    origin,
    bounds: { start: 0, end: end > 0 ? end : 1 },
    lanes,
    bars,
    withoutTime: count - topDown.length,
  };
}

/** Of two that begin together the instant comes first. */
function byBegin(one: Bar, two: Bar): number {
  return one.start - two.start || one.end - two.end;
}
