// Messages as OpenAI's chat API writes them, and as Hugging Face chat templates do: one source message, one message.
import type { Json, JsonObject, Message, Part, ToolCall } from '#contract/turn';
import { Problem } from '../../problem.ts';
import { parsePlainJson, writeJson } from '../exact-json.ts';
import { hasMark, isArray, isObject, member, orderedLike, settled, shapedLike, textMember } from '../json.ts';
import type { Dialect } from './format.ts';
import { closeValue, isTextStyle, openValue, type TextStyle } from './text-style.ts';
import { answeredCall, callAt, recentCall, type KnownCall, type Trail } from './trail.ts';

type KnownRole = 'system' | 'user' | 'assistant' | 'tool';
const roles: ReadonlyMap<unknown, KnownRole> = new Map<string, KnownRole>([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['assistant', 'assistant'],
  ['model', 'assistant'],
  ['ai', 'assistant'],
  ['tool', 'tool'],
  ['function', 'tool'],
]);

/** Whether the value looks like a message of this dialect. */
export function isOpenaiMessage(value: Json | undefined): value is JsonObject {
  return isObject(value) && roles.has(value['role']);
}

export function isLead(message: Json | undefined): boolean {
  return roles.get(member(message, 'role')) === 'system';
}

export const openaiDialect: Dialect = {
  readHead(head, first) {
    const lead = head['lead'] === true;
    const content = lead ? readContent(member(first, 'content')) : [];
    return { context: { content, role: 'context', tools: readTools(head) }, lead };
  },
  writeHead(context) {
    const lead = context.content.length > 0;
    return context.role === 'context' && context.tools.length > 0 ? { lead, tools: context.tools } : { lead };
  },
  read: (source, above) => [readMessage(source, above)],
  write([message], above) {
    return message === undefined ? null : writeMessage(message, above);
  },
  writeLead: (context) => ({ role: 'system', content: writeContent(context.content, undefined) ?? '' }),
  sizes: (messages) => messages.map(() => 1),
  expand(source, above) {
    const style = styleOf(above);
    return mapArguments(source, (value) => openValue(value, style));
  },
  collapse: (expanded) => mapArguments(expanded, closeValue),
  calls: (expanded) => callsOf(expanded).map(knownCall),
};

function readTools(head: JsonObject): Json[] {
  const tools = isArray(head['tools']) ? head['tools'].map(settled) : [];
  const functions = isArray(head['functions']) ? head['functions'].map(settled) : [];
  return [...tools, ...functions.map((value): Json => ({ function: value, type: 'function' }))];
}

function readMessage(source: Json, above: Trail): Message {
  if (!isObject(source))
    throw new Problem('BAD_INPUT', 'it is not an object', 'A message is {"role": …, "content": …}.');
  const role = roles.get(source['role']);
  if (role === undefined) {
    const said =
      source['role'] === undefined ? 'it has no role' : `its role ${JSON.stringify(source['role'])} is unknown`;
    throw new Problem('BAD_INPUT', said, 'Known roles: system, developer, user, assistant, tool, function.');
  }
  const content = readContent(source['content']);
  if (role === 'system') return { content, role };
  if (role === 'tool') return readTool(source, content, above);
  const name = textMember(source, 'name');
  if (role === 'user') return name === undefined ? { content, role } : { content, name, role };
  return readAssistant(source, content, name);
}

function readAssistant(source: JsonObject, content: readonly Part[], name: string | undefined): Message {
  const reasoning = reasoningKeys
    .map((key) => textMember(source, key))
    .find((text) => text !== undefined && text !== '');
  const refusal = textMember(source, 'refusal');
  const all: Part[] = [
    ...(reasoning === undefined ? [] : [{ text: reasoning, type: 'reasoning' as const }]),
    ...content,
    ...(refusal === undefined || refusal === '' ? [] : [{ kind: 'refusal', type: 'other' as const, value: refusal }]),
  ];
  const toolCalls = callsOf(source).map(readCall);
  return {
    content: all,
    ...(name === undefined ? {} : { name }),
    role: 'assistant',
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
  };
}

const reasoningKeys = ['reasoning_content', 'reasoning'];

function readTool(source: JsonObject, content: Part[], above: Trail): Message {
  const id = textMember(source, 'tool_call_id');
  const name = textMember(source, 'name');
  const fits = (call: KnownCall): boolean =>
    id === undefined ? name === undefined || call.name === name : call.id === id;
  const found = answeredCall(above, fits, new Set());
  if (found !== undefined) return { call: found.position, content, role: 'tool' };
  return name === undefined ? { content, role: 'tool' } : { content, name, role: 'tool' };
}

/** Content of any form as parts; exported for formats that carry OpenAI content inside other records. */
export function readContent(content: Json | undefined): Part[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content === 'string') return [{ text: content, type: 'text' }];
  if (isArray(content)) return content.map(readPart);
  return [{ kind: 'value', type: 'other', value: settled(content) }];
}

