// Messages as the chat JSON that TRL and OpenAI share: role, content, tool_calls, tool_call_id.
import type { Json, JsonObject, Message, ToolCall } from '#contract/turn';
import { isObject } from '../../../trace/json.ts';
import { textOf, textPart } from './steps.ts';

export interface Dialect {
  /** object: as Hugging Face chat templates read them. text: as the OpenAI API has them. */
  readonly arguments: 'object' | 'text';
  /** Field for an assistant's reasoning; absent where it is dropped before. */
  readonly reasoning?: string;
  /** Tool messages name their tool, besides the call they answer. */
  readonly toolNames: boolean;
  /** An assistant message with tool calls and no words has no `content` at all. */
  readonly omitsEmpty: boolean;
}

/** Nine characters, letters and digits, because some chat templates refuse ids of another form. */
export function callId(call: number): string {
  return `call${String(call).padStart(5, '0')}`;
}

/** Tool calls so far, for their ids. */
export interface Calls {
  readonly names: string[];
}

/** The messages in order; a context becomes a system message, or nothing where it has no words. `calls` runs on. */
export function encodeMessages(dialect: Dialect, messages: readonly Message[], calls: Calls): JsonObject[] {
  return messages.flatMap((message): JsonObject[] => {
    const content = textOf(message);
    switch (message.role) {
      case 'context':
        return content === '' ? [] : [{ role: 'system', content }];
      case 'system':
        return [{ role: 'system', content }];
      case 'user':
        return [{ role: 'user', content, ...named(message.name) }];
      case 'assistant':
        return [encodeAssistant(dialect, message, calls)];
      case 'tool': {
        const name =
          message.call === undefined ? message.name : dialect.toolNames ? calls.names[message.call] : undefined;
        const id = message.call === undefined ? {} : { tool_call_id: callId(message.call) };
        return [{ role: 'tool', ...id, ...named(name), content }];
      }
    }
  });
}

function named(name: string | undefined): JsonObject {
  return name === undefined ? {} : { name };
}

