// A request of the internal form as a body of POST /responses.
import type { Json, JsonObject, Message, Part } from '#contract/turn';
import { emptyContext } from '../../../turns/path.ts';
import { isObject, member, textMember } from '../../../trace/json.ts';
import { Saying } from '../saying.ts';
import { isAnyObject, isHeldTo, nameOf, plainSchema } from '../schema.ts';
import { partKind } from '../writing.ts';
import { tieOf } from '../ties.ts';
import type { AssistantMessage, WireParameters, WireRequest } from '../wire.ts';
import { isOwnItem, wholeValue } from './answer-items.ts';

export function writeResponsesRequest(
  { model, messages, parameters, stream }: WireRequest,
  omitted?: (what: string) => void,
): JsonObject {
  const saying = new Saying("OpenAI's responses", omitted);
  const [context = emptyContext, ...rest] = messages[0]?.role === 'context' ? messages : [emptyContext, ...messages];
  const writer = new Writer(saying);
  const [only] = context.content;
  const isPlain = context.content.length === 1 && only?.type === 'text' && only.text !== '';
  const lead = isPlain || only === undefined ? [] : [writer.lead(context.content)];
  const input = [...lead, ...rest.flatMap((message, index) => writer.items(message, index + 1))];
  const tools = context.role === 'context' ? context.tools.map((tool, index) => writeTool(tool, index, saying)) : [];
  const body: JsonObject = {
    model,
    ...(isPlain ? { instructions: only.text } : {}),
    input,
    ...(tools.length === 0 ? {} : { tools }),
    ...writeParameters(parameters, saying),
    ...(stream ? { stream: true } : {}),
  };
  saying.check();
  return body;
}

function writeParameters(parameters: WireParameters, saying: Saying): JsonObject {
  const { temperature, topP, maxTokens, stop, seed, toolChoice, parallelToolCalls, reasoning, logprobs, user } =
    parameters;
  if (typeof reasoning === 'number') saying.refuse('reasoning as a number of tokens');
  if (stop !== undefined && stop.length > 0) saying.refuse('stop');
  if (seed !== undefined) saying.refuse('seed');
  const include = [
    ...(logprobs === undefined ? [] : ['message.output_text.logprobs']),
    // Models that do not reason refuse this, so it is asked for only where reasoning is.
    ...(typeof reasoning === 'string' && reasoning !== 'none' ? ['reasoning.encrypted_content'] : []),
  ];
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(maxTokens === undefined ? {} : { max_output_tokens: maxTokens }),
    ...writeFormat(parameters),
    ...(toolChoice === undefined ? {} : { tool_choice: writeToolChoice(toolChoice) }),
    ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
    ...(typeof reasoning === 'string' ? { reasoning: { effort: reasoning } } : {}),
    ...(include.length === 0 ? {} : { include }),
    ...(logprobs === undefined || logprobs === 0 ? {} : { top_logprobs: logprobs }),
    ...(user === undefined ? {} : { user }),
  };
}

function writeFormat({ schema: given, schemaName, strictSchema }: WireParameters): JsonObject {
  if (given === undefined) return {};
  const schema = plainSchema(given);
  if (isAnyObject(schema)) return { text: { format: { type: 'json_object' } } };
  const strict = strictSchema ?? isHeldTo(schema);
  return { text: { format: { type: 'json_schema', name: nameOf(schemaName), schema, strict } } };
}

function writeToolChoice(choice: NonNullable<WireParameters['toolChoice']>): Json {
  return typeof choice === 'string' ? choice : { type: 'function', name: choice.name };
}

/** Tools that OpenAI itself runs, and those whose calls are no functions. */
const ownTools =
  /^(web_search|file_search|computer|code_interpreter|image_generation|mcp|local_shell|shell|apply_patch|tool_search|custom|namespace)/;

function writeTool(tool: Json, index: number, saying: Saying): Json {
  const kind = textMember(tool, 'type') ?? 'unknown';
  const body = member(tool, 'function');
  const name = textMember(body, 'name');
  if (kind !== 'function' || !isObject(body) || name === undefined) {
    if (!ownTools.test(kind) || member(tool, 'custom') !== undefined) saying.refuse(`tools[${index}] (${kind})`);
    return tool;
  }
  const { name: _, description, parameters, strict, ...rest } = body;
  for (const key of Object.keys(rest)) saying.refuse(`tools[${index}].function.${key}`);
  return {
    type: 'function',
    name,
    ...(typeof description === 'string' ? { description } : {}),
    parameters: parameters ?? null,
    // Chat does not hold calls to the schema unless told so; here it would.
    strict: strict === true,
  };
}

type Role = 'text' | 'user' | 'tool';

class Writer {
  readonly #saying: Saying;
  #calls = 0;

  constructor(saying: Saying) {
    this.#saying = saying;
  }

