// A body of POST /chat/completions as a request of the internal form, and what of it has no place there.
import type { Json, JsonObject, Message } from '#contract/turn';
import { chatMessages } from '../../../trace/import/wire-messages.ts';
import { isArray, isObject, member, textMember } from '../../../trace/json.ts';
import { Left, Members } from '../members.ts';
import { requestBody } from '../reading.ts';
import { efforts, type WireParameters, type WireRequest } from '../wire.ts';

const example = 'A request is {"model": …, "messages": [{"role": …, "content": …}, …]}.';

/** Throws a Problem where the body is no request. */
export function readChatRequest(source: Json): { readonly request: WireRequest; readonly left: readonly string[] } {
  const { body, model } = requestBody(source, example);
  const messages = chatMessages(body);
  const left = new Left();
  leftOfMessages(body, messages, left);
  leftOfTools(body, left);
  const members = new Members(body, '', left);
  members.skip('model', 'messages', 'tools', 'functions');
  const parameters = readParameters(members);
  const stream = members.flag('stream') === true;
  const options = members.inner('stream_options');
  // Where the stream tells the usage is a matter of the answer's frame.
  options?.skip('include_usage');
  options?.done();
  members.done();
  return { request: { model, messages, parameters, stream }, left: left.paths() };
}

function readParameters(members: Members): WireParameters {
  const temperature = members.number('temperature');
  const topP = members.number('top_p');
  const maxTokens = members.number('max_completion_tokens') ?? members.number('max_tokens');
  members.skipWhere('max_tokens', maxTokens ?? null);
  const stop = readStop(members);
  const seed = members.number('seed');
  const toolChoice = readToolChoice(members);
  const parallelToolCalls = members.flag('parallel_tool_calls');
  const reasoning = members.oneOf('reasoning_effort', efforts);
  const logprobs = members.flag('logprobs') === true ? (members.number('top_logprobs') ?? 0) : undefined;
  const user = members.text('user');
  for (const key of ['frequency_penalty', 'presence_penalty', 'top_logprobs']) members.skipWhere(key, 0);
  members.skipWhere('n', 1);
  members.skipWhere('store', false);
  members.skipWhere('service_tier', 'auto', 'default');
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(stop === undefined ? {} : { stop }),
    ...(seed === undefined ? {} : { seed }),
    ...readFormat(members),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(logprobs === undefined ? {} : { logprobs }),
    ...(user === undefined ? {} : { user }),
  };
}

function readStop(members: Members): readonly string[] | undefined {
  const one = members.text('stop');
  if (one !== undefined) return [one];
  const value = members.get('stop');
  if (!isArray(value) || !value.every((item) => typeof item === 'string')) return undefined;
  members.skip('stop');
  return value.length === 0 ? undefined : value;
}

function readFormat(members: Members): Pick<WireParameters, 'schema' | 'schemaName' | 'strictSchema'> {
  const kind = textMember(members.get('response_format'), 'type');
  if (kind === 'text' || kind === 'json_object') {
    members.inner('response_format')?.skip('type');
    return kind === 'text' ? {} : { schema: { type: 'object' } };
  }
  const schema = member(member(members.get('response_format'), 'json_schema'), 'schema');
  if (kind !== 'json_schema' || !isObject(schema)) return {};
  const inner = members.inner('response_format')?.inner('json_schema');
  inner?.skip('schema');
  const schemaName = inner?.text('name');
  const strictSchema = inner?.flag('strict');
  inner?.done();
  return {
    schema,
    ...(schemaName === undefined ? {} : { schemaName }),
    ...(strictSchema === undefined ? {} : { strictSchema }),
  };
}

