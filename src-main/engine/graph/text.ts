// A graph as text for other programs: Graphviz, Mermaid, JSON.
import type { AgentGraph, GraphEdge, GraphNode } from '#contract/agent';

/** Longer labels are cut: they are for people. */
const longestLabel = 60;

/** For `dot`. Nodes inside a node are a cluster. */
export function graphAsDot(name: string, graph: AgentGraph): string {
  const lines = [
    `digraph ${quoted(name)} {`,
    '  rankdir=LR; node [shape=box, style=rounded, fontname="sans-serif"]; edge [fontname="sans-serif", fontsize=10];',
    '  "#start" [shape=circle, label=start]; "#end" [shape=doublecircle, label=end];',
    ...graph.nodes.flatMap((node) => dotNode(node, node.name, '  ')),
    ...graph.edges.map((edge) => dotEdge(edge)),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function dotNode(node: GraphNode, path: string, indent: string): string[] {
  const label = quoted(`${node.name}\n${node.kind}`);
  const own = `${indent}${quoted(path)} [label=${label}];`;
  if (node.children.length === 0) return [own];
  const inner = node.children.flatMap((child) => dotNode(child, `${path}/${child.name}`, `${indent}  `));
  const first = quoted(`cluster ${path}`);
  return [
    `${indent}subgraph ${first} {`,
    `${indent}  label=${quoted(node.name)}; style=dashed;`,
    `  ${own}`,
    ...inner,
    `${indent}}`,
  ];
}

function dotEdge(edge: GraphEdge): string {
  const label = labelOf(edge);
  const style = edge.kind === 'plain' || edge.kind === 'join' ? [] : ['style=dashed'];
  const all = [...(label === '' ? [] : [`label=${quoted(label)}`]), ...style];
  const attributes = all.length === 0 ? '' : ` [${all.join(', ')}]`;
  return `  ${quoted(end(edge.from, 'start'))} -> ${quoted(end(edge.to, 'end'))}${attributes};`;
}

/** No node's own name begins with the sign and is an end: nodes called so are refused by the check, and shown as the ends. */
function end(name: string, which: 'start' | 'end'): string {
  return name === which ? `#${which}` : name;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll(/\r?\n/gu, '\\n')}"`;
}

/** For Mermaid's flowcharts: in Markdown, on GitHub. Nodes inside a node are a subgraph. */
export function graphAsMermaid(graph: AgentGraph): string {
  const ids = new Map<string, string>([
    ['start', 'start_'],
    ['end', 'end_'],
  ]);
  for (const [at, { name }] of graph.nodes.entries()) if (!ids.has(name)) ids.set(name, `n${at}`);
  const known = (name: string): string => {
    const id = ids.get(name) ?? `n${ids.size}x`;
    ids.set(name, id);
    return id;
  };
  const lines = [
    'flowchart LR',
    '  start_(("start"))',
    '  end_((("end")))',
    ...graph.nodes.flatMap((node) => mermaidNode(node, known(node.name), '  ')),
    ...graph.edges.map((edge) => {
      const label = labelOf(edge);
      const arrow = edge.kind === 'plain' || edge.kind === 'join' ? '-->' : '-.->';
      return `  ${known(edge.from)} ${arrow}${label === '' ? '' : `|${mermaidText(label)}|`} ${known(edge.to)}`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}

function mermaidNode(node: GraphNode, id: string, indent: string): string[] {
  const own = `${indent}${id}[${mermaidText(`${node.name}\n${node.kind}`)}]`;
  if (node.children.length === 0) return [own];
  const inner = node.children.flatMap((child, at) => mermaidNode(child, `${id}_${at}`, `${indent}  `));
  return [`${indent}subgraph ${id}_in [${mermaidText(node.name)}]`, `  ${own}`, ...inner, `${indent}end`];
}

/** Quoted; signs that Mermaid or HTML would take for their own are written as entities. */
function mermaidText(text: string): string {
  const plain = text.replaceAll(/[&<>"#;`|\\]/gu, (sign) => `#${sign.codePointAt(0)};`);
  return `"${plain.replaceAll(/\r?\n/gu, '<br/>')}"`;
}

function labelOf({ kind, label = '' }: GraphEdge): string {
  const text = kind === 'otherwise' ? 'otherwise' : label;
  const signs = [...text.replaceAll(/\s+/gu, ' ')];
  return signs.length > longestLabel ? `${signs.slice(0, longestLabel - 1).join('')}…` : signs.join('');
}
