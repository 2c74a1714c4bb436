// A request of the internal form as a body of POST /messages.
import type { Json, JsonObject, Message, Part } from '#contract/turn';
import { emptyContext } from '../../../turns/path.ts';
import { isObject, member, textMember } from '../../../trace/json.ts';
import { Saying } from '../saying.ts';
import { plainSchema } from '../schema.ts';
import { partKind } from '../writing.ts';
import { tieOf } from '../ties.ts';
import type { AssistantMessage, WireParameters, WireRequest } from '../wire.ts';
import { isAnthropicBlock } from './reply.ts';

/** The API wants a limit; where none is asked for, one that every model since 3.7 can keep. */
const defaultMaxTokens = 16_384;

export function writeAnthropicRequest(
  { model, messages, parameters, stream }: WireRequest,
  omitted?: (what: string) => void,
): JsonObject {
  const saying = new Saying("Anthropic's messages", omitted);
  const [context = emptyContext, ...rest] = messages[0]?.role === 'context' ? messages : [emptyContext, ...messages];
  const writer = new Writer(saying);
  const system = writer.content(context.content, 'messages[0]', 'text');
  const tools = context.role === 'context' ? context.tools.map((tool, index) => writeTool(tool, index, saying)) : [];
  const written = writer.messages(rest);
  const body: JsonObject = {
    model,
    max_tokens: parameters.maxTokens ?? defaultMaxTokens,
    ...(context.content.length === 0 ? {} : { system }),
    messages: written,
    ...(tools.length === 0 ? {} : { tools }),
    ...writeParameters(parameters, tools.length > 0, saying),
    ...(stream ? { stream: true } : {}),
  };
  saying.check();
  return body;
}

function writeParameters(parameters: WireParameters, hasTools: boolean, saying: Saying): JsonObject {
  const { temperature, topP, stop, seed, schema, logprobs, user } = parameters;
  if (seed !== undefined) saying.refuse('seed');
  if (logprobs !== undefined) saying.refuse('logprobs');
  const { thinking, effort } = writeReasoning(parameters.reasoning, saying);
  const output: JsonObject = {
    ...(effort === undefined ? {} : { effort }),
    ...(schema === undefined ? {} : { format: { type: 'json_schema', schema: plainSchema(schema) } }),
  };
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop_sequences: [...stop] }),
    ...writeToolChoice(parameters, hasTools),
    ...(thinking === undefined ? {} : { thinking }),
    ...(Object.keys(output).length === 0 ? {} : { output_config: output }),
    ...(user === undefined ? {} : { metadata: { user_id: user } }),
  };
}

function writeReasoning(
  reasoning: WireParameters['reasoning'],
  saying: Saying,
): { readonly thinking?: JsonObject; readonly effort?: string } {
  if (reasoning === undefined) return {};
  if (typeof reasoning === 'number') return { thinking: { type: 'enabled', budget_tokens: reasoning } };
  if (reasoning === 'none') return { thinking: { type: 'disabled' } };
  if (reasoning === 'minimal') saying.refuse('reasoning "minimal"');
  return { thinking: { type: 'adaptive' }, effort: reasoning };
}

/** Whether calls may be parallel is said where the choice is; without tools, or with none to be called, it says nothing. */
function writeToolChoice({ toolChoice, parallelToolCalls }: WireParameters, hasTools: boolean): JsonObject {
  const choice = toolChoice ?? (parallelToolCalls === undefined || !hasTools ? undefined : 'auto');
  if (choice === undefined) return {};
  if (choice === 'none') return { tool_choice: { type: 'none' } };
  const kind: JsonObject =
    typeof choice === 'string' ? { type: choice === 'required' ? 'any' : 'auto' } : { type: 'tool', name: choice.name };
  const single = parallelToolCalls === undefined ? {} : { disable_parallel_tool_use: !parallelToolCalls };
  return { tool_choice: { ...kind, ...single } };
}

function writeTool(tool: Json, index: number, saying: Saying): Json {
  const kind = textMember(tool, 'type') ?? 'unknown';
  const body = member(tool, 'function');
  const name = textMember(body, 'name');
  if (kind !== 'function' || !isObject(body) || name === undefined) {
    // Tools of Anthropic's own are called by their date.
    if (!/_\d{8}$|^mcp_toolset$/.test(kind)) saying.refuse(`tools[${index}] (${kind})`);
    return tool;
  }
  const { name: _, description, parameters, strict, ...rest } = body;
  for (const key of Object.keys(rest)) saying.refuse(`tools[${index}].function.${key}`);
  return {
    name,
    ...(typeof description === 'string' ? { description } : {}),
    input_schema: isObject(parameters) ? parameters : { type: 'object', properties: {} },
    ...(strict === true ? { strict } : {}),
  };
}

type Role = 'text' | 'user' | 'tool' | 'assistant';

class Writer {
  readonly #saying: Saying;
  #calls = 0;

  constructor(saying: Saying) {
    this.#saying = saying;
  }

