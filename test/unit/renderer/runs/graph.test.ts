// The graph of an agent as boxes and lines, as ELK places them, and moves between them.
import ELK from 'elkjs/lib/elk.bundled.js';
import { describe, expect, test } from 'vitest';
import type { AgentGraph, GraphEdge, GraphNode } from '#contract/agent';
import { filesIn, flowOf } from '../../../../src-renderer/features/runs/flow.ts';
import { nodeToward } from '../../../../src-renderer/features/runs/graph-move.ts';
import { nodeAt } from '../../../../src-renderer/features/runs/graph-paint.ts';
import { elkGraph, layoutOf } from '../../../../src-renderer/features/runs/layout-input.ts';

const range = { start: 0, end: 0, line: 1, column: 1 };

function node(name: string, more: Partial<GraphNode> = {}): GraphNode {
  return { name, kind: 'code', range, options: {}, children: [], ...more };
}

function edge(from: string, to: string, more: Partial<GraphEdge> = {}): GraphEdge {
  return { from, to, kind: 'plain', range, ...more };
}

function graph(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): AgentGraph {
  return { keys: [], nodes, edges, tools: [] };
}

const inner = graph([node('draft')], [edge('start', 'draft'), edge('draft', 'end')]);
const outer = graph(
  [
    node('sort'),
    node('fan', { kind: 'map', children: [node('each')] }),
    node('write', { kind: 'subgraph', agent: { name: 'writer', file: 'agents/writer.agent.ts' } }),
    node('book', {
      kind: 'attempt',
      children: ['try.hold', 'undo.hold', 'try.pay', 'catch', 'finally'].map((name) => node(name)),
    }),
  ],
  [
    edge('start', 'sort'),
    edge('sort', 'fan', { kind: 'branch', label: 'many' }),
    edge('sort', 'fan', { kind: 'branch', label: 'few' }),
    edge('sort', 'write', { kind: 'when', label: '({ state }) => state.kind === "letter"' }),
    edge('fan', 'book'),
    edge('write', 'book'),
    edge('book', 'end'),
    edge('book', 'nowhere'),
  ],
);
const flow = flowOf(outer, (file) => (file === 'agents/writer.agent.ts' ? inner : undefined));

describe('boxes and lines', () => {
  test('what lies inside a node is in its box, named as the journal names it', () => {
    expect(filesIn(outer)).toEqual(['agents/writer.agent.ts']);
    const parents = new Map(flow.nodes.map(({ id, parent }) => [id, parent]));
    expect(parents.get('fan/each')).toBe('fan');
    expect(parents.get('write/draft')).toBe('write');
    expect(parents.get('write/start')).toBe('write');
    expect(parents.get('book/undo.hold')).toBe('book');
  });

  test('several ways to one node are one line; one that leads nowhere is none', () => {
    const labels = flow.edges.filter(({ from, to }) => from === 'sort' && to === 'fan').map(({ label }) => label);
    expect(labels).toEqual(['many, few']);
    expect(flow.edges.some(({ to }) => to === 'nowhere')).toBe(false);
  });

  test('a condition is told without its head, and shortened', () => {
    expect(flow.edges.find(({ to }) => to === 'write')?.label).toBe('state.kind === "let…');
  });

  test('nodes stand as a run comes to them, whatever their order in the file; a loop leads back', () => {
    const names = ['end-of-day', 'rest', 'check', 'wake', 'alone'];
    const day = graph(
      names.map((name) => node(name)),
      [
        edge('start', 'wake'),
        edge('wake', 'check'),
        edge('check', 'wake'),
        edge('check', 'rest'),
        edge('rest', 'end-of-day'),
        edge('end-of-day', 'end'),
      ],
    );
    const order = flowOf(day, () => undefined).nodes.map(({ name }) => name);
    expect(order).toEqual(['start', 'wake', 'check', 'rest', 'end-of-day', 'alone', 'end']);
  });

  test('an agent of the same file is drawn with its edges; an imported one names its file', () => {
    const local = graph([node('write', { kind: 'subgraph', agent: { name: 'inner', graph: inner } })], []);
    const drawn = flowOf(local, () => undefined);
    expect(drawn.nodes.map(({ id }) => id)).toEqual(['write', 'write/start', 'write/draft', 'write/end']);
    expect(drawn.edges.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'write/start write/draft',
      'write/draft write/end',
    ]);
    expect(flow.nodes.find(({ id }) => id === 'write')?.file).toBe('agents/writer.agent.ts');
  });

  test('an agent that holds itself is drawn to a depth', () => {
    const self = graph([node('again', { kind: 'subgraph', agent: { name: 'self', file: 'self' } })], []);
    expect(flowOf(self, () => self).nodes).toHaveLength(5);
  });
});

