// Reads an agent file as a graph, from its text alone: nothing of it is run.
import { parseSync, type CallExpression, type Expression, type OxcError, type Program } from 'oxc-parser';
import type { AgentGraph, Finding, GraphKey, GraphNode } from '#contract/agent';
import { checkGraph } from './check.ts';
import { jsonOf, type Member } from './literals.ts';
import { ModuleScope } from './module-scope.ts';
import { tooMuchAt } from './nesting.ts';
import { budget } from './node-options.ts';
import { didYouMean } from './did-you-mean.ts';
import { readEdges } from './read-edges.ts';
import { readNodes } from './read-nodes.ts';
import { checkMembers } from './read-options.ts';
import { readState } from './read-state.ts';
import { readTools } from './read-tools.ts';
import { Reading, type LocalAgents } from './reading.ts';
import { SourceText } from './source-text.ts';

export interface ReadAgent {
  /** What could be read, also where something is wrong. */
  readonly graph: AgentGraph;
  /** In the order of the file. */
  readonly findings: readonly Finding[];
}

const empty: AgentGraph = { keys: [], nodes: [], edges: [], tools: [] };
const twoObjects = 'Write `export default agent({ state: { … } }, { nodes: { … }, edges: [ … ] })`.';
const headOptions = ['state', 'tools', 'description', 'version', 'migrate', 'budget', 'maxSteps'];

/**
 * `file` is relative to the workspace. Never throws, whatever the text is; text that would overflow the parser is a finding. Linear in the
 * length of the text.
 */
export function readAgent(file: string, text: string): ReadAgent {
  const source = new SourceText(file, text);
  const tooMuch = tooMuchAt(text);
  if (tooMuch !== undefined) {
    const cause = 'The file is too large, or nested too deeply here, to be read as a graph.';
    const suggestion =
      'Split it: an agent can be a node of another (`subgraph`), and data belongs in a file of its own.';
    return {
      graph: empty,
      findings: [source.finding('too-large', { start: tooMuch, end: tooMuch }, cause, suggestion)],
    };
  }
  const { program, errors } = parseSync('agent.ts', text, { lang: 'ts', sourceType: 'module', preserveParens: false });
  const wrong = errors.filter(({ severity }) => isError(severity)).map((error) => syntaxFinding(source, error));
  const { graph, findings } = readProgram(source, program, wrong.length > 0);
  const sorted = [...wrong, ...findings].toSorted((one, two) => one.line - two.line || one.column - two.column);
  return { graph, findings: sorted };
}

/** The parser's own type of it is an enum that has no values at run time. */
function isError(severity: string): boolean {
  return severity === 'Error';
}

function syntaxFinding(source: SourceText, error: OxcError): Finding {
  const [label] = error.labels;
  const span = label ?? { start: 0, end: 0 };
  const hint = error.helpMessage ?? undefined;
  return source.finding('syntax', span, `${error.message.replace(/\.$/u, '')}.`, hint);
}

function readProgram(source: SourceText, program: Program, isBroken: boolean): ReadAgent {
  const scope = new ModuleScope(program);
  const inner: Finding[] = [];
  const reading = new Reading(source, scope, localAgents(source, scope, inner));
  const { exported } = scope;
  const top = { start: 0, end: 0 };
  if (exported === undefined) {
    // Where the text is no TypeScript, that is enough to be told.
    if (!isBroken) reading.report('no-agent', top, 'The file has no default export.', twoObjects);
    return { graph: empty, findings: reading.findings };
  }
  const call = scope.resolve(exported);
  if (call.type !== 'CallExpression' || scope.nameIn('atelier', call.callee) !== 'agent') {
    const local = call.type === 'CallExpression' && call.callee.type === 'Identifier' ? call.callee.name : '';
    const isMissing = local === 'agent' && !scope.imports.has('agent');
    const cause = isMissing ? '`agent` is not imported.' : 'The default export is not an agent.';
    reading.report('no-agent', exported, cause, isMissing ? "Write `import { agent } from 'atelier'`." : twoObjects);
    return { graph: empty, findings: reading.findings };
  }
  const graph = readCall(reading, call);
  return { graph, findings: [...reading.findings, ...inner] };
}

/** Agents in agents are read this deep; so many nodes are shown inside others. */
const deepest = 16;
const mostShown = 5000;

/** Reads each agent that stands as a node in others once, however often it stands there; what is wrong in it goes to `findings`. */
function localAgents(source: SourceText, scope: ModuleScope, findings: Finding[]): LocalAgents {
  const known = new Map<CallExpression, AgentGraph | undefined>();
  const sizes = new Map<AgentGraph, number>();
  const sizeOf = (node: GraphNode): number =>
    node.children.reduce((sum, child) => sum + sizeOf(child), 1 + (sizes.get(node.agent?.graph ?? empty) ?? 0));
  let depth = 0;
  let shown = 0;
  const locals: LocalAgents = (call) => {
    if (!known.has(call)) {
      // What asks for it meanwhile is inside it.
      known.set(call, undefined);
      if (depth >= deepest) return undefined;
      depth += 1;
      const reading = new Reading(source, scope, locals);
      const graph = readCall(reading, call);
      depth -= 1;
      findings.push(...reading.findings);
      known.set(call, graph);
      sizes.set(
        graph,
        graph.nodes.reduce((sum, node) => sum + sizeOf(node), 0),
      );
    }
    const graph = known.get(call);
    shown += graph === undefined ? 0 : (sizes.get(graph) ?? 0);
    return shown > mostShown ? undefined : graph;
  };
  return locals;
}

