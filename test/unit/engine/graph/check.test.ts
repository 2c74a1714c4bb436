// What a check finds, and what it must not: two writers of one step above all, and that one mistake is told once.
import { describe, expect, it } from 'vitest';
import { exclude } from '#engine/graph/check-writers';
import { readAgent } from '#engine/graph/read';

const head = `import { agent, append, attempt, branch, code, edge, end, input, llm, loop, map, merge, otherwise, start, sum, tool, undoable, weighted, when } from 'atelier';
import { z } from 'zod';
`;
const read = (
  nodes: string,
  edges: string,
  state = 'a: z.string(), b: z.string(), list: append(z.string()), n: sum()',
) =>
  readAgent(
    'agents/a.agent.ts',
    `${head}export default agent({ state: { ${state} } }, { nodes: { ${nodes} }, edges: [${edges}] });`,
  ).findings;
const texts = (findings: ReturnType<typeof read>): string[] =>
  findings.map(({ severity, rule }) => `${severity} ${rule}`);
/** Nodes that each write `a`, or what is said. */
const writers = (...names: string[]): string =>
  names.map((name) => `${name}: code(() => ({ a: '${name}' }))`).join(', ');
const quiet = (name: string): string => `${name}: code(() => {})`;

describe('two writers of one step', () => {
  it.each([
    ['targets of one start', writers('x', 'y'), "start('x', 'y'), end('x'), end('y')"],
    [
      'targets of one edge',
      `${quiet('s')}, ${writers('x', 'y')}`,
      "start('s'), edge('s', ['x', 'y']), end('x'), end('y')",
    ],
    [
      'targets of two edges',
      `${quiet('s')}, ${writers('x', 'y')}`,
      "start('s'), edge('s', 'x'), edge('s', 'y'), end('x'), end('y')",
    ],
    [
      'two steps after a fan-out',
      `${quiet('s')}, ${quiet('p')}, ${quiet('q')}, ${writers('x', 'y')}`,
      "start('s'), edge('s', ['p', 'q']), edge('p', 'x'), edge('q', 'y'), end('x'), end('y')",
    ],
    [
      'what a condition leads to, beside what is always taken',
      `${quiet('s')}, ${writers('x', 'y')}`,
      "start('s'), edge('s', 'x'), edge('s', 'y', when(({ state }) => state.b === '')), end('x'), end('y')",
    ],
    [
      'keys of `to`',
      `x: llm({ model: 'scripted/x', prompt: 'Hi', to: 'a' }), ${writers('y')}`,
      "start('x', 'y'), end('x'), end('y')",
    ],
    [
      'what is inside of nodes',
      `x: attempt({ one: undoable(code(() => ({ a: 'x' })), code(() => {})) }), ${writers('y')}`,
      "start('x', 'y'), end('x'), end('y')",
    ],
  ])('%s is an error', (_what, nodes, edges) => {
    expect(texts(read(nodes, edges))).toEqual(['error two-writers']);
  });

  it.each([
    [
      'two conditions that may both hold',
      `${quiet('s')}, ${writers('x', 'y')}`,
      "start('s'), edge('s', 'x', when(({ state }) => state.a === '')), edge('s', 'y', when(({ state }) => state.b === '')), end('x'), end('y')",
    ],
    [
      'a key that is written only now and then',
      `x: code(({ state }) => { if (state.b === '') return { a: 'x' }; return {}; }), ${writers('y')}`,
      "start('x', 'y'), end('x'), end('y')",
    ],
    [
      'the items of a map, which may be none',
      `x: map('list', code(() => ({ a: 'x' }))), ${writers('y')}`,
      "start('x', 'y'), end('x'), end('y')",
    ],
  ])('%s is a warning', (_what, nodes, edges) => {
    expect(texts(read(nodes, edges))).toEqual(['warning two-writers']);
  });

  it.each([
    ['one after the other', writers('x', 'y'), "start('x'), edge('x', 'y'), end('y')"],
    [
      'ways of a branch',
      `s: branch(() => 'x', { x: 'x', y: 'y' }), ${writers('x', 'y')}`,
      "start('s'), end('x'), end('y')",
    ],
    [
      'ways by weight',
      `${quiet('s')}, ${writers('x', 'y')}`,
      "start('s'), edge('s', weighted({ x: 1, y: 1 })), end('x'), end('y')",
    ],
    [
      'a condition and otherwise',
      `${quiet('s')}, ${writers('x', 'y')}`,
      "start('s'), edge('s', 'x', when(({ state }) => state.a === '')), edge('s', 'y', otherwise), end('x'), end('y')",
    ],
    [
      'conditions that exclude one another',
      `${quiet('s')}, ${writers('x', 'y', 'w')}`,
      "start('s'), edge('s', 'x', when(({ state }) => state.b === 'x')), edge('s', 'y', when(({ state }) => state.b === 'y')), edge('s', 'w', when(({ state }) => state.b === 'w')), end('x'), end('y'), end('w')",
    ],
    [
      'a condition and its opposite',
      `${quiet('s')}, ${writers('x', 'y')}`,
      "start('s'), edge('s', 'x', when(({ state }) => !state.b)), edge('s', 'y', when(({ state }) => state.b)), end('x'), end('y')",
    ],
    [
      'keys with a reducer',
      'x: code(() => ({ list: [], n: 1 })), y: code(() => ({ list: [], n: 1 }))',
      "start('x', 'y'), end('x'), end('y')",
    ],
    [
      'different keys',
      "x: code(() => ({ a: 'x' })), y: code(() => ({ b: 'x' }))",
      "start('x', 'y'), end('x'), end('y')",
    ],
    [
      'ways of different length',
      `${quiet('s')}, ${quiet('p')}, ${writers('x', 'y')}`,
      "start('s'), edge('s', ['p', 'y']), edge('p', 'x'), end('x'), end('y')",
    ],
    [
      'functions that are called later',
      `x: code(() => { const f = () => { return { a: 'x' }; }; f(); }), ${writers('y')}`,
      "start('x', 'y'), end('x'), end('y')",
    ],
  ])('%s is none', (_what, nodes, edges) => {
    expect(texts(read(nodes, edges))).toEqual([]);
  });

  it('is found among 3,000 targets of one node', () => {
    const names = Array.from({ length: 3000 }, (_, at) => `n${at}`);
    const nodes = `${quiet('s')}, ${names.map((name) => quiet(name)).join(', ')}, ${writers('x', 'y')}`;
    const edges = `start('s'), edge('s', [${names.map((name) => `'${name}', `).join('')} 'x', 'y']), ${names.map((name) => `end('${name}'), `).join('')} end('x'), end('y')`;
    expect(texts(read(nodes, edges))).toEqual(['error two-writers']);
  });
});

