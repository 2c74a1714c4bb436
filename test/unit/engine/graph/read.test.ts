// Reading agent files: every way to write one gives the same graph, places are exact, and nothing makes the reader throw.
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AgentGraph, GraphNode } from '#contract/agent';
import { readAgent } from '#engine/graph/read';

const resources = join(import.meta.dirname, '../../../../resources');
const read = (text: string) => readAgent('agents/a.agent.ts', text);
const rulesOf = (text: string): string[] => read(text).findings.map(({ rule }) => rule);
const edgesOf = ({ edges }: AgentGraph): string[] =>
  edges.map(({ from, to, kind, label }) => `${from} ${kind}${label === undefined ? '' : `(${label})`} ${to}`);

const head = `import { agent, append, attempt, branch, code, edge, end, human, input, llm, loop, map, messages, otherwise, start, subgraph, tool, undoable, wait, weighted, when } from 'atelier';
import { z } from 'zod';
`;

describe('ways to write an agent', () => {
  const plain = `export default agent({ state: { a: z.string() } }, { nodes: { one: code(() => ({ a: 'x' })) }, edges: [start('one'), end('one')] });`;
  const shape = (text: string) => {
    const { graph, findings } = read(text);
    return {
      findings,
      keys: graph.keys.map(({ name, channel }) => `${name} ${channel}`),
      nodes: graph.nodes.map(({ name, kind }) => `${name} ${kind}`),
      edges: edgesOf(graph),
    };
  };
  const wanted = { findings: [], keys: ['a last'], nodes: ['one code'], edges: ['start plain one', 'one plain end'] };

  it.each([
    ['as it is', head + plain],
    ['with Windows lines', (head + plain).replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\uFEFF${head}${plain}`],
    ['with a hash-bang', `#!/usr/bin/env node\n${head}${plain}`],
    ['by a name', `${head}const x = ${plain.replace('export default ', '')}\nexport default x;`],
    ['by an export list', `${head}const x = ${plain.replace('export default ', '')}\nexport { x as default };`],
    ['in parentheses, as const', `${head}${plain.replace('agent(', '((agent(').replace(/;$/, ') as const);')}`],
    ['with satisfies', `${head}${plain.replace('{ nodes', '({ nodes').replace('});', '} satisfies object)!);')}`],
    [
      'with other names for the imports',
      `import { agent as make, code as run, edge as go, end as stop, start as begin } from 'atelier'; import { z as zod } from 'zod';
export default make({ state: { a: zod.string() } }, { nodes: { one: run(() => ({ a: 'x' })) }, edges: [begin('one'), stop('one')] });`,
    ],
    [
      'with a namespace',
      `import * as at from 'atelier'; import * as z from 'zod';
export default at.agent({ state: { a: z.string() } }, { nodes: { one: at.code(() => ({ a: 'x' })) }, edges: [at.start('one'), at.end('one')] });`,
    ],
    [
      'with constants and spreads',
      `${head}const first = 'one'; const A = z.string(); const state = { a: A }; const base = { one: code(run) }; const all = [end(first)];
async function run() { return { a: 'x' }; }
const one = base.one;
export default agent({ state: { ...state } }, { nodes: { ...base }, edges: [start(\`\${first}\`), ...all] });`,
    ],
    [
      'with shorthand, quotes and comments with code in them',
      `${head}/* export default agent({}, { nodes: { two: code() } }) */
const one = code(() => { return { a: '}' }; }); // edge('one', 'two')
const state = { "a": z.string() }, edges = [start("one"), /* start('two'), */ end('one')];
export default agent({ state }, { nodes: { /* two */ one, }, edges, });`,
    ],
    ['without semicolons', (head + plain).replaceAll(';', '')],
    ['in one line', (head + plain).replaceAll('\n', ' ')],
  ])('%s', (_name, text) => {
    expect(shape(text)).toEqual(wanted);
  });
});

describe('what a node is', () => {
  it('reads options, children, agents and files', () => {
    const { graph, findings } = read(`${head}
import other from './other.agent.ts';
import { pay as charge } from '../tools/pay';
const retry = { max: 2, first: '1s' } as const;
const models = { fast: 'scripted/fast' };
export default agent(
  { version: '2', description: \`An agent\`, state: { q: input(z.string()), list: append(z.string()), out: z.string().default(''), talk: messages() }, tools: { charge } },
  { nodes: {
    ask: llm({ model: models.fast, system: 'a' + 'b', prompt: ({ state }) => state.q, to: 'out', retry, maxTokens: 10 * 10 }),
    each: map('list', llm({ model: 'scripted/x', prompt: 'Hi' }), { atOnce: 3 }),
    again: loop({ while: ({ state }) => state.out === '', max: 5 }, code(() => {})),
    saga: attempt({ pay: undoable(tool({ use: 'charge', input: {} }), code(() => {})), tell: code(() => {}) }, { catch: code(() => {}), finally: code(() => {}) }),
    inner: subgraph(other, { input: () => ({}) }),
    sleep: wait({ for: '1h' }),
    yes: human(z.object({ ok: z.boolean() }), { ask: 'Well?' }),
    go: branch(() => 'a', { a: 'ask', done: 'end' }),
  }, edges: [start('ask'), edge('ask', ['each', 'again']), edge(['each', 'again'], 'saga'), edge('saga', weighted({ inner: 1, sleep: 2.5 })), edge('inner', 'yes', when(({ state }) => state.q  ===  'x')), edge('inner', 'yes', otherwise), edge('sleep', 'yes'), edge('yes', 'go')] },
);`);
    expect(findings).toEqual([]);
    const node = (name: string): GraphNode | undefined => graph.nodes.find((one) => one.name === name);
    expect(node('ask')?.options).toEqual({
      model: 'scripted/fast',
      system: 'ab',
      to: 'out',
      retry: { max: 2, first: '1s' },
      maxTokens: 100,
    });
    expect(node('each')).toMatchObject({
      options: { over: 'list', atOnce: 3 },
      children: [{ name: 'each', kind: 'llm' }],
    });
    expect(node('again')?.children).toMatchObject([{ name: 'body', kind: 'code' }]);
    expect(node('saga')?.children.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'try.pay tool',
      'undo.pay code',
      'try.tell code',
      'catch code',
      'finally code',
    ]);
    expect(node('inner')?.agent).toEqual({ name: 'other', file: 'agents/other.agent.ts' });
    expect(graph.tools).toEqual([{ name: 'charge', file: 'tools/pay.ts' }]);
    expect(graph).toMatchObject({ version: '2', description: 'An agent' });
    expect(edgesOf(graph)).toEqual([
      'start plain ask',
      'ask plain each',
      'ask plain again',
      'each join saga',
      'again join saga',
      'saga weighted(1) inner',
      'saga weighted(2.5) sleep',
      "inner when(state.q === 'x') yes",
      'inner otherwise yes',
      'sleep plain yes',
      'yes plain go',
      'go branch(a) ask',
      'go branch(done) end',
    ]);
    expect(graph.edges.map(({ statement }) => statement)).toEqual([
      0,
      1,
      1,
      2,
      2,
      3,
      3,
      4,
      5,
      6,
      7,
      undefined,
      undefined,
    ]);
  });

  it('holds the graph of an agent of the same file, with what is wrong in it; never itself, and no more than can be shown', () => {
    const local = (body: string): string => `${head}
const inner = agent({ state: { a: z.string() } }, { nodes: { first: code(() => {}), second: code(() => {}) }, edges: [start('first'), edge('first', 'second'), ${body}] });
export default agent({ state: { a: z.string() } }, { nodes: { one: subgraph(inner, { input: () => ({ a: '' }) }), two: subgraph(inner, { input: () => ({ a: '' }) }) }, edges: [start('one'), edge('one', 'two'), end('two')] });`;
    const { graph, findings } = read(local(`end('second')`));
    expect(findings).toEqual([]);
    for (const node of graph.nodes) {
      expect(node.agent?.name).toBe('inner');
      expect(node.agent?.graph?.nodes.map(({ name }) => name)).toEqual(['first', 'second']);
      expect(edgesOf(node.agent?.graph ?? graph)).toEqual([
        'start plain first',
        'first plain second',
        'second plain end',
      ]);
    }
    const wrong = read(local(`end('third')`)).findings.filter(({ rule }) => rule === 'unknown-node');
    expect(wrong).toHaveLength(1);

    const self = read(`${head}
const x: any = agent({ state: { a: z.string() } }, { nodes: { one: subgraph(x, { input: () => ({}) }) }, edges: [start('one'), end('one')] });
export default x;`);
    expect(JSON.stringify(self.graph).length).toBeLessThan(3000);
    const many = Array.from({ length: 12 }, (_, at) => {
      const nodes = Array.from(
        { length: 8 },
        (__, n) => `n${n}: ${at === 0 ? 'code(() => {})' : `subgraph(a${at - 1}, {})`}`,
      );
      return `const a${at} = agent({ state: {} }, { nodes: { ${nodes.join(', ')} }, edges: [] });`;
    });
    expect(JSON.stringify(read(`${head}${many.join('\n')} export default a11;`).graph).length).toBeLessThan(10_000_000);
  });

  it('says where things stand, by characters, lines and columns', () => {
    const text = `${head}// 😀 ä\r\nconst s = '😀'; export default agent({ state: { a: z.string() } }, { nodes: { 'ö 😀': code(() => {}) }, edges: [start('ö 😀'), end('x')] });`;
    const { graph, findings } = read(text);
    const [node] = graph.nodes;
    expect(text.slice(node?.range.start, node?.range.end)).toBe("'ö 😀': code(() => {})");
    const last = text.split('\n')[3] ?? '';
    expect(node?.range).toMatchObject({ line: 4, column: last.indexOf("'ö") + 1 });
    const wrong = findings.find(({ rule }) => rule === 'unknown-node');
    const column = last.indexOf("'x'") + 1;
    expect(wrong).toMatchObject({ line: 4, column, endLine: 4, endColumn: column + 3 });
  });

  it('counts columns of the first line without the byte order mark', () => {
    const { findings } = read('\uFEFFexport default 3;');
    expect(findings).toMatchObject([{ rule: 'no-agent', line: 1, column: 16 }]);
  });
});

