// Whether a loaded definition can be run at all. Most of this is also read from the file without loading it; here nothing can hide.
import type { z } from 'zod';
import { nodeKinds } from '#contract/agent';
import type { AgentDefinition, EdgeDefinition, NodeDefinition } from '../graph/definition.ts';
import { milliseconds } from './duration.ts';
import { reservedInNames } from './path.ts';
import { failure, type RunFailure } from './run-failure.ts';

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A zod 4 schema, of whichever copy of zod. */
export function isSchema(value: unknown): value is z.ZodType {
  return isRecord(value) && '_zod' in value && typeof value.safeParse === 'function';
}

/** Throws a RunFailure "BadAgent" with the first thing that is wrong. */
export function validateDefinition(definition: AgentDefinition, inside = ''): void {
  if (!Number.isInteger(definition.maxSteps) || definition.maxSteps < 1)
    throw bad(inside, '`maxSteps` must be a whole number above 0');
  for (const [key, channel] of Object.entries(definition.state)) {
    for (const schema of [channel.schema, ...(channel.value === undefined ? [] : [channel.value])]) {
      if (!isSchema(schema)) {
        throw bad(
          inside,
          `the state key "${key}" has no zod schema`,
          'Write for instance `z.string()`, or `append(z.string())`.',
        );
      }
    }
    if (channel.channel === 'reduce' && typeof channel.reduce !== 'function') {
      throw bad(inside, `the state key "${key}" has no reducer`);
    }
  }
  for (const [name, tool] of Object.entries(definition.tools)) {
    if (!isSchema(tool.input)) throw bad(inside, `the input of the tool "${name}" is not a zod schema`);
  }
  if (Object.keys(definition.nodes).length === 0) throw bad(inside, 'it has no nodes');
  for (const [name, node] of Object.entries(definition.nodes)) {
    if (name === '' || name === 'start' || name === 'end' || reservedInNames.test(name)) {
      throw bad(inside, `"${name}" cannot be the name of a node`, 'Not: start, end, and names with / : # [ or ].');
    }
    validateNode(definition, name, node, inside);
  }
  validateEdges(definition, inside);
}

function validateNode(definition: AgentDefinition, name: string, node: NodeDefinition, inside: string): void {
  const wrong = (what: string, hint?: string) => bad(inside, `the node "${name}" ${what}`, hint);
  if (!nodeKinds.includes(node.kind))
    throw wrong('is of no kind that Atelier knows', `Kinds are: ${nodeKinds.join(', ')}.`);
  validateOptions(node, name, wrong);
  const keyed = 'over' in node && node.over !== undefined ? node.over : undefined;
  const to = 'to' in node ? node.to : undefined;
  for (const key of [keyed, to]) {
    if (key !== undefined && !Object.hasOwn(definition.state, key)) {
      throw wrong(
        `names "${key}", which is no key of the state`,
        `Keys are: ${Object.keys(definition.state).join(', ')}.`,
      );
    }
  }
  const used = node.kind === 'tool' ? [node.use] : node.kind === 'toolLoop' ? node.tools : [];
  for (const tool of used) {
    if (!Object.hasOwn(definition.tools, tool)) {
      throw wrong(`uses the tool "${tool}", which the agent does not name`, 'Put it into `tools` of the agent.');
    }
  }
  switch (node.kind) {
    case 'llm':
    case 'toolLoop':
      if (typeof node.model !== 'string' || node.model === '')
        throw wrong('names no model', "Write for instance `model: 'scripted/triage'`.");
      if (node.kind === 'llm' && node.schema !== undefined && !isSchema(node.schema))
        throw wrong('has a `schema` that is not a zod schema');
      return;
    case 'code':
      if (typeof node.run !== 'function') throw wrong('has no function to run');
      return;
    case 'human':
      if (!isSchema(node.form)) throw wrong('has a form that is not a zod schema');
      return;
    case 'wait':
      if ((node.for === undefined) === (node.until === undefined)) throw wrong('needs either `for` or `until`');
      if (typeof node.for === 'number' || typeof node.for === 'string') milliseconds(node.for, `The wait "${name}"`);
      return;
    case 'branch':
      if (node.options.cache !== undefined) throw wrong('cannot have a cache, because a branch changes nothing');
      for (const way of Object.values(node.ways))
        if (way !== 'end') known(definition, way, `a way of the branch "${name}"`, inside);
      return;
    case 'map':
      if (!(node.atOnce >= 1)) throw wrong('has an `atOnce` that is not above 0');
      return validateNode(definition, `${name}: each`, node.each, inside);
    case 'loop':
      if (node.while === undefined && node.over === undefined) throw wrong('needs `while` or `over`');
      return validateNode(definition, `${name}: body`, node.body, inside);
    case 'subgraph':
      return validateDefinition(node.agent, `${inside}${name}: `);
    case 'attempt':
      return validateAttempt(definition, name, node, inside);
    case 'tool':
      return undefined;
  }
}

