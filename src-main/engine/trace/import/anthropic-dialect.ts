// Messages as Anthropic's API writes them: content blocks, tool results inside user messages, the system prompt beside them.
import type { Json, JsonObject, Message, Part, ToolCall } from '#contract/turn';
import { Problem } from '../../problem.ts';
import { isArray, isObject, member, orderedLike, settled, shapedLike, textMember } from '../json.ts';
import type { Dialect } from './format.ts';
import { callOf, readArguments } from './openai-dialect.ts';
import { answeredCall, callAt, recentCall, type KnownCall, type Trail } from './trail.ts';

type Tool = Message & { role: 'tool' };

export const anthropicDialect: Dialect = {
  readHead(head) {
    const tools = isArray(head['tools']) ? head['tools'].map(readTool) : [];
    return { context: { content: readContent(head['system']), role: 'context', tools }, lead: false };
  },
  writeHead(context) {
    const tools = context.role === 'context' ? context.tools.map(writeTool) : [];
    return {
      ...(context.content.length === 0 ? {} : { system: writeContent(context.content, undefined) }),
      ...(tools.length === 0 ? {} : { tools }),
    };
  },
  read(source, above) {
    const role = textMember(source, 'role');
    const content = member(source, 'content');
    if (role === 'assistant') return [readAssistant(content)];
    if (role === 'user') return readUser(content, above);
    if (role === 'system') return [{ content: readContent(content), role }];
    const said = role === undefined ? 'it has no role' : `its role ${JSON.stringify(role)} is unknown`;
    throw new Problem('BAD_INPUT', said, 'Known roles: user, assistant, system.');
  },
  write(messages, above) {
    const [first] = messages;
    if (first === undefined || first.role === 'context') return null;
    return first.role === 'assistant' ? writeAssistant(first, above) : writeUser(messages, above);
  },
  writeLead: () => null,
  sizes(messages) {
    const sizes: number[] = [];
    for (let from = 0; from < messages.length; from += sizes.at(-1) ?? 1) {
      let to = from;
      while (messages[to]?.role === 'tool') to += 1;
      if (to === from || messages[to]?.role === 'user') to += 1;
      sizes.push(to - from);
    }
    return sizes;
  },
  // Arguments stand as JSON already.
  expand: (source) => source,
  collapse: (expanded) => expanded,
  calls: (expanded) =>
    textMember(expanded, 'role') === 'assistant' ? blocksOf(expanded, 'tool_use').map(knownCall) : [],
};

/** A tool as the internal form has it: an OpenAI function; tools of other kinds stay as they are. */
function readTool(tool: Json): Json {
  const name = textMember(tool, 'name');
  const schema = member(tool, 'input_schema');
  const type = member(tool, 'type');
  if (name === undefined || schema === undefined || (type !== undefined && type !== 'custom')) return settled(tool);
  const description = textMember(tool, 'description');
  const body = { name, parameters: schema, ...(description === undefined ? {} : { description }) };
  return settled({ function: body, type: 'function' });
}

function writeTool(tool: Json): Json {
  const body = member(tool, 'function');
  const name = textMember(body, 'name');
  const schema = member(body, 'parameters');
  if (name === undefined || schema === undefined) return tool;
  const description = textMember(body, 'description');
  return { name, ...(description === undefined ? {} : { description }), input_schema: schema };
}

function readAssistant(content: Json | undefined): Message {
  const parts: Part[] = [];
  const toolCalls: ToolCall[] = [];
  for (const block of blocks(content)) {
    if (textMember(block, 'type') === 'tool_use') toolCalls.push(readCall(block));
    else parts.push(readBlock(block));
  }
  return { content: parts, role: 'assistant', ...(toolCalls.length === 0 ? {} : { toolCalls }) };
}

function readCall(block: Json): ToolCall {
  const name = textMember(block, 'name');
  if (name === undefined) throw new Problem('BAD_INPUT', 'it has a tool_use block without a name');
  return callOf(name, readArguments(member(block, 'input') ?? null));
}

/** Tool results become messages of their own, in the order of the blocks. */
function readUser(content: Json | undefined, above: Trail): Message[] {
  const messages: Message[] = [];
  const answered = new Set<number>();
  let parts: Part[] = [];
  const finish = (): void => {
    if (parts.length > 0) messages.push({ content: parts, role: 'user' });
    parts = [];
  };
  for (const block of blocks(content)) {
    if (textMember(block, 'type') !== 'tool_result') {
      parts.push(readBlock(block));
      continue;
    }
    finish();
    messages.push(readResult(block, above, answered));
  }
  finish();
  return messages.length === 0 ? [{ content: [], role: 'user' }] : messages;
}

function readResult(block: Json, above: Trail, answered: Set<number>): Tool {
  const id = textMember(block, 'tool_use_id');
  const found = answeredCall(above, (call) => id !== undefined && call.id === id, answered);
  if (found !== undefined) answered.add(found.position);
  return {
    ...(found === undefined ? {} : { call: found.position }),
    content: readContent(member(block, 'content')),
    ...(member(block, 'is_error') === true ? { isError: true } : {}),
    role: 'tool',
  };
}

