// A request of the internal form as a body of POST /chat/completions.
import type { Json, JsonObject, Message, Part } from '#contract/turn';
import { emptyContext } from '../../../turns/path.ts';
import { isObject, member, textMember } from '../../../trace/json.ts';
import { Saying } from '../saying.ts';
import { partKind } from '../writing.ts';
import { tieOf, tiesOf } from '../ties.ts';
import { isAnyObject, isHeldTo, nameOf, plainSchema } from '../schema.ts';
import type { AssistantMessage, WireParameters, WireRequest } from '../wire.ts';

/** Servers other than OpenAI's own know the older name, some of them only that. */
export type MaxTokensKey = 'max_tokens' | 'max_completion_tokens';

export function writeChatRequest(
  { model, messages, parameters, stream }: WireRequest,
  maxTokensKey: MaxTokensKey,
  omitted?: (what: string) => void,
): JsonObject {
  const saying = new Saying("OpenAI's chat completions", omitted);
  const [first = emptyContext, ...rest] = messages[0]?.role === 'context' ? messages : [emptyContext, ...messages];
  const writer = new Writer(saying);
  const written = [...writer.context(first), ...rest.map((message, index) => writer.message(message, index + 1))];
  const tools = writer.tools(first);
  const body: JsonObject = {
    model,
    messages: written,
    ...(tools.length === 0 ? {} : { tools }),
    ...writeParameters(parameters, maxTokensKey, saying),
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  };
  saying.check();
  return body;
}

function writeParameters(parameters: WireParameters, maxTokensKey: MaxTokensKey, saying: Saying): JsonObject {
  const { temperature, topP, maxTokens, stop, seed, toolChoice, parallelToolCalls, reasoning, logprobs, user } =
    parameters;
  if (typeof reasoning === 'number') saying.refuse('reasoning as a number of tokens');
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(maxTokens === undefined ? {} : { [maxTokensKey]: maxTokens }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop: [...stop] }),
    ...(seed === undefined ? {} : { seed }),
    ...writeFormat(parameters),
    ...(toolChoice === undefined ? {} : { tool_choice: writeToolChoice(toolChoice) }),
    ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
    ...(typeof reasoning === 'string' ? { reasoning_effort: reasoning } : {}),
    ...(logprobs === undefined ? {} : { logprobs: true, ...(logprobs === 0 ? {} : { top_logprobs: logprobs }) }),
    ...(user === undefined ? {} : { user }),
  };
}

function writeFormat({ schema: given, schemaName, strictSchema }: WireParameters): JsonObject {
  if (given === undefined) return {};
  const schema = plainSchema(given);
  if (isAnyObject(schema)) return { response_format: { type: 'json_object' } };
  const strict = strictSchema ?? isHeldTo(schema);
  const json = { name: nameOf(schemaName), schema, strict };
  return { response_format: { type: 'json_schema', json_schema: json } };
}

function writeToolChoice(choice: NonNullable<WireParameters['toolChoice']>): Json {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } };
}

/** Kinds of parts of this dialect that the internal form keeps whole. */
const userKinds = new Set(['input_audio', 'file', 'audio_url', 'video_url']);

class Writer {
  readonly #saying: Saying;
  #calls = 0;

  constructor(saying: Saying) {
    this.#saying = saying;
  }