function validateAttempt(
  definition: AgentDefinition,
  name: string,
  node: Extract<NodeDefinition, { readonly kind: 'attempt' }>,
  inside: string,
): void {
  for (const [part, { node: body, undo }] of Object.entries(node.parts)) {
    if (part === '' || reservedInNames.test(part))
      throw bad(inside, `"${part}" cannot be the name of a part of "${name}"`);
    validateNode(definition, `${name}: ${part}`, body, inside);
    if (undo !== undefined) validateNode(definition, `${name}: undo of ${part}`, undo, inside);
  }
  if (node.catch !== undefined) validateNode(definition, `${name}: catch`, node.catch, inside);
  if (node.finally !== undefined) validateNode(definition, `${name}: finally`, node.finally, inside);
  for (const body of [
    ...Object.values(node.parts).flatMap(({ node, undo }) => [node, undo]),
    node.catch,
    node.finally,
  ]) {
    if (body?.kind === 'branch') throw bad(inside, `"${name}" holds a branch, which leads nowhere inside an attempt`);
  }
}

function validateOptions({ options }: NodeDefinition, name: string, wrong: (what: string) => RunFailure): void {
  const { retry, timeout, cache, concurrency, budget } = options;
  const duration = (value: unknown, what: string) => {
    if (value !== undefined) milliseconds(value, `${what} of "${name}"`);
  };
  duration(timeout, 'The timeout');
  duration(budget?.time, 'The time budget');
  if (cache !== undefined) duration(cache.ttl, 'The ttl of the cache');
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency > 0)) {
    throw wrong('has a `concurrency` that is not a whole number above 0');
  }
  if (retry === undefined) return;
  if (!Number.isInteger(retry.max) || retry.max < 0) throw wrong('has a `retry.max` that is not a whole number');
  duration(retry.first, 'The first wait of the retry');
  duration(retry.limit, 'The longest wait of the retry');
}

function validateEdges(definition: AgentDefinition, inside: string): void {
  let starts = 0;
  for (const edge of definition.edges) {
    for (const name of sourcesOf(edge)) known(definition, name, 'an edge', inside);
    for (const name of targetsOf(edge)) known(definition, name, 'an edge', inside);
    if (edge.kind === 'start') starts += edge.to.length;
    if (edge.kind !== 'weighted') continue;
    const weights = Object.values(edge.ways);
    if (!weights.every((weight) => Number.isFinite(weight) && weight >= 0) || !weights.some((weight) => weight > 0)) {
      throw bad(inside, `the weights out of "${edge.from}" must be numbers from 0, and one above it`);
    }
  }
  if (starts === 0) throw bad(inside, 'nothing says where it starts', 'Put `start(…)` among the edges.');
}

function sourcesOf(edge: EdgeDefinition): readonly string[] {
  if (edge.kind === 'start') return [];
  return typeof edge.from === 'string' ? [edge.from] : edge.from;
}

function targetsOf(edge: EdgeDefinition): readonly string[] {
  if (edge.kind === 'end') return [];
  return edge.kind === 'weighted' ? Object.keys(edge.ways) : edge.to;
}

function known(definition: AgentDefinition, name: string, where: string, inside: string): void {
  if (Object.hasOwn(definition.nodes, name)) return;
  throw bad(
    inside,
    `${where} names "${name}", which is no node`,
    `Nodes are: ${Object.keys(definition.nodes).slice(0, 20).join(', ')}.`,
  );
}

function bad(inside: string, what: string, hint?: string): RunFailure {
  return failure('BadAgent', `The agent cannot be run: ${inside}${what}.`, hint);
}