function readPart(part: Json): Part {
  if (typeof part === 'string') return { text: part, type: 'text' };
  const kind = textMember(part, 'type') ?? 'unknown';
  const text = textMember(part, 'text');
  if (text !== undefined && ['text', 'input_text', 'output_text'].includes(kind)) return { type: 'text', text };
  const thinking = textMember(part, 'thinking') ?? (kind === 'reasoning' ? text : undefined);
  if (thinking !== undefined) return { text: thinking, type: 'reasoning' };
  const image = member(part, 'image_url');
  const url = typeof image === 'string' ? image : textMember(image, 'url');
  if (url !== undefined) return { type: 'image', url };
  return { kind, type: 'other', value: settled(part) };
}

/** The tool calls of a source message as they stand, the old single function_call as one. */
function callsOf(source: Json): readonly Json[] {
  const calls = member(source, 'tool_calls');
  if (isArray(calls) && calls.length > 0) return calls;
  const single = member(source, 'function_call');
  return isObject(single) ? [single] : [];
}

/** Where a call has its name and arguments: in `function`, in `custom`, or in itself. */
function bodyOf(call: Json): Json {
  return member(call, 'function') ?? member(call, 'custom') ?? call;
}

function readCall(call: Json): ToolCall {
  const body = bodyOf(call);
  const name = textMember(body, 'name');
  if (name === undefined) throw new Problem('BAD_INPUT', 'it has a tool call without a name');
  const given = member(body, 'arguments') ?? member(body, 'input') ?? null;
  return callOf(name, readArguments(given));
}

/** A call of the internal form, its keys in canonical order. */
export function callOf(name: string, given: Pick<ToolCall, 'arguments' | 'unparsed'>): ToolCall {
  return { arguments: given.arguments, name, ...(given.unparsed === undefined ? {} : { unparsed: true }) };
}

/** Arguments as value, or as text where they are no JSON or hold a number that JSON would change. */
export function readArguments(given: Json): Pick<ToolCall, 'arguments' | 'unparsed'> {
  if (typeof given !== 'string') {
    return hasMark(given) ? { arguments: writeJson(given), unparsed: true } : { arguments: settled(given) };
  }
  const value = parsePlainJson(given);
  return value === undefined ? { arguments: given, unparsed: true } : { arguments: settled(value) };
}

function knownCall(call: Json): KnownCall {
  const body = bodyOf(call);
  const id = textMember(call, 'id');
  const given = member(body, 'arguments');
  const name = textMember(body, 'name') ?? '';
  const value = isArray(given) && given.length === 2 ? given[1] : undefined;
  return { name, ...(id === undefined ? {} : { id }), ...(value === undefined ? {} : { arguments: value }) };
}

/** Applies `change` to the arguments of every call, wherever the source's form has them. */
function mapArguments(source: Json, change: (value: Json) => Json): Json {
  let result = source;
  const calls = member(source, 'tool_calls');
  if (isArray(calls))
    result = withMember(
      result,
      'tool_calls',
      calls.map((call) => mapCall(call, change)),
    );
  const single = member(source, 'function_call');
  if (member(single, 'arguments') !== undefined)
    result = withMember(result, 'function_call', mapCall(single ?? null, change));
  return result;
}

function mapCall(call: Json, change: (value: Json) => Json): Json {
  const inner = member(call, 'function');
  if (isObject(inner)) return withMember(call, 'function', mapCall(inner, change));
  const value = member(call, 'arguments');
  return value === undefined ? call : withMember(call, 'arguments', change(value));
}

function withMember(source: Json, key: string, value: Json): Json {
  return isObject(source) && Object.hasOwn(source, key) ? { ...source, [key]: value } : source;
}

/** The style of the newest call's arguments, for the next one's. */
function styleOf(above: Trail): TextStyle {
  const [call] = callsOf(above.shapes.calling ?? null);
  const given = member(call === undefined ? undefined : bodyOf(call), 'arguments');
  const style = isArray(given) ? given[0] : undefined;
  return isTextStyle(style) ? style : 'compact';
}

function writeMessage(message: Message, above: Trail): Json {
  const { shapes } = above;
  switch (message.role) {
    case 'context':
      return null;
    case 'system':
    case 'user':
      return shapedLike(shapes[message.role], [
        ['role', roleLike(shapes[message.role], message.role)],
        ['content', writeContent(message.content, shapes[message.role]) ?? ''],
        ['name', message.role === 'user' ? message.name : undefined],
      ]);
    case 'tool':
      return writeTool(message, above);
    case 'assistant':
      return writeAssistant(message, above);
  }
}

