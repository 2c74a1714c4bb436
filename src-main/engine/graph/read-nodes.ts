// Reads the nodes of an agent: their kinds, options and the nodes inside them.
import type { Argument, CallExpression, Expression } from 'oxc-parser';
import { nodeKinds, type GraphEdge, type GraphNode, type NodeKind } from '#contract/agent';
import type { Json } from '#contract/turn';
import type { Member } from './literals.ts';
import { jsonOf } from './literals.ts';
import { didYouMean } from './did-you-mean.ts';
import { readOptions, checkKey, checkPurity, checkTools, readPatch, type ReadOptions } from './read-options.ts';
import { checkSchema } from './read-state.ts';
import { fileOf } from './read-tools.ts';
import type { ReadEdge, Reading, ReadNode } from './reading.ts';
import type { Span } from './source-text.ts';

export interface ReadNodes {
  readonly nodes: readonly ReadNode[];
  /** Ways of branches. */
  readonly ways: readonly ReadEdge[];
  /** Nodes whose ways on cannot all be read. */
  readonly open: ReadonlySet<string>;
  readonly whole: boolean;
}

/** Nodes inside nodes, and those that are more than one deep: more is taken for a circle of constants. */
const deepest = 32;
const mostDeep = 20_000;

export function readNodes(reading: Reading, expression: Expression): ReadNodes {
  const written = 'Write them as an object: `nodes: { research: llm({ … }) }`.';
  const object = reading.object(expression, 'the nodes', written);
  if (object === undefined) return { nodes: [], ways: [], open: new Set(), whole: false };
  const reader = new NodeReader(reading);
  const nodes: ReadNode[] = [];
  for (const member of object.list) {
    if (member.name === 'start' || member.name === 'end') {
      const cause = `"${member.name}" stands for the ${member.name} of the graph, so no node may be called so.`;
      reading.report('reserved-name', member.nameSpan, cause, `Call it "${member.name}_" or what it does.`);
    }
    const node = reader.top(member);
    if (node !== undefined) nodes.push(node);
  }
  return { nodes, ways: reader.ways, open: reader.open, whole: object.whole && nodes.length === object.list.length };
}

/** What a call says, by its place among the arguments. */
interface Parts {
  readonly kind: NodeKind;
  readonly call: CallExpression;
  readonly argument: (at: number) => Expression | undefined;
}