  context({ content }: Message): Json[] {
    if (content.length === 0) return [];
    return [{ role: 'system', content: this.#content(placed(content, 'messages[0]'), 'text') }];
  }

  tools(context: Message): Json[] {
    if (context.role !== 'context') return [];
    for (const [index, tool] of context.tools.entries()) {
      const kind = textMember(tool, 'type') ?? 'unknown';
      if (kind !== 'function' && kind !== 'custom') this.#saying.refuse(`tools[${index}] (${kind})`);
    }
    return [...context.tools];
  }

  message(message: Message, index: number): Json {
    const path = `messages[${index}]`;
    switch (message.role) {
      case 'context':
        this.#saying.refuse(`${path} (a second context)`);
        return null;
      case 'system':
        return { role: 'system', content: this.#content(placed(message.content, path), 'text') };
      case 'user':
        return {
          role: 'user',
          content: this.#content(placed(message.content, path), 'user'),
          ...(message.name === undefined ? {} : { name: message.name }),
        };
      case 'tool':
        return this.#tool(message, path);
      case 'assistant':
        return this.#assistant(message, path);
    }
  }

  #tool(message: Message & { role: 'tool' }, path: string): Json {
    const { call, isError } = message;
    if (call === undefined || call >= this.#calls) this.#saying.refuse(`${path} (a result of no known tool call)`);
    if (isError === true) this.#saying.omit(`${path}.isError`);
    const content = this.#content(placed(message.content, path), 'text');
    return { role: 'tool', tool_call_id: callId(call ?? 0), content };
  }

  #assistant({ content, name, toolCalls = [] }: AssistantMessage, path: string): Json {
    const ties = tiesOf(content, 'openai-chat');
    const reasoning: string[] = [];
    const refusals: string[] = [];
    const parts: Placed[] = [];
    let key: string | undefined;
    for (const [index, { part, place }] of placed(content, path).entries()) {
      const tie = tieOf(part);
      if (part.type === 'reasoning') {
        const own = textMember(tieAfter(content, index), 'reasoning');
        if (own === undefined) this.#saying.omit(`${place} (reasoning that did not come in this dialect)`);
        else reasoning.push(part.text);
        key ??= own;
      } else if (tie !== undefined) {
        if (tie.dialect !== 'openai-chat') this.#saying.omit(`${place} (what ties an answer to another provider)`);
      } else if (part.type === 'other' && part.kind === 'refusal' && typeof part.value === 'string') {
        refusals.push(part.value);
      } else if (part.type === 'other' && part.kind === 'redacted_thinking') {
        this.#saying.omit(`${place} (reasoning that did not come in this dialect)`);
      } else parts.push({ part, place });
    }
    if (refusals.length > 1) this.#saying.refuse(`${path}.content (more than one refusal)`);
    const calls = toolCalls.map((call, index) => {
      const extra = ties.find((tie) => tie['call'] === index);
      const text = call.unparsed === true ? call.arguments : JSON.stringify(call.arguments);
      const fields = { name: call.name, arguments: text };
      const content_ = member(extra, 'extra_content');
      const more = content_ === undefined ? {} : { extra_content: content_ };
      return { id: callId(this.#calls + index), type: 'function', function: fields, ...more };
    });
    this.#calls += toolCalls.length;
    const details = ties.map((tie) => tie['reasoning_details']).find((value) => value !== undefined);
    const text = parts.length === 0 ? null : this.#content(parts, 'assistant');
    return {
      role: 'assistant',
      // Nothing said at all is an empty text, which servers take where they refuse null.
      content: text ?? (calls.length === 0 && refusals.length === 0 ? '' : null),
      ...(name === undefined ? {} : { name }),
      ...(key === undefined ? {} : { [key]: reasoning.join('\n\n') }),
      ...(details === undefined ? {} : { reasoning_details: details }),
      ...(refusals.length === 0 ? {} : { refusal: refusals[0] ?? '' }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    };
  }

  /** One text as a string, anything else as parts. */
  #content(content: readonly Placed[], kind: 'text' | 'user' | 'assistant'): Json {
    const only = content[0]?.part;
    if (only === undefined) return '';
    if (content.length === 1 && only.type === 'text' && only.text !== '') return only.text;
    return content.map((one) => this.#part(one, kind));
  }

  #part({ part, place }: Placed, kind: 'text' | 'user' | 'assistant'): Json {
    if (part.type === 'text') return { type: 'text', text: part.text };
    if (kind === 'user') {
      if (part.type === 'image') return { type: 'image_url', image_url: { url: part.url } };
      if (part.type === 'other' && userKinds.has(part.kind) && isObject(part.value)) return part.value;
    }
    // A refusal as a part of its own.
    if (kind === 'assistant' && part.type === 'other' && part.kind === 'refusal' && isObject(part.value))
      return part.value;
    this.#saying.refuse(`${place} (${partKind(part)})`);
    return null;
  }
}

interface Placed {
  readonly part: Part;
  /** As it is named where it is refused. */
  readonly place: string;
}

function placed(content: readonly Part[], path: string): readonly Placed[] {
  return content.map((part, index) => ({ part, place: `${path}.content[${index}]` }));
}

/** What ties the part before it, where that comes next and is of this dialect. */
function tieAfter(content: readonly Part[], index: number): JsonObject | undefined {
  const tie = tieOf(content[index + 1]);
  return tie?.dialect === 'openai-chat' ? tie : undefined;
}

/** Nine letters and digits: the one form that every server takes. */
function callId(position: number): string {
  return `call${String(position).padStart(5, '0')}`;
}
