// Files that nobody should write: the reader says so, and never throws, hangs or brings the process down.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAgent } from '#engine/graph/read';

const read = (text: string) => readAgent('agents/a.agent.ts', text);
const rulesOf = (text: string): string[] => read(text).findings.map(({ rule }) => rule);
const sample = readFileSync(join(import.meta.dirname, '../../../../resources/sample/agents/triage.agent.ts'), 'utf8');

describe('a hostile file', () => {
  it.each([
    ['10 MB of it', `${sample}\n// ${'x'.repeat(10_000_000)}`],
    ['brackets in brackets', `const x = ${'['.repeat(100_000)}${']'.repeat(100_000)};`],
    ['brackets without an end', `const x = ${'('.repeat(100_000)}`],
    ['braces', '{'.repeat(100_000)],
    ['templates in templates', `const x = ${'`${'.repeat(50_000)}1${'}`'.repeat(50_000)};`],
    ['functions of functions', `const x = ${'a => '.repeat(100_000)}1;`],
    ['conditions of conditions', `const x = ${'a ? b : '.repeat(100_000)}1;`],
    ['ifs of ifs', `${'if (1) '.repeat(100_000)};`],
    ['else of else', `if (1) {}${' else if (1) {}'.repeat(100_000)}`],
    ['types of types', `type X = ${'A<'.repeat(100_000)}1${'>'.repeat(100_000)};`],
    ['signs', `const x = ${'!'.repeat(100_000)}1;`],
    ['assignments', `x = ${'a = '.repeat(100_000)}1;`],
    ['news', `x = ${'new '.repeat(100_000)}a;`],
    ['labels', `${'a: '.repeat(100_000)};`],
    ['loops of loops', `${'for (;;) '.repeat(100_000)};`],
  ])('of %s is too large', (_what, text) => {
    expect(rulesOf(text)).toEqual(['too-large']);
  });

  it.each([
    ['a long prompt', `const prompt = \`${'Be brief (really {so}) [now]. '.repeat(20_000)}\`;`],
    ['a long list', `const x = [${'f(a, b), '.repeat(100_000)}];`],
    ['a large table', `const x = {${Array.from({ length: 50_000 }, (_, at) => `k${at}: [${at}, "(("],`).join('\n')}};`],
    ['many statements without semicolons', 'const f = () => { g() }\n'.repeat(20_000).replaceAll('const f', 'f')],
    [
      'regular expressions with quotes and brackets',
      "const x = [/[\"'`({[]/u, /\\/['(]/];\n".replaceAll('const x', 'x').repeat(3000),
    ],
    ['comments with brackets', `/* ${'((('.repeat(10_000)} */ // ${'{{{'.repeat(10_000)}\n`],
  ])('of %s is none', (_what, text) => {
    const { graph } = read(`${text}\n${sample}`);
    expect(rulesOf(`${text}\n${sample}`)).toEqual(rulesOf(sample));
    expect(graph.nodes).toHaveLength(read(sample).graph.nodes.length);
  });

  it('may have constants that lead in a circle', () => {
    const circle = `import { agent, attempt, code, loop, start, end } from 'atelier';
const a = b; const b = a; const s = { ...s }; const text = text + text; const pair = { ...pair, ...pair }; const way = text ? way : way; const many = [...many, ...many]; const f = code(() => way); const twice = attempt({ a: twice, b: twice });
const one = loop({ max: 2, over: text }, two); const two = loop({ while: () => true }, one);
export default agent({ state: { ...s, ...pair } }, { nodes: { one, three: a, f, twice }, edges: [start(a), ...c, ...many, end('one')] });`;
    expect(rulesOf(circle)).toContain('unreadable');
  });

  it('may be cut off anywhere, or have any character twice or none', () => {
    for (let at = 0; at <= sample.length; at += 11) {
      expect(Array.isArray(read(sample.slice(0, at)).findings)).toBe(true);
      expect(Array.isArray(read(sample.slice(at)).findings)).toBe(true);
      expect(Array.isArray(read(sample.slice(0, at) + sample.slice(at + 1)).findings)).toBe(true);
      expect(Array.isArray(read(sample.slice(0, at + 1) + sample.slice(at)).findings)).toBe(true);
    }
  });

  it('may be no text at all', () => {
    for (const text of [
      '',
      '\uFEFF',
      '\0',
      '\uD800',
      ' ',
      '\r\n',
      'export default',
      'export default agent',
      'export default agent(',
    ])
      expect(read(text).findings.length).toBeGreaterThan(0);
    const bytes = Array.from({ length: 2000 }, (_, at) => String.fromCodePoint((at * 7919) % 0xd7ff)).join('');
    expect(rulesOf(bytes)).toContain('syntax');
  });

  it('may name things as objects do by nature', () => {
    const { graph, findings } = read(`import { agent, branch, code, edge, end, start } from 'atelier';
import { z } from 'zod';
export default agent({ state: { constructor: z.string(), toString: z.string() } }, { nodes: { constructor: code(() => ({ toString: 'x' }), { hasOwnProperty: 1 }), valueOf: branch(() => 'toString', { toString: 'end', constructor: 'constructor' }) }, edges: [start('constructor'), edge('constructor', 'valueOf')] });`);
    expect(graph.nodes.map(({ name }) => name)).toEqual(['constructor', 'valueOf']);
    expect(findings.map(({ rule }) => rule)).toEqual(['unknown-option']);
  });

  it('is never run', () => {
    const { graph } = read(`globalThis.wasRun = true;\n${sample}`);
    expect(graph.nodes.length).toBeGreaterThan(0);
    expect('wasRun' in globalThis).toBe(false);
  });
});

describe('a graph of 10,000 nodes', () => {
  it('is read whole', () => {
    const nodes = Array.from({ length: 10_000 }, (_, at) => `n${at}: code(({ state }) => ({ a: state.a + 1 })),`);
    const edges = Array.from({ length: 9_999 }, (_, at) => `edge('n${at}', 'n${at + 1}'),`);
    const { graph, findings } = read(`import { agent, code, edge, end, start } from 'atelier';
import { z } from 'zod';
export default agent({ state: { a: z.number() } }, { nodes: { ${nodes.join('\n')} }, edges: [start('n0'), ${edges.join('\n')} end('n9999')] });`);
    expect(findings).toEqual([]);
    expect([graph.nodes.length, graph.edges.length]).toEqual([10_000, 10_001]);
  });
});