class NodeReader {
  readonly ways: ReadEdge[] = [];
  readonly open = new Set<string>();
  readonly #reading: Reading;
  #deep = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  top({ name, value, span }: Member): ReadNode | undefined {
    const parts = this.#parts(value, name);
    if (parts?.kind === 'branch') this.#readWays(name, parts);
    return parts === undefined ? undefined : this.#read(name, parts, span, 0);
  }

  /** The constructor that a node is made by; undefined, with a finding, where it cannot be told. */
  #parts(value: Expression, name: string): Parts | undefined {
    const { scope } = this.#reading;
    const call = scope.resolve(value);
    const made = call.type === 'CallExpression' ? scope.nameIn('atelier', call.callee) : undefined;
    const kind = nodeKinds.find((one) => one === made);
    if (call.type === 'CallExpression' && kind !== undefined) {
      const plain = call.arguments.filter((one: Argument): one is Expression => one.type !== 'SpreadElement');
      if (plain.length === call.arguments.length) return { kind, call, argument: (at) => plain[at] };
    }
    const [cause, suggestion] = this.#notANode(call, name);
    this.#reading.report('unreadable', value, cause, suggestion);
    return undefined;
  }

  #notANode(at: Expression, name: string): readonly [string, string] {
    const { scope } = this.#reading;
    if (at.type === 'ArrowFunctionExpression' || at.type === 'FunctionExpression')
      return [`"${name}" is a function, not a node.`, 'Wrap it: `code(…)`.'];
    const local = at.type === 'CallExpression' && at.callee.type === 'Identifier' ? at.callee.name : undefined;
    const kinds = nodeKinds.map((kind) => `\`${kind}\``).join(', ');
    if (local !== undefined && nodeKinds.some((kind) => kind === local) && !scope.imports.has(local))
      return [`\`${local}\` is not imported.`, `Write \`import { ${local} } from 'atelier'\`.`];
    if (local !== undefined && scope.imports.get(local)?.module === 'atelier')
      return [`\`${local}\` does not make a node.`, didYouMean(local, nodeKinds, '')];
    return [
      `What "${name}" is can only be known by running the file.`,
      `Call the constructor of a node here, or in a constant of this file: ${kinds}.`,
    ];
  }

  #read(name: string, parts: Parts, span: Span, depth: number): ReadNode {
    const { kind, call } = parts;
    const { options, positional } = places[kind];
    const read = readOptions(this.#reading, kind, parts.argument(options), name, call);
    const keys = new Map<string, 'always' | 'sometimes'>();
    const children = this.#children(name, parts, read, keys, depth);
    this.#checkFunctions(name, parts, read);
    this.#checkNames(name, kind, parts, read);
    this.#addWrites(name, kind, parts, read, keys);
    const literals: Record<string, Json> = { ...read.literals };
    const first = parts.argument(0);
    const value = positional === undefined || first === undefined ? undefined : jsonOf(first, this.#reading.scope);
    if (positional !== undefined && value !== undefined) literals[positional] = value;
    const agent = kind === 'subgraph' ? this.#agentOf(first) : {};
    const node: GraphNode = { name, kind, range: this.#reading.range(span), options: literals, children, ...agent };
    return { node, writes: { keys } };
  }

  #agentOf(first: Expression | undefined): Pick<GraphNode, 'agent'> {
    const { scope, locals } = this.#reading;
    const at = first === undefined ? undefined : scope.resolve(first);
    const isLocal = at?.type === 'CallExpression' && scope.nameIn('atelier', at.callee) === 'agent';
    const graph = isLocal ? locals(at) : undefined;
    const file = at?.type === 'Identifier' ? fileOf(this.#reading, at.name) : undefined;
    const more = { ...(file === undefined ? {} : { file }), ...(graph === undefined ? {} : { graph }) };
    if (first?.type === 'Identifier') return { agent: { name: first.name, ...more } };
    return graph === undefined ? {} : { agent: { name: 'agent', graph } };
  }

  /** Adds what the nodes inside write to `keys`: it becomes the patch of this node. */
  #children(
    name: string,
    parts: Parts,
    read: ReadOptions,
    keys: Map<string, 'always' | 'sometimes'>,
    depth: number,
  ): GraphNode[] {
    const children: GraphNode[] = [];
    const add = (child: string, value: Expression | undefined, always: boolean): void => {
      const inner = value === undefined ? undefined : this.#child(`${name}.${child}`, child, value, depth + 1);
      if (inner === undefined) return;
      children.push(inner.node);
      for (const [key, how] of inner.writes.keys)
        if (keys.get(key) !== 'always') keys.set(key, always ? how : 'sometimes');
    };
    if (parts.kind === 'map') add('each', parts.argument(1), false);
    if (parts.kind === 'loop') add('body', parts.argument(1), false);
    if (parts.kind !== 'attempt') return children;
    for (const { name: part, value } of this.#attempt(name, parts)) {
      const at = this.#reading.scope.resolve(value);
      const undoable =
        at.type === 'CallExpression' && this.#reading.scope.nameIn('atelier', at.callee) === 'undoable'
          ? at
          : undefined;
      const [node, undo] = (undoable?.arguments ?? [value]).filter((one) => one.type !== 'SpreadElement');
      add(`try.${part}`, node, true);
      add(`undo.${part}`, undo, false);
    }
    add('catch', read.members.get('catch')?.value, false);
    add('finally', read.members.get('finally')?.value, true);
    return children;
  }

  #attempt(name: string, parts: Parts): readonly Member[] {
    const first = parts.argument(0);
    const written = 'Write them as an object: `attempt({ reserve: undoable(…, …), pay: … })`.';
    return first === undefined ? [] : (this.#reading.object(first, `the parts of "${name}"`, written)?.list ?? []);
  }

  #child(path: string, name: string, value: Expression, depth: number): ReadNode | undefined {
    if (depth > 1) this.#deep += 1;
    if (this.#deep > mostDeep + 1) return undefined;
    if (depth > deepest || this.#deep > mostDeep) {
      const cause = `"${path}" is inside itself, or nested more than ${deepest} deep.`;
      this.#reading.report('unreadable', value, cause, 'Make what is inside a subgraph of its own.');
      return undefined;
    }
    const parts = this.#parts(value, path);
    if (parts?.kind === 'branch') {
      const cause = `"${path}" is a branch, but inside a node there is nowhere to go.`;
      this.#reading.report('inner-branch', value, cause, 'Put what branches into an agent of its own, as a subgraph.');
    }
    return parts === undefined ? undefined : this.#read(name, parts, value, depth);
  }

  #readWays(name: string, parts: Parts): void {
    const ways = parts.argument(1);
    const written = `Write them as an object: \`branch(…, { yes: 'a', no: 'b' })\`.`;
    const object = ways === undefined ? undefined : this.#reading.object(ways, `the ways of "${name}"`, written);
    if (ways === undefined)
      this.#reading.report('missing-option', parts.call, `The branch "${name}" has no ways.`, written);
    if (object?.whole !== true) this.open.add(name);
    if (object?.whole === true && object.list.length === 0 && ways !== undefined)
      this.#reading.report('bad-option', ways, `The branch "${name}" has no ways.`, written);
    for (const { name: label, value, span } of object?.list ?? []) {
      const to = jsonOf(value, this.#reading.scope);
      if (typeof to !== 'string') {
        this.open.add(name);
        const cause = `Where "${label}" leads can only be known by running the file.`;
        this.#reading.report('unreadable', value, cause, "Write the name of a node, or 'end'.");
        continue;
      }
      const edge: GraphEdge = { from: name, to, kind: 'branch', label, range: this.#reading.range(span) };
      this.ways.push({ edge, fromSpan: span, toSpan: value });
    }
  }

  #checkFunctions(name: string, { kind, argument }: Parts, read: ReadOptions): void {
    const functions = [...read.members.values()]
      .filter((member) => !['catch', 'finally', 'schema'].includes(member.name))
      .map((member) => member.value);
    const first = argument(0);
    if (first !== undefined && (kind === 'code' || kind === 'branch')) functions.push(first);
    for (const one of functions) checkPurity(this.#reading, one, name);
  }

  #checkNames(name: string, kind: NodeKind, { argument }: Parts, read: ReadOptions): void {
    const reading = this.#reading;
    for (const option of ['to', 'over']) {
      const member = read.members.get(option);
      if (member !== undefined) checkKey(reading, read.literals[option], member.value, name);
    }
    const first = argument(0);
    if (kind === 'map' && first !== undefined) checkKey(reading, jsonOf(first, reading.scope), first, name);
    if (kind === 'human' && first !== undefined) checkSchema(reading, first, `The form of "${name}"`);
    const schema = read.members.get('schema');
    if (schema !== undefined) checkSchema(reading, schema.value, `The answer of "${name}"`);
    for (const option of ['use', 'tools']) {
      const member = read.members.get(option);
      if (member !== undefined) checkTools(reading, read.literals[option], member.value, name);
    }
  }

  #addWrites(
    name: string,
    kind: NodeKind,
    { argument }: Parts,
    read: ReadOptions,
    keys: Map<string, 'always' | 'sometimes'>,
  ): void {
    const { to } = read.literals;
    if (typeof to === 'string') keys.set(to, 'always');
    const patch = kind === 'code' ? argument(0) : read.members.get('result')?.value;
    const returned = patch === undefined ? undefined : readPatch(this.#reading, patch, name);
    for (const { member, always } of returned?.members ?? [])
      if (keys.get(member.name) !== 'always') keys.set(member.name, always ? 'always' : 'sometimes');
  }
}

/** Where a constructor takes its options, and as what its first argument is shown where that is a literal. */
const places: Readonly<Record<NodeKind, { readonly options: number; readonly positional?: string }>> = {
  code: { options: 1 },
  llm: { options: 0 },
  tool: { options: 0 },
  toolLoop: { options: 0 },
  branch: { options: 2 },
  map: { options: 2, positional: 'over' },
  loop: { options: 0 },
  subgraph: { options: 1 },
  human: { options: 1 },
  wait: { options: 0 },
  attempt: { options: 1 },
};
