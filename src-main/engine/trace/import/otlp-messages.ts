// The messages of a model span, in any of the conventions that record them, as OpenAI chat messages.
import type { Json, JsonObject } from '#contract/turn';
import { parsePlainJson } from '../exact-json.ts';
import { at, isArray, isObject, member, textMember } from '../json.ts';
import { listUnder } from './flattened.ts';
import { aiSdkMessages } from './otlp-ai-sdk.ts';
import { opened, openedList, some, type SpanMessages } from './otlp-opened.ts';
import { langfuseMessages, langSmithMessages } from './otlp-whole.ts';

export interface SpanEvent {
  readonly name: string;
  readonly attributes: JsonObject;
}

/** The first convention that has messages wins; undefined where none has. */
export function spanMessages(attributes: JsonObject, events: readonly SpanEvent[]): SpanMessages | undefined {
  const details = events.find(({ name }) => name === 'gen_ai.client.inference.operation.details');
  return (
    genAi(attributes) ??
    (details === undefined ? undefined : genAi(details.attributes)) ??
    openInference(attributes) ??
    aiSdkMessages(attributes) ??
    langSmithMessages(attributes) ??
    openLlmetry(attributes) ??
    messageEvents(events) ??
    langfuseMessages(attributes) ??
    wholeValues(attributes)
  );
}

// OpenTelemetry GenAI: gen_ai.input.messages, gen_ai.output.messages, gen_ai.system_instructions, gen_ai.tool.definitions.

function genAi(attributes: JsonObject): SpanMessages | undefined {
  const input = openedList(attributes['gen_ai.input.messages']).flatMap(fromParts);
  const output = openedList(attributes['gen_ai.output.messages']).flatMap(fromParts);
  const instructions = openedList(attributes['gen_ai.system_instructions']);
  const system = instructions.length === 0 ? [] : [{ role: 'system', content: contentOf(instructions) }];
  const tools = openedList(attributes['gen_ai.tool.definitions']).map(toolOf);
  return some([...system, ...input], output, tools);
}

/** {role, parts}: one message, or one a tool result. */
function fromParts(message: Json): readonly Json[] {
  const parts = member(message, 'parts');
  if (!isArray(parts)) return isObject(message) ? [message] : [{ role: 'user', content: message }];
  const results = parts.filter((part) => textMember(part, 'type') === 'tool_call_response').map(resultOf);
  const calls = parts.filter((part) => textMember(part, 'type') === 'tool_call').map(callOf);
  const rest = parts.filter((part) => !['tool_call', 'tool_call_response'].includes(textMember(part, 'type') ?? ''));
  if (rest.length === 0 && calls.length === 0 && results.length > 0) return results;
  const role = textMember(message, 'role') ?? 'user';
  const name = textMember(message, 'name');
  const spoken: Json = {
    role: role === 'tool' ? 'user' : role,
    content: contentOf(rest),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(name === undefined ? {} : { name }),
  };
  return [...results, spoken];
}

function resultOf(part: Json): Json {
  const response = member(part, 'response') ?? member(part, 'result') ?? '';
  return {
    role: 'tool',
    tool_call_id: member(part, 'id') ?? '',
    content: typeof response === 'string' ? response : JSON.stringify(response),
  };
}

function callOf(part: Json): Json {
  return {
    id: member(part, 'id') ?? '',
    function: { name: textMember(part, 'name') ?? 'unknown', arguments: member(part, 'arguments') ?? {} },
  };
}

function contentOf(parts: readonly Json[]): Json {
  return parts.map((part): Json => {
    if (typeof part === 'string') return { type: 'text', text: part };
    const content = member(part, 'content');
    switch (textMember(part, 'type')) {
      case 'text':
        return { type: 'text', text: typeof content === 'string' ? content : JSON.stringify(content ?? null) };
      case 'reasoning':
        return { type: 'thinking', thinking: typeof content === 'string' ? content : '' };
      case 'blob':
        return imagePart(
          part,
          `data:${textMember(part, 'mime_type') ?? 'image/png'};base64,${textMember(part, 'content') ?? ''}`,
        );
      case 'uri':
        return imagePart(part, textMember(part, 'uri') ?? '');
      case undefined:
      default:
        return part;
    }
  });
}

function imagePart(part: Json, url: string): Json {
  const kind = textMember(part, 'modality') ?? textMember(part, 'mime_type') ?? '';
  return kind.startsWith('image') ? { type: 'image_url', image_url: { url } } : part;
}

/** A tool definition as an OpenAI function, where it is flat. */
function toolOf(tool: Json): Json {
  const { type, ...body } = isObject(tool) ? tool : {};
  if (type !== 'function' || member(tool, 'function') !== undefined || typeof body['name'] !== 'string') return tool;
  return { type, function: body };
}

// OpenInference: llm.input_messages.N.message.…, llm.output_messages.N.message.…, llm.tools.N.tool.json_schema.

function openInference(attributes: JsonObject): SpanMessages | undefined {
  const messages = (name: string): Json[] =>
    (listUnder(attributes, name) ?? []).map((entry) => inferred(member(entry, 'message') ?? entry));
  const tools = (listUnder(attributes, 'llm.tools') ?? []).map(
    (entry) => opened(at(entry, ['tool', 'json_schema'])) ?? entry,
  );
  return some(messages('llm.input_messages'), messages('llm.output_messages'), tools);
}

