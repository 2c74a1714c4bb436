// An answer of Anthropic's messages that is not streamed, both ways.
import type { Json, JsonObject, Part, ToolCall } from '#contract/turn';
import { anthropicAnswer } from '../../../trace/import/wire-messages.ts';
import { isArray, isObject, member, textMember } from '../../../trace/json.ts';
import { ModelError } from '../../model.ts';
import { answerBody, countIn, countOf, readAnswer, stopOf } from '../reading.ts';
import { callIdOf, partKind, refusalText } from '../writing.ts';
import type { ReplyFrame, Tie, WireReply, WireUsage } from '../wire.ts';

/** Throws ModelError where it is no answer. */
export function readAnthropicReply(source: Json): WireReply {
  const body = answerBody(source);
  const { content } = body;
  if (!isArray(content)) throw new ModelError('The answer holds no content.', 502);
  const message = readAnswer(() => anthropicAnswer(content));
  const uses = content.filter((block) => textMember(block, 'type') === 'tool_use');
  const ties = readTies(content);
  return {
    message,
    stop: readStop(textMember(body, 'stop_reason'), message),
    model: textMember(body, 'model') ?? '',
    usage: readAnthropicUsage(body['usage']),
    callIds: uses.map((block) => textMember(block, 'id')),
    ...(ties.length === 0 ? {} : { ties }),
  };
}

/** Thinking goes back with its signature, be it an empty one, as servers give that speak the dialect and sign nothing. */
function readTies(content: readonly Json[]): readonly Tie[] {
  const ties: Tie[] = [];
  let at = 0;
  for (const block of content) {
    const kind = textMember(block, 'type');
    if (kind === 'tool_use') continue;
    at += 1;
    if (kind !== 'thinking' || textMember(block, 'thinking') === undefined) continue;
    ties.push({ at, value: { dialect: 'anthropic', signature: textMember(block, 'signature') ?? '' } });
  }
  return ties;
}

const stops: Readonly<Record<string, string>> = {
  end_turn: 'end',
  stop_sequence: 'end',
  tool_use: 'tools',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
};

function readStop(reason: string | undefined, message: WireReply['message']): string {
  const known = reason !== undefined && Object.hasOwn(stops, reason) ? stops[reason] : reason;
  return known === undefined || known === 'end' ? stopOf(message, known) : known;
}

const reasons: Readonly<Record<string, string>> = { end: 'end_turn', tools: 'tool_use', length: 'max_tokens' };

export function writeAnthropicStop(stop: string): string {
  return (Object.hasOwn(reasons, stop) ? reasons[stop] : undefined) ?? stop;
}

/**
 * input_tokens is what was neither read from the cache nor written to it; all three are inputTokens here, as in OpenAI's dialects.
 * output_tokens holds what was thought.
 */
export function readAnthropicUsage(usage: Json | undefined): WireUsage {
  const cached = countIn(usage, 'cache_read_input_tokens');
  const reasoning = countIn(member(usage, 'output_tokens_details'), 'thinking_tokens');
  const written = countOf(usage, 'cache_creation_input_tokens');
  return {
    inputTokens: countOf(usage, 'input_tokens') + written + (cached ?? 0),
    outputTokens: countOf(usage, 'output_tokens'),
    ...(cached === undefined ? {} : { cachedTokens: cached }),
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
  };
}

export function writeAnthropicUsage(usage: WireUsage): JsonObject {
  const { inputTokens, outputTokens, cachedTokens, reasoningTokens } = usage;
  return {
    input_tokens: Math.max(0, inputTokens - (cachedTokens ?? 0)),
    ...(cachedTokens === undefined
      ? {}
      : { cache_creation_input_tokens: 0, cache_read_input_tokens: Math.min(cachedTokens, inputTokens) }),
    output_tokens: outputTokens,
    ...(reasoningTokens === undefined ? {} : { output_tokens_details: { thinking_tokens: reasoningTokens } }),
  };
}

export function writeAnthropicReply(reply: WireReply, frame: ReplyFrame): JsonObject {
  const blocks = reply.message.content.flatMap((part, index): Json[] => {
    const block = answerBlock(part, reply, index);
    if (block === undefined) frame.omitted?.(`content[${index}] (${partKind(part)})`);
    return block === undefined ? [] : [block];
  });
  if (reply.message.name !== undefined) frame.omitted?.('name');
  if (reply.logprobs !== undefined) frame.omitted?.('logprobs');
  const uses = (reply.message.toolCalls ?? []).map((call, index) => ({
    type: 'tool_use',
    id: callIdOf(reply, frame, index),
    name: call.name,
    input: inputOf(call),
  }));
  return {
    ...messageFrame(frame),
    content: [...blocks, ...uses],
    stop_reason: writeAnthropicStop(reply.stop),
    stop_sequence: null,
    usage: writeAnthropicUsage(reply.usage),
  };
}

export function messageFrame({ id, model }: ReplyFrame): JsonObject {
  return { id: `msg_${id}`, type: 'message', role: 'assistant', model };
}

/** A part of an answer as a block; undefined where there is no such block. */
export function answerBlock(part: Part, reply: WireReply, index: number): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'reasoning':
      return { type: 'thinking', thinking: part.text, signature: signatureOf(reply, index) };
    case 'image':
      return undefined;
    case 'other':
      if (part.kind === 'refusal') return { type: 'text', text: refusalText(part.value) };
      return isAnthropicBlock(part) && isObject(part.value) ? part.value : undefined;
  }
}

/** Of the reasoning at `index` of the content; '' where nobody signed it. */
export function signatureOf({ ties = [] }: WireReply, index: number): string {
  const tie = ties.find(({ at, value }) => at === index + 1 && value.dialect === 'anthropic');
  return textMember(tie?.value, 'signature') ?? '';
}

/** A text that was no JSON stays one, and a JSON text is told from it by its quotes. */
function inputOf(call: ToolCall): Json {
  return typeof call.arguments === 'string' && call.unparsed !== true ? JSON.stringify(call.arguments) : call.arguments;
}

/** Blocks of this dialect that the internal form keeps whole. */
export function isAnthropicBlock(part: Part): part is Part & { type: 'other' } {
  const own =
    /^(document|search_result|redacted_thinking|container_upload|server_tool_use|tool_reference|mcp_tool_use|compaction)$|^\w+_tool_result$/;
  return part.type === 'other' && own.test(part.kind) && textMember(part.value, 'type') === part.kind;
}