describe('what ships', () => {
  const files = ['sample', ...readdirSync(join(resources, 'templates')).map((name) => `templates/${name}`)].flatMap(
    (folder) => readdirSync(join(resources, folder, 'agents')).map((name) => join(resources, folder, 'agents', name)),
  );
  it.each(files)('%s is right', (path) => {
    const { graph, findings } = read(readFileSync(path, 'utf8'));
    expect(findings).toEqual([]);
    expect(graph.nodes.length).toBeGreaterThan(0);
    expect(graph.description).toBeDefined();
  });
});

describe('any graph', () => {
  const name = fc
    .stringMatching(/^[A-Za-zä😀_$-][\w ä😀$.-]{0,12}$/u)
    .filter((one) => !['start', 'end', '__proto__'].includes(one));
  const graph = fc.uniqueArray(name, { minLength: 1, maxLength: 20 }).chain((names) =>
    fc.record({
      names: fc.constant(names),
      kinds: fc.array(fc.constantFrom('code', 'llm', 'wait', 'map', 'human'), {
        minLength: names.length,
        maxLength: names.length,
      }),
      edges: fc.array(
        fc.record({
          from: fc.constantFrom(...names),
          to: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }),
          how: fc.constantFrom('plain', 'when', 'otherwise', 'weighted'),
        }),
        { maxLength: 40 },
      ),
      quote: fc.constantFrom("'", '"', '`'),
    }),
  );
  const made: Readonly<Record<string, string>> = {
    code: 'code(async ({ state }) => { if (state.q) { return {}; } })',
    llm: "llm({ model: 'scripted/x', prompt: 'Hi' })",
    wait: "wait({ for: '2s' })",
    map: "map('list', code(() => {}))",
    human: "human(z.object({}), { ask: 'Well?' })",
  };

  it('is read as it was written', () => {
    fc.assert(
      fc.property(graph, ({ names, kinds, edges, quote }) => {
        const text = (value: string): string =>
          quote === '"' ? JSON.stringify(value) : `${quote}${value.replaceAll('$', '\\$')}${quote}`;
        const nodes = names.map((one, at) => `${JSON.stringify(one)}: ${made[kinds[at] ?? ''] ?? ''}`);
        const statements = edges.map(({ from, to, how }) => {
          const targets = to.length === 1 ? text(to[0] ?? '') : `[${to.map((one) => text(one)).join(', ')}]`;
          if (how === 'weighted')
            return `edge(${text(from)}, weighted({ ${to.map((one) => `${JSON.stringify(one)}: 2`).join(', ')} }))`;
          const condition = { plain: '', when: ', when(({ state }) => state.q)', otherwise: ', otherwise' }[how];
          return `edge(${text(from)}, ${targets}${condition})`;
        });
        const file = `${head}export default agent({ state: { q: z.string(), list: append(z.string()) } }, { nodes: { ${nodes.join(',\n')} }, edges: [${statements.join(', ')}] });`;
        const { graph: found, findings } = read(file);
        expect(found.nodes.map((one) => `${one.name} ${one.kind}`)).toEqual(
          names.map((one, at) => `${one} ${kinds[at] ?? ''}`),
        );
        const label = { plain: '', when: '(state.q)', otherwise: '', weighted: '(2)' };
        const wanted = edges.flatMap(({ from, to, how }) => to.map((one) => `${from} ${how}${label[how]} ${one}`));
        expect(edgesOf(found)).toEqual(wanted);
        const shapes = ['unreadable', 'syntax', 'bad-edge', 'unknown-node', 'missing-option', 'bad-option'];
        expect(findings.filter(({ rule }) => shapes.includes(rule))).toEqual([]);
        for (const { range } of found.nodes) expect(nodes).toContain(file.slice(range.start, range.end));
      }),
      { numRuns: 300 },
    );
  });

  it('finds the way to the end as a search of all ways does', () => {
    const small = fc.record({
      count: fc.integer({ min: 1, max: 7 }),
      edges: fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 16 }),
      ends: fc.array(fc.nat(6), { maxLength: 3 }),
      starts: fc.array(fc.nat(6), { minLength: 1, maxLength: 2 }),
    });
    fc.assert(
      fc.property(small, ({ count, edges, ends, starts }) => {
        const at = (one: number): string => `n${one % count}`;
        const nodes = Array.from({ length: count }, (_, one) => `n${one}: code(() => {})`);
        const all = [
          ...starts.map((one) => `start('${at(one)}')`),
          ...edges.map(([from, to]) => `edge('${at(from)}', '${at(to)}')`),
          ...ends.map((one) => `end('${at(one)}')`),
        ];
        const found = rulesOf(
          `${head}export default agent({ state: {} }, { nodes: { ${nodes.join(', ')} }, edges: [${all.join(', ')}] });`,
        );
        const reach = (from: readonly string[], ways: readonly (readonly [string, string])[]): Set<string> => {
          const seen = new Set(from);
          for (let before = -1; before !== seen.size;) {
            before = seen.size;
            for (const [one, two] of ways) if (seen.has(one)) seen.add(two);
          }
          return seen;
        };
        const names = Array.from({ length: count }, (_, one) => `n${one}`);
        const ways = edges.map(([from, to]) => [at(from), at(to)] as const);
        const ended = new Set(ends.map((one) => at(one)));
        const dead = names.filter((one) => !ended.has(one) && !ways.some(([from]) => from === one));
        const reached = reach(
          starts.map((one) => at(one)),
          ways,
        );
        const out = reach(
          [...ended, ...dead],
          ways.map(([from, to]) => [to, from] as const),
        );
        expect(found.includes('dead-end')).toBe(dead.length > 0);
        expect(found.includes('unreachable-node')).toBe(names.some((one) => !reached.has(one)));
        expect(found.includes('no-way-to-end')).toBe(names.some((one) => reached.has(one) && !out.has(one)));
      }),
      { numRuns: 300 },
    );
  });
});