function inferred(message: Json): Json {
  const contents = member(message, 'contents');
  const calls = member(message, 'tool_calls');
  const single = textMember(message, 'function_call_name');
  const id = member(message, 'tool_call_id');
  const name = member(message, 'name');
  return {
    role: member(message, 'role') ?? 'user',
    content: isArray(contents) ? contents.map(inferredPart) : (member(message, 'content') ?? null),
    ...(isArray(calls) ? { tool_calls: calls.map((call) => inferredCall(member(call, 'tool_call') ?? call)) } : {}),
    ...(single === undefined
      ? {}
      : {
          tool_calls: [
            { function: { name: single, arguments: member(message, 'function_call_arguments_json') ?? '{}' } },
          ],
        }),
    ...(id === undefined ? {} : { tool_call_id: id }),
    ...(name === undefined ? {} : { name }),
  };
}

function inferredCall(call: Json): Json {
  const name = textMember(member(call, 'function'), 'name') ?? 'unknown';
  return { id: member(call, 'id') ?? '', function: { name, arguments: at(call, ['function', 'arguments']) ?? '{}' } };
}

function inferredPart(entry: Json): Json {
  const part = member(entry, 'message_content') ?? entry;
  const url = textMember(at(part, ['image', 'image']), 'url');
  if (url !== undefined) return { type: 'image_url', image_url: { url } };
  const text = textMember(part, 'text');
  if (text === undefined) return part;
  return textMember(part, 'type') === 'reasoning' ? { type: 'thinking', thinking: text } : { type: 'text', text };
}

// OpenLLMetry and semantic conventions before 1.27: gen_ai.prompt.N.role, gen_ai.completion.N.content.

function openLlmetry(attributes: JsonObject): SpanMessages | undefined {
  const input = listUnder(attributes, 'gen_ai.prompt') ?? openedList(attributes['gen_ai.prompt']);
  const output = listUnder(attributes, 'gen_ai.completion') ?? openedList(attributes['gen_ai.completion']);
  const flat =
    (role: string) =>
    (message: Json): Json =>
      flatMessage(message, role);
  const tools = (listUnder(attributes, 'llm.request.functions') ?? []).map((body): Json => {
    const parameters = opened(member(body, 'parameters'));
    return {
      type: 'function',
      function: isObject(body) ? { ...body, ...(parameters === undefined ? {} : { parameters }) } : body,
    };
  });
  return some(input.map(flat('user')), output.map(flat('assistant')), tools);
}

function flatMessage(message: Json, role: string): Json {
  if (!isObject(message)) return { role, content: message };
  const calls = member(message, 'tool_calls');
  const content = member(message, 'content') ?? null;
  return {
    ...message,
    role: member(message, 'role') ?? role,
    content: partsIn(content),
    ...(isArray(calls)
      ? {
          tool_calls: calls.map((call): Json => ({
            id: member(call, 'id') ?? '',
            function: { name: textMember(call, 'name') ?? 'unknown', arguments: member(call, 'arguments') ?? '{}' },
          })),
        }
      : {}),
  };
}

/** Content that is JSON text of a list of parts is that list. */
function partsIn(content: Json): Json {
  if (typeof content !== 'string' || !content.startsWith('[{"type"')) return content;
  const parts = parsePlainJson(content);
  return isArray(parts) ? parts : content;
}

// One event a message: gen_ai.system.message, gen_ai.user.message, gen_ai.assistant.message, gen_ai.tool.message, gen_ai.choice.

function messageEvents(events: readonly SpanEvent[]): SpanMessages | undefined {
  const input: Json[] = [];
  const output: Json[] = [];
  for (const { name, attributes } of events) {
    const body = eventBody(attributes);
    const role = /^gen_ai\.(system|user|assistant|tool)\.message$/.exec(name)?.[1];
    if (role !== undefined) input.push(eventMessage(body, role));
    else if (name === 'gen_ai.choice') output.push(eventMessage(opened(body['message']) ?? body, 'assistant'));
    else if (name === 'gen_ai.content.prompt')
      input.push(...openedList(attributes['gen_ai.prompt']).map((message) => flatMessage(message, 'user')));
    else if (name === 'gen_ai.content.completion')
      output.push(...openedList(attributes['gen_ai.completion']).map((message) => flatMessage(message, 'assistant')));
  }
  return some(input, output, []);
}

/** The body stands in the attributes, or as JSON in one of them. */
function eventBody(attributes: JsonObject): JsonObject {
  const content = opened(attributes['gen_ai.event.content'] ?? attributes['event.body']);
  return isObject(content) ? { ...attributes, ...content } : attributes;
}

function eventMessage(body: Json, role: string): Json {
  const calls = opened(member(body, 'tool_calls'));
  const id = member(body, 'id') ?? member(body, 'tool_call_id');
  const content = partsIn(member(body, 'content') ?? null);
  return {
    role: textMember(body, 'role') ?? role,
    content: isObject(content) ? JSON.stringify(content) : content,
    ...(isArray(calls) ? { tool_calls: calls } : {}),
    ...(role === 'tool' && id !== undefined ? { tool_call_id: id } : {}),
  };
}

// Nothing but the whole input and output, as OpenInference has them on spans of every kind.

function wholeValues(attributes: JsonObject): SpanMessages | undefined {
  const request = opened(attributes['input.value']);
  const answer = opened(attributes['output.value']);
  const messages = member(request, 'messages');
  const choices = member(answer, 'choices');
  const input = isArray(messages) ? messages : said(attributes['input.value'], 'user');
  const output = isArray(choices)
    ? choices.map((choice) => member(choice, 'message') ?? choice)
    : said(attributes['output.value'], 'assistant');
  return some(input, output, []);
}

function said(value: Json | undefined, role: string): readonly Json[] {
  if (value === undefined || value === null || value === '') return [];
  return [{ role, content: typeof value === 'string' ? value : JSON.stringify(value) }];
}