function writeTool(message: Message & { role: 'tool' }, above: Trail): Json {
  const shape = above.shapes.tool;
  const call = message.call === undefined ? undefined : callAt(above, message.call);
  const named = message.call === undefined || member(shape, 'name') !== undefined;
  return shapedLike(shape, [
    ['role', roleLike(shape, 'tool')],
    ['tool_call_id', call?.id],
    ['name', named ? (message.name ?? call?.name) : undefined],
    ['content', writeContent(message.content, shape) ?? ''],
  ]);
}

function writeAssistant(message: Message & { role: 'assistant' }, above: Trail): Json {
  const { calling, assistant } = above.shapes;
  const calls = message.toolCalls;
  const shape = calls === undefined ? (assistant ?? calling) : (calling ?? assistant);
  const own = calls === undefined ? assistant : calling;
  const [first, ...rest] = message.content;
  const refusal = message.content.find(
    (part) => part.type === 'other' && part.kind === 'refusal' && typeof part.value === 'string',
  );
  const reasoning = first?.type === 'reasoning' ? first.text : undefined;
  const content = (reasoning === undefined ? message.content : rest).filter((part) => part !== refusal);
  const reasoningKey = reasoningKeys.find((key) => member(shape, key) !== undefined) ?? 'reasoning_content';
  const written = writeContent(content, own ?? (content.length === 0 ? undefined : shape));
  return shapedLike(shape, [
    ['role', roleLike(shape, 'assistant')],
    ['content', written === undefined && own === undefined ? emptyContent(calls) : written],
    ...(reasoning === undefined ? [] : [[reasoningKey, reasoning] as const]),
    ...(refusal?.type === 'other' ? [['refusal', refusal.value] as const] : []),
    ...writeCalls(calls, shape, above),
    ['name', message.name],
  ]);
}

function emptyContent(calls: readonly ToolCall[] | undefined): Json {
  return calls === undefined ? '' : null;
}

function roleLike(shape: Json | undefined, role: KnownRole): Json {
  const before = member(shape, 'role');
  return before !== undefined && roles.get(before) === role ? before : role;
}

/** Content in the form of `shape`; where that is empty too, exactly as it is there: undefined means no member. */
function writeContent(content: readonly Part[], shape: Json | undefined): Json | undefined {
  const before = member(shape, 'content');
  if (content.length === 0) {
    if (before === null || before === '' || (shape !== undefined && before === undefined)) return before;
    if (isArray(before)) return [];
    return shape === undefined ? undefined : '';
  }
  const [only] = content;
  if (content.length === 1 && only?.type === 'text' && !isArray(before)) return only.text;
  return content.map(writePart);
}

function writePart(part: Part): Json {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return { type: 'image_url', image_url: { url: part.url } };
    case 'reasoning':
      return { type: 'thinking', thinking: part.text };
    case 'other':
      return part.value;
  }
}

function writeCalls(
  calls: readonly ToolCall[] | undefined,
  shape: Json | undefined,
  above: Trail,
): (readonly [string, Json | undefined])[] {
  const before = member(shape, 'tool_calls');
  if (calls === undefined) {
    const empty = before === null || (isArray(before) && before.length === 0) ? before : undefined;
    return [
      ['tool_calls', empty],
      ['function_call', member(shape, 'function_call') === null ? null : undefined],
    ];
  }
  const [model] = callsOf(shape ?? null);
  const style = styleOf(above);
  const single = isObject(member(shape, 'function_call')) && calls.length === 1;
  const written = calls.map((call, index) => writeCall(call, above.callCount + index, model, style, above));
  const [first] = written;
  if (single && first !== undefined) {
    return [
      ['tool_calls', before === null ? null : undefined],
      ['function_call', first],
    ];
  }
  return [
    ['tool_calls', written],
    ['function_call', member(shape, 'function_call') === null ? null : undefined],
  ];
}

function writeCall(call: ToolCall, position: number, model: Json | undefined, style: TextStyle, above: Trail): Json {
  const value: Json = call.unparsed
    ? call.arguments
    : [valueStyle(model) ?? style, orderedLike(call.arguments, recentCall(above, call.name)?.arguments)];
  const id = model === undefined || member(model, 'id') !== undefined ? `call_${position}` : undefined;
  const flat = model !== undefined && member(model, 'function') === undefined && member(model, 'name') !== undefined;
  if (flat) {
    return shapedLike(model, [
      ['id', id],
      ['name', call.name],
      ['arguments', value],
    ]);
  }
  const body = shapedLike(member(model, 'function'), [
    ['name', call.name],
    ['arguments', value],
  ]);
  return shapedLike(model, [
    ['id', id],
    ['type', model === undefined || member(model, 'type') !== undefined ? 'function' : undefined],
    ['function', body],
  ]);
}

/** 'value' where the newest call gives its arguments as JSON rather than as text. */
function valueStyle(model: Json | undefined): string | undefined {
  const given = member(model === undefined ? undefined : bodyOf(model), 'arguments');
  return isArray(given) && given[0] === 'value' ? 'value' : undefined;
}