describe('places', async () => {
  const layout = layoutOf(flow, await new ELK().layout(elkGraph(flow)));
  const at = (id: string) => {
    const place = layout.nodes.find((one) => one.node.id === id);
    if (place === undefined) throw new Error(`${id} has no place.`);
    return place;
  };

  test('every node has one, no two in a box lie over each other, and inner ones lie in their box', () => {
    expect(layout.nodes).toHaveLength(flow.nodes.length);
    for (const { node: inside, left, top, height } of layout.nodes) {
      const box = inside.parent === undefined ? undefined : at(inside.parent);
      const fits = box === undefined || (left >= box.left && top + height <= box.top + box.height);
      expect([inside.id, fits]).toEqual([inside.id, true]);
    }
    const pairs = layout.nodes.flatMap((one) =>
      layout.nodes
        .filter((two) => one !== two && one.node.parent === two.node.parent)
        .map((two) => [one, two] as const),
    );
    const over = pairs.filter(
      ([one, two]) =>
        one.left < two.left + two.width &&
        two.left < one.left + one.width &&
        one.top < two.top + two.height &&
        two.top < one.top + one.height,
    );
    expect(over.map(([one, two]) => [one.node.id, two.node.id])).toEqual([]);
  });

  test('a line begins at one of its boxes and ends at the other', () => {
    const line = layout.lines.find(({ edge }) => edge.from === 'fan' && edge.to === 'book');
    const [first, last] = [line?.points[0], line?.points.at(-1)];
    expect(first?.y).toBeCloseTo(at('fan').top + at('fan').height);
    expect(last?.y).toBeCloseTo(at('book').top);
  });

  test('the end stands below what leads to it, also where a loop leads back', async () => {
    const looping = flowOf(
      graph(
        [node('write'), node('approve'), node('way', { kind: 'branch' }), node('publish')],
        [
          edge('start', 'write'),
          edge('write', 'approve'),
          edge('approve', 'way'),
          edge('way', 'publish'),
          edge('way', 'write'),
          edge('way', 'end'),
          edge('publish', 'end'),
        ],
      ),
      () => undefined,
    );
    const { nodes } = layoutOf(looping, await new ELK().layout(elkGraph(looping)));
    const inOrder = nodes.toSorted((one, two) => one.top - two.top).map((one) => one.node.id);
    expect(inOrder).toEqual(['start', 'write', 'approve', 'way', 'publish', 'end']);
    expect(at('end').top).toBeGreaterThan(at('book').top + at('book').height);
  });

  test('arrows go to the nearest node that way, and stay where there is none', () => {
    expect(nodeToward(layout.nodes, undefined, 'ArrowDown')).toBe('start');
    expect(nodeToward(layout.nodes, 'start', 'ArrowDown')).toBe('sort');
    expect(nodeToward(layout.nodes, 'start', 'ArrowUp')).toBe('start');
  });

  test('the innermost node is found under a point', () => {
    const { left, top, width, height } = at('fan/each');
    expect(nodeAt(layout, left + width / 2, top + height / 2)).toBe('fan/each');
    expect(nodeAt(layout, -50, -50)).toBeUndefined();
  });
});
