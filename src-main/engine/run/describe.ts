// What a loaded agent or tool file says of itself, and what is wrong with it that only the loaded file can tell.
import { z } from 'zod';
import type { JsonObject } from '#contract/turn';
import type { AgentDefinition, ChannelDefinition, ToolDefinition } from '../graph/definition.ts';
import { milliseconds } from './duration.ts';
import { jsonSchemaOf } from './json-schema.ts';
import type { Description, ToolFace } from './protocol.ts';
import { failure } from './run-failure.ts';
import { isRecord, isSchema, validateDefinition } from './validate.ts';

/** Throws a RunFailure that names what is wrong in the definition. */
export function describeAgent(definition: AgentDefinition): NonNullable<Description['agent']> {
  validateDefinition(definition);
  const channels = Object.entries(definition.state);
  return {
    input: objectSchema(channels.filter(([, { channel }]) => channel === 'input')),
    state: objectSchema(channels),
    ...(definition.version === undefined ? {} : { version: definition.version }),
    migratesFrom: Object.keys(definition.migrate),
    tools: [...toolsOf(definition).values()].map(toolFace),
  };
}

/** Of the exports of a tool file: each that is a tool. */
export function describeTools(exports: Readonly<Record<string, unknown>>): ToolFace[] {
  const found = new Map<string, ToolFace>();
  for (const [name, value] of Object.entries(exports)) {
    const definition = toolIn(value);
    if (definition === undefined) continue;
    if (name !== 'default' || !found.has(definition.name)) found.set(definition.name, toolFace(definition));
  }
  return [...found.values()];
}

/** The definition that `defineTool` made; undefined where an export is something else. */
export function toolIn(value: unknown): ToolDefinition | undefined {
  if (!isRecord(value)) return undefined;
  const { definition } = value;
  return isTool(definition) ? definition : undefined;
}

/** The definition that `agent` made. Throws a RunFailure where a default export is something else. */
export function agentIn(value: unknown): AgentDefinition {
  const definition = isRecord(value) ? value.definition : undefined;
  if (isAgent(definition)) return definition;
  throw failure(
    'NotAnAgent',
    'The default export of the file is not an agent.',
    'End the file with: export default agent({ … }, { nodes: { … }, edges: [ … ] })',
  );
}

function isTool(value: unknown): value is ToolDefinition {
  return isRecord(value) && typeof value.name === 'string' && typeof value.run === 'function' && isSchema(value.input);
}

function isAgent(value: unknown): value is AgentDefinition {
  return isRecord(value) && isRecord(value.state) && isRecord(value.nodes) && Array.isArray(value.edges);
}

function objectSchema(channels: readonly (readonly [string, ChannelDefinition])[]): JsonObject {
  const properties: Record<string, JsonObject> = {};
  const required: string[] = [];
  for (const [name, channel] of channels) {
    const { $schema: _, ...schema } = jsonSchemaOf(valueSchema(channel));
    properties[name] = schema;
    if (channel.channel === 'input' && !accepts(channel.schema, undefined)) required.push(name);
  }
  return { type: 'object', properties, required, additionalProperties: false };
}

function valueSchema({ channel, schema, value }: ChannelDefinition): z.ZodType {
  if (channel === 'append') return z.array(schema);
  if (channel === 'merge') return z.record(z.string(), schema);
  return value ?? schema;
}

function accepts(schema: z.ZodType, value: unknown): boolean {
  try {
    return schema.safeParse(value).success;
  } catch {
    return false;
  }
}

/** Those of the agents inside it too; of one name the outer one. */
function toolsOf(definition: AgentDefinition, found = new Map<string, ToolDefinition>()): Map<string, ToolDefinition> {
  for (const tool of Object.values(definition.tools)) {
    const known = `${tool.file}#${tool.name}`;
    if (!found.has(known)) found.set(known, tool);
  }
  for (const inner of agentsIn(definition)) toolsOf(inner, found);
  return found;
}

function agentsIn(definition: AgentDefinition): AgentDefinition[] {
  const found: AgentDefinition[] = [];
  const waiting = Object.values(definition.nodes);
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.kind === 'subgraph') found.push(node.agent);
    if (node.kind === 'map') waiting.push(node.each);
    if (node.kind === 'loop') waiting.push(node.body);
    if (node.kind !== 'attempt') continue;
    for (const part of Object.values(node.parts))
      waiting.push(part.node, ...(part.undo === undefined ? [] : [part.undo]));
    for (const last of [node.catch, node.finally]) if (last !== undefined) waiting.push(last);
  }
  return found;
}

export function toolFace(tool: ToolDefinition): ToolFace {
  const { name, description, file, input, output, effect, idempotent, timeout } = tool;
  return {
    name,
    description,
    file,
    input: jsonSchemaOf(input),
    ...(output === undefined ? {} : { output: jsonSchemaOf(output) }),
    effect,
    idempotent,
    ...(timeout === undefined ? {} : { timeoutMs: milliseconds(timeout, `The timeout of the tool "${name}"`) }),
  };
}
