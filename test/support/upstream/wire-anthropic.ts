// Anthropic's messages as its servers answer them: JSON, streams with pings, errors.
import type { JsonObject } from '#contract/turn';
import type { Piece, Played, PlayedRequest } from './fake-upstream.ts';
import { defaultUsage, playJson, playStream, slices, textAt, wantsStream, wordsOf, type Said } from './said.ts';

const id = 'msg_01XFDUDYJgAACzvnptvVoYEL';
const signature = 'EqoBCkgIARABGAIiQL2UoU0b1OHYi+6sbm9wJ4tSCg==';

/** The body of POST /messages without a stream. */
export function messagesAnswer(said: Said): JsonObject {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model: modelOf(said),
    content: blocksOf(said),
    stop_reason: stopOf(said),
    stop_sequence: null,
    usage: usageOf(said),
  };
}

/** The same as a stream, one piece an event. */
export function messagesStream(said: Said): string[] {
  const { output } = { ...defaultUsage, ...said.usage };
  const start = { ...messagesAnswer(said), content: [], stop_reason: null };
  const usage = { ...usageOf(said), output_tokens: 1 };
  const pieces = [event('message_start', { message: { ...start, usage } }), event('ping', {})];
  for (const [index, block] of blocksOf(said).entries()) {
    const [empty, deltas] = streamed(block);
    pieces.push(event('content_block_start', { index, content_block: empty }));
    for (const delta of deltas) pieces.push(event('content_block_delta', { index, delta }));
    pieces.push(event('content_block_stop', { index }));
  }
  pieces.push(
    event('message_delta', {
      delta: { stop_reason: stopOf(said), stop_sequence: null },
      usage: { output_tokens: output, ...thinkingOf(said) },
    }),
    event('message_stop', {}),
  );
  return pieces;
}

/** Answers every request with the same: a stream where one is asked for. `change` is applied to the stream. */
export function playMessages(said: Said, change = (pieces: readonly string[]): readonly Piece[] => pieces) {
  return ({ body }: PlayedRequest): Played =>
    wantsStream(body)
      ? playStream(change(messagesStream(said)), requestHeaders)
      : playJson(messagesAnswer(said), 200, requestHeaders);
}

const requestHeaders: Played['headers'] = [['request-id', 'req_011CQ8mZ3wfKp6yQvW5t']];

/** The body of an error; of a stream's too. */
export function anthropicError(message: string, type = 'invalid_request_error'): JsonObject {
  return { type: 'error', error: { type, message }, request_id: 'req_011CQ8mZ3wfKp6yQvW5t' };
}

/** An error in the midst of a stream. */
export const messagesStreamError = `event: error\ndata: ${JSON.stringify(anthropicError('Overloaded', 'overloaded_error'))}\n\n`;

function event(type: string, members: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
}

function modelOf(said: Said): string {
  return said.model ?? 'claude-sonnet-4-5-20250929';
}

function blocksOf(said: Said): JsonObject[] {
  const { reasoning, text, calls = [] } = said;
  return [
    ...(reasoning === undefined
      ? []
      : [{ type: 'thinking', thinking: reasoning, signature: said.signature ?? signature }]),
    ...(text === undefined ? [] : [{ type: 'text', text }]),
    ...calls.map((call, index) => ({
      type: 'tool_use',
      id: call.id ?? `toolu_01T1x1fJ34qAmk2tNTrN7Up${index}`,
      name: call.name,
      input: call.arguments,
    })),
  ];
}

/** A block as it begins, and what is added to it. */
function streamed(block: JsonObject): [JsonObject, JsonObject[]] {
  if (block['type'] === 'text') {
    const deltas = wordsOf(textAt(block, 'text')).map((text) => ({ type: 'text_delta', text }));
    return [{ ...block, text: '' }, deltas];
  }
  if (block['type'] === 'thinking') {
    const deltas = wordsOf(textAt(block, 'thinking')).map((thinking) => ({ type: 'thinking_delta', thinking }));
    const last = { type: 'signature_delta', signature: textAt(block, 'signature') };
    return [{ ...block, thinking: '', signature: '' }, [...deltas, last]];
  }
  const text = JSON.stringify(block['input']);
  const pieces = text === '{}' ? [''] : ['', ...slices(text)];
  return [{ ...block, input: {} }, pieces.map((piece) => ({ type: 'input_json_delta', partial_json: piece }))];
}

function stopOf(said: Said): string {
  if (said.tooLong === true) return 'max_tokens';
  if (said.refusal !== undefined) return 'refusal';
  return said.calls === undefined || said.calls.length === 0 ? 'end_turn' : 'tool_use';
}

function usageOf(said: Said): JsonObject {
  const { input, output, cached = 0 } = { ...defaultUsage, ...said.usage };
  return {
    input_tokens: input - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: output,
    ...thinkingOf(said),
    service_tier: 'standard',
  };
}

function thinkingOf({ usage }: Said): JsonObject {
  return usage?.reasoning === undefined ? {} : { output_tokens_details: { thinking_tokens: usage.reasoning } };
}