function blocks(content: Json | undefined): readonly Json[] {
  if (content === undefined || content === null || content === '') return [];
  return isArray(content) ? content : [content];
}

function readContent(content: Json | undefined): Part[] {
  return blocks(content).map(readBlock);
}

function readBlock(block: Json): Part {
  if (typeof block === 'string') return { text: block, type: 'text' };
  const kind = textMember(block, 'type') ?? 'unknown';
  const text = textMember(block, 'text');
  if (kind === 'text' && text !== undefined) return { type: 'text', text };
  const thinking = textMember(block, 'thinking');
  if (kind === 'thinking' && thinking !== undefined) return { text: thinking, type: 'reasoning' };
  const url = kind === 'image' ? imageUrl(member(block, 'source')) : undefined;
  return url === undefined ? { kind, type: 'other', value: settled(block) } : { type: 'image', url };
}

function imageUrl(source: Json | undefined): string | undefined {
  if (textMember(source, 'type') === 'url') return textMember(source, 'url');
  const media = textMember(source, 'media_type');
  const data = textMember(source, 'data');
  if (textMember(source, 'type') !== 'base64' || media === undefined || data === undefined) return undefined;
  return `data:${media};base64,${data}`;
}

function writeBlock(part: Part): Json {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'reasoning':
      return { type: 'thinking', thinking: part.text };
    case 'image': {
      const [, media, data] = /^data:([^;,]+);base64,(.*)$/s.exec(part.url) ?? [];
      if (media === undefined || data === undefined) return { type: 'image', source: { type: 'url', url: part.url } };
      return { type: 'image', source: { type: 'base64', media_type: media, data } };
    }
    case 'other':
      return part.value;
  }
}

/** One text as a string, unless `shape` has blocks there; anything else as blocks. */
function writeContent(content: readonly Part[], shape: Json | undefined): Json {
  const before = member(shape, 'content');
  const [only] = content;
  if (content.length === 0 && !isArray(before)) return '';
  if (content.length === 1 && only?.type === 'text' && !isArray(before)) return only.text;
  return content.map(writeBlock);
}

function writeAssistant(message: Message & { role: 'assistant' }, above: Trail): Json {
  const { assistant, calling } = above.shapes;
  const calls = message.toolCalls ?? [];
  const shape = calls.length === 0 ? (assistant ?? calling) : (calling ?? assistant);
  const [model] = blocksOf(above.shapes.calling ?? null, 'tool_use');
  const uses = calls.map((call, index): Json => {
    const value = orderedLike(call.arguments, recentCall(above, call.name)?.arguments);
    return shapedLike(model, [
      ['type', 'tool_use'],
      ['id', `toolu_${above.callCount + index}`],
      ['name', call.name],
      ['input', value],
    ]);
  });
  const content =
    uses.length === 0 ? writeContent(message.content, shape) : [...message.content.map(writeBlock), ...uses];
  return shapedLike(shape, [
    ['role', 'assistant'],
    ['content', content],
  ]);
}

function writeUser(messages: readonly Message[], above: Trail): Json {
  const [first] = messages;
  const kind = first?.role === 'tool' || first?.role === 'system' ? first.role : 'user';
  const shape = above.shapes[kind] ?? above.shapes.user;
  const [model] = blocksOf(above.shapes.tool ?? null, 'tool_result');
  const written: Json[] = [];
  for (const message of messages) {
    if (message.role === 'tool') written.push(writeResult(message, model, above));
    else for (const part of message.content) written.push(writeBlock(part));
  }
  const plain = messages.length === 1 && first?.role !== 'tool' ? writeContent(first?.content ?? [], shape) : written;
  return shapedLike(shape, [
    ['role', kind === 'system' ? 'system' : 'user'],
    ['content', plain],
  ]);
}

function writeResult(message: Tool, model: Json | undefined, above: Trail): JsonObject {
  const id = message.call === undefined ? undefined : callAt(above, message.call)?.id;
  const explicit = member(model, 'is_error') === false ? false : undefined;
  return shapedLike(model, [
    ['type', 'tool_result'],
    ['tool_use_id', id],
    ['content', writeContent(message.content, model)],
    ['is_error', message.isError ?? explicit],
  ]);
}

function blocksOf(source: Json, type: string): readonly Json[] {
  const content = member(source, 'content');
  return isArray(content) ? content.filter((block) => isObject(block) && block['type'] === type) : [];
}

function knownCall(block: Json): KnownCall {
  const id = textMember(block, 'id');
  const input = member(block, 'input');
  const name = textMember(block, 'name') ?? '';
  return { name, ...(id === undefined ? {} : { id }), ...(input === undefined ? {} : { arguments: input }) };
}
