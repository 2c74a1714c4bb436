// The Vercel AI SDK's attributes (ai.prompt.messages, ai.response.text, …) as OpenAI chat messages.
// Format: https://ai-sdk.dev/docs/ai-sdk-core/telemetry; versions before 5 say args and result where later ones say input and output.
import type { Json, JsonObject } from '#contract/turn';
import { isArray, isObject, member, textMember } from '../json.ts';
import { opened, openedList, some, type SpanMessages } from './otlp-opened.ts';

/** The messages of a provider call; undefined where the span has none of the attributes. */
export function aiSdkMessages(attributes: JsonObject): SpanMessages | undefined {
  const prompt = opened(attributes['ai.prompt']);
  const listed = attributes['ai.prompt.messages'] ?? member(prompt, 'messages');
  const input = listed === undefined ? promptMessages(prompt) : [...systemOf(prompt), ...openedList(listed)];
  const tools = openedList(attributes['ai.prompt.tools']).map((tool) => toolOf(opened(tool) ?? tool));
  return some(input.flatMap(messagesOf), answerOf(attributes), tools);
}

function promptMessages(prompt: Json | undefined): readonly Json[] {
  const said = textMember(prompt, 'prompt') ?? prompt;
  return typeof said === 'string' ? [...systemOf(prompt), { role: 'user', content: said }] : [];
}

function systemOf(prompt: Json | undefined): readonly Json[] {
  const content = textMember(prompt, 'system');
  return content === undefined ? [] : [{ role: 'system', content }];
}

/** One message, or one a tool result. */
function messagesOf(message: Json): readonly Json[] {
  const content = member(message, 'content');
  if (!isObject(message) || !isArray(content)) return [message];
  const results = content.filter((part) => textMember(part, 'type') === 'tool-result');
  const calls = content.filter((part) => textMember(part, 'type') === 'tool-call');
  const rest = content.filter((part) => !results.includes(part) && !calls.includes(part));
  const answered = results.map(resultOf);
  if (rest.length === 0 && calls.length === 0 && answered.length > 0) return answered;
  const spoken: Json = {
    role: message['role'] ?? 'user',
    content: rest.map(partOf),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(callOf) }),
  };
  return [spoken, ...answered];
}

function answerOf(attributes: JsonObject): readonly Json[] {
  const of = (name: string): Json | undefined => attributes[`ai.response.${name}`] ?? attributes[`ai.result.${name}`];
  const reasoning = of('reasoning');
  const object = of('object');
  const text = of('text') ?? (typeof object === 'string' || object === undefined ? object : JSON.stringify(object));
  const calls = openedList(of('toolCalls')).filter(isObject);
  const content: Json[] = [
    ...(typeof reasoning === 'string' && reasoning !== '' ? [{ type: 'thinking', thinking: reasoning }] : []),
    ...(typeof text === 'string' && text !== '' ? [{ type: 'text', text }] : []),
  ];
  if (content.length + calls.length === 0) return [];
  return [{ role: 'assistant', content, ...(calls.length === 0 ? {} : { tool_calls: calls.map(callOf) }) }];
}

function callOf(call: Json): Json {
  const given = member(call, 'input') ?? member(call, 'args') ?? {};
  return {
    id: member(call, 'toolCallId') ?? '',
    function: { name: textMember(call, 'toolName') ?? 'unknown', arguments: given },
  };
}

function resultOf(part: Json): Json {
  const output = member(part, 'output');
  // Since version 5 an output says its type beside its value.
  const value = (isObject(output) ? output['value'] : output) ?? member(part, 'result') ?? '';
  return {
    role: 'tool',
    tool_call_id: member(part, 'toolCallId') ?? '',
    content: typeof value === 'string' ? value : JSON.stringify(value),
  };
}

/** Images come as an address, as a data address or as bare base64 beside a media type. */
function partOf(part: Json): Json {
  const media = textMember(part, 'mediaType') ?? textMember(part, 'mimeType');
  const type = textMember(part, 'type');
  const data = textMember(part, type === 'image' ? 'image' : 'data');
  const isImage = type === 'image' || (type === 'file' && media?.startsWith('image') === true);
  if (!isImage || data === undefined) return part;
  const url = /^(?:https?|data):/.test(data) ? data : `data:${media ?? 'image/png'};base64,${data}`;
  return { type: 'image_url', image_url: { url } };
}

function toolOf(tool: Json): Json {
  const name = textMember(tool, 'name');
  if (textMember(tool, 'type') !== 'function' || name === undefined) return tool;
  const description = textMember(tool, 'description');
  const parameters = member(tool, 'inputSchema') ?? member(tool, 'parameters');
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
    },
  };
}
