// A body of POST /messages as a request of the internal form, and what of it has no place there.
import type { Json, JsonObject } from '#contract/turn';
import { anthropicMessages } from '../../../trace/import/wire-messages.ts';
import { isArray, isObject, member, textMember } from '../../../trace/json.ts';
import { Left, Members } from '../members.ts';
import { requestBody } from '../reading.ts';
import type { WireParameters, WireRequest } from '../wire.ts';

const example = 'A request is {"model": …, "max_tokens": …, "messages": [{"role": …, "content": …}, …]}.';

/** Throws a Problem where the body is no request. */
export function readAnthropicRequest(source: Json): {
  readonly request: WireRequest;
  readonly left: readonly string[];
} {
  const { body, model } = requestBody(source, example);
  const messages = anthropicMessages(body);
  const left = new Left();
  leftOfMessages(body, left);
  leftOfTools(body, left);
  const members = new Members(body, '', left);
  members.skip('model', 'messages', 'tools');
  const { system } = body;
  if (typeof system === 'string' || isArray(system)) members.skip('system');
  const parameters = readParameters(members);
  const stream = members.flag('stream') === true;
  members.done();
  return { request: { model, messages, parameters, stream }, left: left.paths() };
}

function readParameters(members: Members): WireParameters {
  const temperature = members.number('temperature');
  const topP = members.number('top_p');
  const maxTokens = members.number('max_tokens');
  const stop = readStop(members);
  const choice = readToolChoice(members);
  const output = members.inner('output_config');
  const schema = textMember(output?.get('format'), 'type') === 'json_schema' ? readSchema(output) : undefined;
  const reasoning = readReasoning(members, output);
  output?.done();
  const metadata = members.inner('metadata');
  const user = metadata?.text('user_id');
  metadata?.done();
  members.skipWhere('service_tier', 'auto');
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(stop === undefined ? {} : { stop }),
    ...(schema === undefined ? {} : { schema }),
    ...choice,
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(user === undefined ? {} : { user }),
  };
}

function readStop(members: Members): readonly string[] | undefined {
  const value = members.get('stop_sequences');
  if (!isArray(value) || !value.every((item) => typeof item === 'string')) return undefined;
  members.skip('stop_sequences');
  return value.length === 0 ? undefined : value;
}

function readToolChoice(members: Members): Pick<WireParameters, 'toolChoice' | 'parallelToolCalls'> {
  const type = textMember(members.get('tool_choice'), 'type');
  const name = textMember(members.get('tool_choice'), 'name');
  const toolChoice = type === 'any' ? 'required' : type === 'tool' && name !== undefined ? { name } : type;
  if (toolChoice === undefined || (typeof toolChoice === 'string' && !isWord(toolChoice))) return {};
  const inner = members.inner('tool_choice');
  inner?.skip('type', 'name');
  const single = inner?.flag('disable_parallel_tool_use');
  inner?.done();
  return { toolChoice, ...(single === undefined ? {} : { parallelToolCalls: !single }) };
}

function isWord(word: string): word is 'auto' | 'none' | 'required' {
  return word === 'auto' || word === 'none' || word === 'required';
}

function readSchema(output: Members | undefined): JsonObject | undefined {
  const schema = member(output?.get('format'), 'schema');
  if (!isObject(schema)) return undefined;
  const format = output?.inner('format');
  format?.skip('type', 'schema');
  format?.done();
  return schema;
}

const efforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const;

/** A budget of tokens, or as much as the effort says; the effort is "high" where nothing else is said. */
function readReasoning(members: Members, output: Members | undefined): WireParameters['reasoning'] {
  const type = textMember(members.get('thinking'), 'type');
  if (type !== 'enabled' && type !== 'adaptive' && type !== 'disabled') return undefined;
  const thinking = members.inner('thinking');
  thinking?.skip('type');
  const budget = type === 'enabled' ? thinking?.number('budget_tokens') : undefined;
  thinking?.done();
  if (type === 'disabled') return 'none';
  if (budget !== undefined) return budget;
  return output?.oneOf('effort', efforts) ?? 'high';
}

/** Tools that are not the client's are kept whole, but only their provider can run them. */
function leftOfTools(body: JsonObject, left: Left): void {
  const { tools } = body;
  if (!isArray(tools)) {
    if (tools !== undefined && tools !== null) left.add('tools');
    return;
  }
  for (const [index, tool] of tools.entries()) {
    const type = textMember(tool, 'type');
    const isOwn = textMember(tool, 'name') !== undefined && member(tool, 'input_schema') !== undefined;
    if (!isOwn || (member(tool, 'type') !== undefined && type !== 'custom')) {
      left.add(`tools[${index}]${type === undefined ? '' : ` (${type})`}`);
      continue;
    }
    const members = new Members(tool, `tools[${index}]`, left);
    members.skip('type', 'name', 'input_schema');
    members.text('description');
    members.skipWhere('strict', false);
    members.done();
  }
}

function leftOfMessages(body: JsonObject, left: Left): void {
  leftOfContent(body['system'], 'system', 'text', left, new Set());
  const messages = isArray(body['messages']) ? body['messages'] : [];
  const calls = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const members = new Members(message, `messages[${index}]`, left);
    const role = members.text('role');
    const kind = role === 'assistant' || role === 'user' ? role : 'text';
    leftOfContent(members.take('content'), members.placeOf('content'), kind, left, calls);
    members.done();
  }
}

function leftOfContent(
  content: Json | undefined,
  path: string,
  role: 'text' | 'user' | 'assistant',
  left: Left,
  calls: Set<string>,
): void {
  const list = isArray(content) ? content : isObject(content) ? [content] : [];
  for (const [index, block] of list.entries()) {
    const members = new Members(block, `${path}[${index}]`, left);
    const kind = members.text('type');
    const id = textMember(block, 'id');
    if (kind === 'text' && members.text('text') !== undefined) members.done();
    else if (kind === 'thinking' && members.text('thinking') !== undefined) members.done();
    else if (kind === 'image' && isKnownImage(members)) members.done();
    else if (kind === 'tool_use' && role === 'assistant') {
      if (id !== undefined) calls.add(id);
      members.skip('id', 'name', 'input');
      if (textMember(members.get('caller'), 'type') === 'direct') members.skip('caller');
      members.done();
    } else if (kind === 'tool_result' && role === 'user') leftOfResult(members, left, calls);
    // Any other block is kept whole.
  }
}

function leftOfResult(members: Members, left: Left, calls: Set<string>): void {
  const id = members.get('tool_use_id');
  if (typeof id === 'string' && calls.has(id)) members.skip('tool_use_id');
  leftOfContent(members.take('content'), members.placeOf('content'), 'text', left, calls);
  members.flag('is_error');
  members.done();
}

function isKnownImage(members: Members): boolean {
  const source = members.get('source');
  const kind = textMember(source, 'type');
  const isUrl = kind === 'url' && textMember(source, 'url') !== undefined;
  const isData =
    kind === 'base64' && textMember(source, 'media_type') !== undefined && textMember(source, 'data') !== undefined;
  if (!isUrl && !isData) return false;
  const inner = members.inner('source');
  inner?.skip('type', ...(isUrl ? ['url'] : ['media_type', 'data']));
  inner?.done();
  return true;
}