function readCall(reading: Reading, call: CallExpression): AgentGraph {
  const [head, parts, more] = call.arguments.flatMap((one) => (one.type === 'SpreadElement' ? [] : [one]));
  if (head === undefined || more !== undefined) {
    reading.report('no-agent', call, '`agent` takes two objects: what it holds, and its graph.', twoObjects);
    return empty;
  }
  const first = membersIn(reading, head, 'the head of the agent');
  const isOne = parts === undefined;
  if (isOne) {
    const together = first.members.has('nodes') || first.members.has('edges');
    const cause = together
      ? 'The nodes and edges stand in one object with the state.'
      : '`agent` was given no graph: nodes and edges are missing.';
    reading.report('one-object', head, cause, twoObjects);
  }
  const second = isOne ? first : membersIn(reading, parts, 'the graph of the agent');
  for (const [name, { nameSpan }] of first.members) {
    const known = isOne ? [...headOptions, 'nodes', 'edges'] : headOptions;
    if (known.includes(name)) continue;
    const belongs =
      name === 'nodes' || name === 'edges' ? 'It belongs into the second object.' : didYouMean(name, known, '');
    reading.report('unknown-option', nameSpan, `The agent does not know the option \`${name}\`.`, belongs);
  }
  return readParts(reading, head, first, parts ?? head, second, isOne);
}

interface Named {
  readonly members: ReadonlyMap<string, Member>;
  readonly whole: boolean;
}

function membersIn(reading: Reading, expression: Expression, what: string): Named {
  const object = reading.object(expression, what, twoObjects);
  return { members: new Map(object?.list.map((member) => [member.name, member])), whole: object?.whole ?? false };
}

function readParts(
  reading: Reading,
  head: Expression,
  first: Named,
  graph: Expression,
  second: Named,
  isOne: boolean,
): AgentGraph {
  const member = (name: string): Expression | undefined => first.members.get(name)?.value;
  const state = member('state');
  if (state === undefined && first.whole)
    reading.report(
      'missing-option',
      head,
      'The agent has no `state`.',
      'Add it: `state: { question: input(z.string()) }`.',
    );
  const readKeys = state === undefined ? { keys: [], whole: false } : readState(reading, state);
  if (readKeys.whole) reading.keys = new Map(readKeys.keys.map((key) => [key.name, key]));
  const toolsAt = member('tools');
  const readNames = toolsAt === undefined ? { tools: [], whole: first.whole } : readTools(reading, toolsAt);
  if (readNames.whole) reading.tools = new Set(readNames.tools.map(({ name }) => name));
  checkBudget(reading, member('budget'), first.members.get('maxSteps'));
  const nodesAt = second.members.get('nodes')?.value;
  const edgesAt = second.members.get('edges')?.value;
  const missing = (name: string): void => {
    if (second.whole && !isOne) reading.report('missing-option', graph, `The graph has no \`${name}\`.`, twoObjects);
  };
  if (nodesAt === undefined) missing('nodes');
  if (edgesAt === undefined) missing('edges');
  const nodes =
    nodesAt === undefined
      ? { nodes: [], ways: [], open: new Set<string>(), whole: false }
      : readNodes(reading, nodesAt);
  const edges = edgesAt === undefined ? { edges: [], whole: false } : readEdges(reading, edgesAt);
  const keys: readonly GraphKey[] = readKeys.keys;
  // Without its two objects, what is missing would be said twice.
  if (!isOne || nodes.nodes.length > 0) checkGraph(reading, { keys, nodes, edges, span: edgesAt ?? graph });
  return {
    keys,
    nodes: nodes.nodes.map(({ node }) => node),
    edges: [...edges.edges, ...nodes.ways].map(({ edge }) => edge),
    tools: readNames.tools,
    ...textOption(reading, 'version', member('version')),
    ...textOption(reading, 'description', member('description')),
  };
}

function checkBudget(reading: Reading, expression: Expression | undefined, maxSteps: Member | undefined): void {
  const members = [];
  if (expression !== undefined && reading.scope.resolve(expression).type === 'ObjectExpression') {
    const object = reading.object(expression, 'the budget of the agent', 'Write it as an object.');
    if (object !== undefined) checkMembers(reading, object.list, budget, 'The budget of the agent');
  }
  if (maxSteps !== undefined) members.push(maxSteps);
  const whole = {
    maxSteps: (value: unknown) =>
      Number.isSafeInteger(value) && Number(value) > 0 ? undefined : 'is not a whole number from 1 on',
  };
  checkMembers(reading, members, whole, 'the agent');
}

function textOption<Name extends 'version' | 'description'>(
  reading: Reading,
  name: Name,
  expression: Expression | undefined,
): Partial<Record<Name, string>> {
  const value = expression === undefined ? undefined : jsonOf(expression, reading.scope);
  if (value !== undefined && typeof value !== 'string' && expression !== undefined)
    reading.report('bad-option', expression, `The ${name} of the agent is not a text.`, 'Put it into quotes.');
  const named: Partial<Record<Name, string>> = {};
  if (typeof value === 'string') named[name] = value;
  return named;
}