  lead(content: readonly Part[]): Json {
    return { role: 'system', content: this.#content(content, 'messages[0]', 'text') };
  }

  items(message: Message, index: number): Json[] {
    const path = `messages[${index}]`;
    switch (message.role) {
      case 'context':
        this.#saying.refuse(`${path} (a second context)`);
        return [];
      case 'system':
        return [{ role: 'system', content: this.#content(message.content, path, 'text') }];
      case 'user':
        return this.#user(message, path);
      case 'tool':
        return [this.#result(message, path)];
      case 'assistant':
        return this.#answer(message, path);
    }
  }

  #user({ content, name }: Message & { role: 'user' }, path: string): Json[] {
    if (name !== undefined) this.#saying.refuse(`${path}.name`);
    const [only] = content;
    const item = content.length === 1 && only !== undefined ? wholeValue(only) : undefined;
    if (item !== undefined && isClientItem(item)) return [item];
    return [{ role: 'user', content: this.#content(content, path, 'user') }];
  }

  #result({ call, content, isError }: Message & { role: 'tool' }, path: string): Json {
    if (call === undefined || call >= this.#calls) this.#saying.refuse(`${path} (a result of no known tool call)`);
    if (isError === true) this.#saying.omit(`${path}.isError`);
    const output = this.#content(content, path, 'tool');
    return { type: 'function_call_output', call_id: callId(call ?? 0), output };
  }

  #answer({ content, name, toolCalls = [] }: AssistantMessage, path: string): Json[] {
    if (name !== undefined) this.#saying.refuse(`${path}.name`);
    const items: Json[] = [];
    let said: Json[] = [];
    const finish = (more: JsonObject = {}): void => {
      if (said.length > 0) items.push({ type: 'message', role: 'assistant', content: said, ...more });
      said = [];
    };
    for (const [index, part] of content.entries()) {
      const place = `${path}.content[${index}]`;
      const tie = tieOf(part);
      const whole = wholeValue(part);
      if (part.type === 'text') said.push({ type: 'output_text', text: part.text, annotations: [] });
      else if (part.type === 'other' && part.kind === 'refusal' && typeof part.value === 'string')
        said.push({ type: 'refusal', refusal: part.value });
      else if (tie !== undefined) {
        if (tie.dialect !== 'openai-responses') this.#saying.omit(`${place} (what ties an answer to another provider)`);
        else if (typeof tie['phase'] === 'string') finish({ phase: tie['phase'] });
        else {
          finish();
          const before = content[index - 1];
          items.push(reasoningItem(before?.type === 'reasoning' ? before.text : undefined, tie));
        }
      } else if (part.type === 'reasoning' || (part.type === 'other' && part.kind === 'redacted_thinking')) {
        const next = tieOf(content[index + 1]);
        if (next?.dialect !== 'openai-responses' || part.type !== 'reasoning')
          this.#saying.omit(`${place} (reasoning that did not come in this dialect)`);
      } else if (whole !== undefined && isOwnItem(whole)) {
        finish();
        items.push(whole);
      } else this.#saying.refuse(`${place} (${partKind(part)})`);
    }
    finish();
    const calls = toolCalls.map((call, index) => ({
      type: 'function_call',
      call_id: callId(this.#calls + index),
      name: call.name,
      arguments: call.unparsed === true ? call.arguments : JSON.stringify(call.arguments),
    }));
    this.#calls += toolCalls.length;
    const all = [...items, ...calls];
    return all.length === 0 ? [{ type: 'message', role: 'assistant', content: [] }] : all;
  }

  /** One text as a string, anything else as parts. */
  #content(content: readonly Part[], path: string, role: Role): Json {
    const [only] = content;
    if (only === undefined) return '';
    if (content.length === 1 && only.type === 'text' && only.text !== '') return only.text;
    return content.map((part, index): Json => {
      if (part.type === 'text') return { type: 'input_text', text: part.text };
      if (role !== 'text' && part.type === 'image') return { type: 'input_image', image_url: part.url, detail: 'auto' };
      const whole = wholeValue(part);
      if (role !== 'text' && whole !== undefined && /^input_(file|audio|image)$/.test(textMember(whole, 'type') ?? ''))
        return whole;
      this.#saying.refuse(`${path}.content[${index}] (${partKind(part)})`);
      return null;
    });
  }
}

function reasoningItem(text: string | undefined, tie: JsonObject): Json {
  const { id, encrypted_content: encrypted } = tie;
  const isContent = tie['in'] === 'content' && text !== undefined;
  return {
    type: 'reasoning',
    ...(id === undefined ? {} : { id }),
    summary: text === undefined || isContent ? [] : [{ type: 'summary_text', text }],
    ...(isContent ? { content: [{ type: 'reasoning_text', text }] } : {}),
    ...(encrypted === undefined ? {} : { encrypted_content: encrypted }),
  };
}

/** What a client answers to calls that are no functions. */
function isClientItem(item: JsonObject): boolean {
  return /_output$|^mcp_approval_response$|^item_reference$/.test(textMember(item, 'type') ?? '');
}

function callId(position: number): string {
  return `call_${String(position).padStart(5, '0')}`;
}