  /** Results of tools, and what the user says next, are one message. */
  messages(messages: readonly Message[]): Json[] {
    const written: Json[] = [];
    let results: Json[] = [];
    const finish = (): void => {
      if (results.length > 0) written.push({ role: 'user', content: results });
      results = [];
    };
    for (const [index, message] of messages.entries()) {
      const path = `messages[${index + 1}]`;
      if (message.role === 'tool') results.push(this.#result(message, path));
      else if (message.role === 'user' && results.length > 0 && message.content.length > 0) {
        this.#name(message, path);
        results.push(...this.#blocks(message.content, path, 'user'));
        finish();
      } else {
        finish();
        written.push(this.#message(message, path));
      }
    }
    finish();
    return written;
  }

  #message(message: Exclude<Message, { role: 'tool' }>, path: string): Json {
    switch (message.role) {
      case 'context':
        this.#saying.refuse(`${path} (a second context)`);
        return null;
      case 'system':
        return { role: 'system', content: this.content(message.content, path, 'text') };
      case 'user':
        this.#name(message, path);
        return { role: 'user', content: this.content(message.content, path, 'user') };
      case 'assistant':
        this.#name(message, path);
        return this.#assistant(message, path);
    }
  }

  #name({ name }: { readonly name?: string | undefined }, path: string): void {
    if (name !== undefined) this.#saying.refuse(`${path}.name`);
  }

  #assistant({ content, toolCalls = [] }: AssistantMessage, path: string): Json {
    if (toolCalls.length === 0) return { role: 'assistant', content: this.content(content, path, 'assistant') };
    const uses = toolCalls.map((call, index): Json => {
      const isSaid = call.unparsed !== true && isObject(call.arguments);
      if (!isSaid) this.#saying.refuse(`${path}.toolCalls[${index}].arguments (no JSON object)`);
      return { type: 'tool_use', id: toolUseId(this.#calls + index), name: call.name, input: call.arguments };
    });
    this.#calls += toolCalls.length;
    return { role: 'assistant', content: [...this.#blocks(content, path, 'assistant'), ...uses] };
  }

  #result({ call, content, isError }: Message & { role: 'tool' }, path: string): Json {
    if (call === undefined || call >= this.#calls) this.#saying.refuse(`${path} (a result of no known tool call)`);
    return {
      type: 'tool_result',
      tool_use_id: toolUseId(call ?? 0),
      content: this.content(content, path, 'tool'),
      ...(isError === true ? { is_error: true } : {}),
    };
  }

  /** One text as a string, anything else as blocks. */
  content(content: readonly Part[], path: string, role: Role): Json {
    const [only] = content;
    if (only === undefined) return '';
    if (content.length === 1 && only.type === 'text' && only.text !== '') return only.text;
    return this.#blocks(content, path, role);
  }

  #blocks(content: readonly Part[], path: string, role: Role): Json[] {
    return content.flatMap((part, index): Json[] => {
      const place = `${path}.content[${index}]`;
      if (role === 'assistant') {
        const own = this.#own(content, index, place);
        if (own !== undefined) return own;
      }
      const block = writeBlock(part, role);
      if (block !== undefined) return [block];
      this.#saying.refuse(`${place} (${partKind(part)})`);
      return [];
    });
  }

  /** What only answers hold: reasoning, what ties it to Anthropic, a refusal as OpenAI says it. */
  #own(content: readonly Part[], index: number, place: string): Json[] | undefined {
    const part = content[index];
    const tie = tieOf(part);
    if (tie !== undefined) {
      if (tie.dialect !== 'anthropic') this.#saying.omit(`${place} (what ties an answer to another provider)`);
      return [];
    }
    if (part?.type === 'reasoning') {
      const next = tieOf(content[index + 1]);
      const signature = next?.dialect === 'anthropic' ? textMember(next, 'signature') : undefined;
      if (signature !== undefined) return [{ type: 'thinking', thinking: part.text, signature }];
      this.#saying.omit(`${place} (reasoning without Anthropic's signature)`);
      return [];
    }
    if (part?.type !== 'other' || part.kind !== 'refusal' || typeof part.value !== 'string') return undefined;
    this.#saying.omit(`${place} (that it is a refusal)`);
    return [{ type: 'text', text: part.value }];
  }
}

function writeBlock(part: Part, role: Role): Json | undefined {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'reasoning':
      return undefined;
    case 'image':
      return role === 'user' || role === 'tool' ? writeImage(part.url) : undefined;
    case 'other':
      return isAnthropicBlock(part) ? part.value : undefined;
  }
}

function writeImage(url: string): Json | undefined {
  const [, media, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? [];
  if (media !== undefined && data !== undefined)
    return { type: 'image', source: { type: 'base64', media_type: media, data } };
  return url.startsWith('data:') ? undefined : { type: 'image', source: { type: 'url', url } };
}

function toolUseId(position: number): string {
  return `toolu_${String(position).padStart(5, '0')}`;
}