function readToolChoice(members: Members): WireParameters['toolChoice'] {
  const word = members.oneOf('tool_choice', ['auto', 'none', 'required']);
  if (word !== undefined) return word;
  const chosen = members.get('tool_choice');
  const name = textMember(member(chosen, 'function'), 'name');
  if (textMember(chosen, 'type') === 'function' && name !== undefined) {
    members.skip('tool_choice');
    return { name };
  }
  const old = members.oneOf('function_call', ['auto', 'none']) ?? textMember(members.get('function_call'), 'name');
  if (old === undefined) return undefined;
  members.skip('function_call');
  return old === 'auto' || old === 'none' ? old : { name: old };
}

/** Tools that are no functions are kept whole, but only their provider can run them. */
function leftOfTools(body: JsonObject, left: Left): void {
  const tools = body['tools'];
  if (isArray(tools)) {
    for (const [index, tool] of tools.entries()) {
      const kind = textMember(tool, 'type');
      if (kind !== 'function') left.add(`tools[${index}]${kind === undefined ? '' : ` (${kind})`}`);
    }
  } else if (tools !== undefined && tools !== null) left.add('tools');
  if (body['functions'] !== undefined && !isArray(body['functions'])) left.add('functions');
}

/** One source message is one message, but that a leading system message is the context. */
function leftOfMessages(body: JsonObject, messages: readonly Message[], left: Left): void {
  const sources = isArray(body['messages']) ? body['messages'] : [];
  const offset = messages.length - sources.length;
  for (const [index, source] of sources.entries()) {
    const message = messages[index + offset];
    const members = new Members(source, `messages[${index}]`, left);
    members.skip('role');
    leftOfContent(members, left);
    if (message?.role !== 'system' && message?.role !== 'context') members.text('name');
    if (message?.role === 'tool' && message.call !== undefined) members.text('tool_call_id');
    if (message?.role === 'assistant') leftOfAssistant(members, left);
    members.done();
  }
}

function leftOfAssistant(members: Members, left: Left): void {
  members.text('refusal');
  const reasoning = ['reasoning_content', 'reasoning'].find((key) => {
    const text = members.get(key);
    return typeof text === 'string' && text !== '';
  });
  if (reasoning !== undefined) {
    const said = members.take(reasoning);
    // Some servers say it twice.
    members.skipWhere('reasoning', said ?? null);
  }
  const calls = members.get('tool_calls');
  if (isArray(calls) && calls.length > 0) {
    members.skip('tool_calls');
    for (const [index, call] of calls.entries()) leftOfCall(call, `${members.placeOf('tool_calls')}[${index}]`, left);
  } else if (isObject(members.get('function_call'))) {
    leftOfCall(members.take('function_call') ?? null, members.placeOf('function_call'), left);
  }
}

function leftOfCall(call: Json, path: string, left: Left): void {
  const members = new Members(call, path, left);
  members.text('id');
  members.number('index');
  members.skipWhere('type', 'function');
  const body = members.inner('function') ?? members;
  body.skip('name', 'arguments');
  if (body !== members) body.done();
  members.done();
}

function leftOfContent(members: Members, left: Left): void {
  const parts = members.take('content');
  if (!isArray(parts)) return;
  for (const [index, part] of parts.entries()) {
    if (!isObject(part)) continue;
    const inner = new Members(part, `${members.placeOf('content')}[${index}]`, left);
    const kind = textMember(part, 'type');
    inner.skip('type');
    if (textMember(part, 'thinking') !== undefined || kind === 'reasoning') inner.skip('thinking', 'text');
    else if (textMember(part, 'text') !== undefined && ['text', 'input_text', 'output_text'].includes(kind ?? ''))
      inner.skip('text');
    else if (textMember(part, 'image_url') !== undefined) inner.skip('image_url');
    else if (textMember(part['image_url'], 'url') !== undefined) leftOfImage(inner);
    // Any other part is kept whole.
    else continue;
    inner.done();
  }
}

function leftOfImage(part: Members): void {
  const image = part.inner('image_url');
  image?.skip('url');
  image?.skipWhere('detail', 'auto');
  image?.done();
}