function encodeAssistant(dialect: Dialect, message: Extract<Message, { role: 'assistant' }>, calls: Calls): JsonObject {
  const reasoning = message.content.find((part) => part.type === 'reasoning')?.text;
  const toolCalls = (message.toolCalls ?? []).map((call): JsonObject => {
    calls.names.push(call.name);
    const id = callId(calls.names.length - 1);
    return { id, type: 'function', function: { name: call.name, arguments: encodeArguments(dialect, call) } };
  });
  const content = textOf(message);
  return {
    role: 'assistant',
    ...(content === '' && toolCalls.length > 0 && dialect.omitsEmpty ? {} : { content }),
    ...(reasoning === undefined || dialect.reasoning === undefined ? {} : { [dialect.reasoning]: reasoning }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
    ...named(message.name),
  };
}

function encodeArguments(dialect: Dialect, call: ToolCall): Json {
  if (dialect.arguments === 'object') return call.arguments;
  return call.unparsed === true && typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
}

/** The inverse: the messages, the first system message as the context where `context` is set. */
export function decodeMessages(
  dialect: Dialect,
  rows: Json | undefined,
  context?: { readonly tools: readonly Json[] },
): Message[] {
  if (!Array.isArray(rows)) throw new Error('a list of messages is missing');
  const messages = (rows as readonly Json[]).map((row) => decodeMessage(dialect, row));
  if (context === undefined) return messages;
  const [first, ...rest] = messages;
  const tools = [...context.tools];
  if (first?.role === 'system') return [{ role: 'context', content: first.content, tools }, ...rest];
  return [{ role: 'context', content: [], tools }, ...messages];
}

const keys: Readonly<Record<string, readonly string[]>> = {
  system: ['content'],
  user: ['content', 'name'],
  assistant: ['content', 'tool_calls', 'name'],
  tool: ['content', 'tool_call_id', 'name'],
};

function decodeMessage(dialect: Dialect, row: Json): Message {
  if (!isObject(row)) throw new Error('a message is no object');
  const { role } = row;
  const known = typeof role === 'string' && Object.hasOwn(keys, role) ? keys[role] : undefined;
  if (known === undefined) throw new Error(`a message has the role ${JSON.stringify(role)}`);
  const stray = Object.keys(row).find(
    (key) => key !== 'role' && !known.includes(key) && !(role === 'assistant' && key === dialect.reasoning),
  );
  if (stray !== undefined) throw new Error(`a message has a stray field “${stray}”`);
  const text = stringOf(
    row['content'],
    role === 'assistant' && row['tool_calls'] !== undefined ? '' : undefined,
    'content',
  );
  const content = textPart(text);
  const name = optionalString(row['name'], 'name');
  if (role === 'system') return { role, content };
  if (role === 'user') return { role, content, ...(name === undefined ? {} : { name }) };
  if (role === 'tool') {
    const id = optionalString(row['tool_call_id'], 'tool_call_id');
    if (id === undefined) return { role, content, ...(name === undefined ? {} : { name }) };
    if (!/^call\d{5,}$/.test(id)) throw new Error(`a tool message answers “${id}”`);
    return { role, content, call: Number(id.slice(4)) };
  }
  const reasoning =
    dialect.reasoning === undefined ? undefined : optionalString(row[dialect.reasoning], dialect.reasoning);
  const toolCalls = decodeToolCalls(dialect, row['tool_calls']);
  return {
    role: 'assistant',
    content: [...(reasoning === undefined ? [] : [{ type: 'reasoning' as const, text: reasoning }]), ...content],
    ...(toolCalls === undefined ? {} : { toolCalls }),
    ...(name === undefined ? {} : { name }),
  };
}

function decodeToolCalls(dialect: Dialect, rows: Json | undefined): ToolCall[] | undefined {
  if (rows === undefined) return undefined;
  if (!Array.isArray(rows)) throw new Error('tool_calls is no list');
  return (rows as readonly Json[]).map((row) => {
    const called = isObject(row) ? row['function'] : undefined;
    if (!isObject(called)) throw new Error('a tool call has no function');
    const name = stringOf(called['name'], undefined, 'function name');
    const given = called['arguments'];
    if (given === undefined) throw new Error('a tool call has no arguments');
    if (dialect.arguments === 'object') return { name, arguments: given };
    const text = stringOf(given, undefined, 'arguments');
    const parsed = parsedJson(text);
    return parsed === undefined ? { name, arguments: text, unparsed: true } : { name, arguments: parsed };
  });
}

export function parsedJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

export function stringOf(value: Json | undefined, absent: string | undefined, what: string): string {
  const found = value ?? absent;
  if (typeof found !== 'string') throw new Error(`${what} is no text`);
  return found;
}

function optionalString(value: Json | undefined, what: string): string | undefined {
  return value === undefined ? undefined : stringOf(value, undefined, what);
}

/** Ids must be those of the calls in order, through prompt and side, and results must name the call they answer. */
export function checkIds(prompt: Json | undefined, side: Json | undefined): void {
  const names: string[] = [];
  for (const row of [...asList(prompt), ...asList(side)]) {
    if (!isObject(row)) continue;
    for (const call of asList(row['tool_calls'])) {
      if (!isObject(call) || call['id'] !== callId(names.length))
        throw new Error('tool calls are not numbered in order');
      const called = call['function'];
      names.push(isObject(called) && typeof called['name'] === 'string' ? called['name'] : '');
    }
    const id = row['tool_call_id'];
    if (row['role'] !== 'tool' || typeof id !== 'string' || row['name'] === undefined) continue;
    if (row['name'] !== names[Number(id.slice(4))])
      throw new Error(`a tool message names another tool than call “${id}”`);
  }
}

function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
