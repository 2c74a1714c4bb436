// Graphs as text: what names and labels hold stays text, and nodes inside nodes stand inside.
import { describe, expect, it } from 'vitest';
import type { AgentGraph } from '#contract/agent';
import { readAgent } from '#engine/graph/read';
import { graphAsDot, graphAsMermaid } from '#engine/graph/text';

const graph = readAgent(
  'agents/a.agent.ts',
  `import { agent, attempt, branch, code, edge, end, map, start, undoable, when } from 'atelier';
import { z } from 'zod';
export default agent({ state: { list: z.array(z.string()) } }, { nodes: {
  'say "hi"]; drop': code(() => {}),
  'a\\\\b\\n<script>': code(() => {}),
  saga: attempt({ pay: undoable(code(() => {}), code(() => {})), many: map('list', code(() => {})) }),
  way: branch(() => 'x', { 'x|y': 'saga', '"z"': 'end' }),
}, edges: [start('say "hi"]; drop'), edge('say "hi"]; drop', 'a\\\\b\\n<script>', when(({ state }) => state.list[0] === "x" && !state.list.some((one) => one.length > 20 && one.startsWith('yyyyyyyyy')))), end('say "hi"]; drop'), edge('a\\\\b\\n<script>', 'way'), end('saga')] });`,
).graph;

/** As Graphviz reads it: names and numbers, strings, and the signs between. */
function tokens(text: string): string[] {
  const found = text.match(/"(?:[^"\\]|\\.)*"|->|[\w.#]+|[[\]{}=;,]|\s+|./gu) ?? [];
  return found.filter((token) => token.trim() !== '');
}

describe('dot', () => {
  it('has every node and edge, with nothing outside of quotes', () => {
    const text = graphAsDot('a "b"', graph);
    expect(tokens(text).filter((token) => !/^(?:"(?:[^"\\]|\\.)*"|->|[\w.]+|[[\]{}=;,])$/u.test(token))).toEqual([]);
    expect(text.startsWith('digraph "a \\"b\\"" {')).toBe(true);
    expect(text).toContain('"say \\"hi\\"]; drop" [label="say \\"hi\\"]; drop\\ncode"];');
    expect(text).toContain('"a\\\\b\\n<script>" -> "way";');
    expect(text).toContain('"#start" -> "say \\"hi\\"]; drop";');
    expect(text).toContain('"way" -> "#end" [label="\\"z\\"", style=dashed];');
    expect(text.split('{').length).toBe(text.split('}').length);
    expect(text).toMatch(
      /subgraph "cluster saga" \{[^}]*"saga\/try\.pay"[^}]*"saga\/undo\.pay"[^}]*subgraph "cluster saga\/try\.many"/u,
    );
  });
});

describe('mermaid', () => {
  it('has every node and edge, with names and labels as entities where they must be', () => {
    const text = graphAsMermaid(graph);
    const lines = text.trimEnd().split('\n');
    expect(lines[0]).toBe('flowchart LR');
    for (const line of lines.slice(1))
      expect(line).toMatch(
        /^ +(?:(?:start|end)_\(.*\)|\w+\["[^"]*"\]|\w+ -(?:-|\.-)>(?:\|"[^"|]*"\|)? \w+|subgraph \w+ \["[^"]*"\]|end)$/u,
      );
    expect(text).toContain('n0["say #34;hi#34;]#59; drop<br/>code"]');
    expect(text).toContain('#60;script#62;');
    expect(text).toContain('n3 -.->|"x#124;y"| n2');
    expect(text).toMatch(/state\.list\[0\] === #34;x#34; #38;#38; .{1,80}…"/u);
  });

  it('gives nodes called like ends, and those there are not, a place of their own', () => {
    const odd: AgentGraph = {
      ...graph,
      nodes: [],
      edges: [{ from: 'constructor', to: '__proto__', kind: 'plain', range: { start: 0, end: 0, line: 1, column: 1 } }],
    };
    const [line = ''] = graphAsMermaid(odd).trimEnd().split('\n').slice(-1);
    const [from, to] = line.trim().split(' --> ');
    expect(from).toMatch(/^n\d+x$/u);
    expect(to).toMatch(/^n\d+x$/u);
    expect(from).not.toBe(to);
  });
});