describe('conditions that exclude one another', () => {
  it.each([
    ['a', '!a', true],
    ['a && b', '!(a && b)', true],
    ["s.x === 'a'", "s.x === 'b'", true],
    ['s.x === 1', 's.x !== 1', true],
    ['s.x < 3', 's.x >= 3', true],
    ['s.x > 3', 's.x <= 3', true],
    ['s.x < 3', 's.x > 3', true],
    ['s.x < 3', 's.x === 3', true],
    ["s.x === 'a'", "s.x === 'a'", false],
    ['s.x === a', 's.x === b', false],
    ['s.x < 3', 's.x < 4', false],
    ['s.x <= 3', 's.x >= 3', false],
    ['s.x === 1 || s.y', 's.x === 2', false],
    ['s.x === 1', 's.y === 2', false],
    ['', '', false],
  ])('%s | %s: %s', (one, two, isSo) => {
    expect([exclude(one, two), exclude(two, one)]).toEqual([isSo, isSo]);
  });
});

describe('one mistake', () => {
  it('is told once', () => {
    expect(texts(read(writers('x', 'y'), "start('x'), edge('x', 'yy'), end('y')"))).toEqual(['error unknown-node']);
    expect(texts(read(writers('x', 'y'), "start('x'), edge('xx', 'y'), end('y')"))).toEqual(['error unknown-node']);
    expect(texts(read(writers('x'), 'start(name), end("x")'))).toEqual(['error unreadable']);
    expect(texts(read('...others, x: code(() => {})', "start('y'), edge('y', 'x'), end('x')"))).toEqual([
      'error unreadable',
    ]);
    expect(texts(read(`${writers('x')}, y: make()`, "start('x'), edge('x', 'y'), end('y')"))).toEqual([
      'error unreadable',
    ]);
  });

  it('is told for the first of those it cuts off', () => {
    const chain = ['p', 'q', 'r'];
    const found = read(
      `${quiet('s')}, ${chain.map((name) => quiet(name)).join(', ')}`,
      "start('s'), end('s'), edge('p', 'q'), edge('q', 'r'), end('r')",
    );
    expect(found.map(({ message }) => message)).toEqual(['No way leads from the start to "p" (nor 2 behind it).']);
    const round = read(
      `${quiet('s')}, ${chain.map((name) => quiet(name)).join(', ')}`,
      "start('s'), end('s'), edge('s', 'p'), edge('p', 'q'), edge('q', 'r'), edge('r', 'p')",
    );
    expect(round.map(({ message }) => message)).toEqual(['From "p" (nor 2 behind it) no way leads to an end.']);
  });
});

describe('code that no journal sees', () => {
  const impure = (code: string): string[] =>
    read(`x: code(${code})`, "start('x'), end('x')").map(({ rule, message }) => `${rule} ${message}`);

  it.each([
    'Date.now()',
    'new Date()',
    'Math.random()',
    'fetch("x")',
    'process.env.X',
    'crypto.randomUUID()',
    'performance.now()',
  ])('%s is a warning', (text) => {
    expect(impure(`async () => { const later = () => ${text}; return { a: String(later()) }; }`)).toHaveLength(1);
  });

  it.each(['new Date(0)', 'Date.parse("x")', 'Math.max(1, 2)', 'tools.fetch("x")', 'state.process.env', 'now()'])(
    '%s is none',
    (text) => {
      expect(impure(`async ({ now, tools, state }) => ({ a: String(${text}) })`)).toEqual([]);
    },
  );

  it('leaves what the file calls so itself', () => {
    expect(
      impure('async ({ fetch }) => { const process = { env: 1 }; return { a: String(fetch(process.env)) }; }'),
    ).toEqual([]);
  });
});
