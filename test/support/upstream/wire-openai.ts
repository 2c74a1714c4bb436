// OpenAI's chat completions and embeddings as its servers answer them: JSON, streams, errors.
import type { Json, JsonObject } from '#contract/turn';
import type { Piece, Played, PlayedRequest } from './fake-upstream.ts';
import { defaultUsage, playJson, playStream, slices, wantsStream, wordsOf, type Said } from './said.ts';

const id = 'chatcmpl-BxQ2f9Zr7mWcT1eYkLpVa3Nd';
const created = 1_767_225_600;
const fingerprint = 'fp_44709d6fcb';

/** The body of POST /chat/completions without a stream. */
export function chatAnswer(said: Said): JsonObject {
  const calls = callsOf(said);
  return {
    id,
    object: 'chat.completion',
    created,
    model: modelOf(said),
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: said.text ?? null,
          ...(said.reasoning === undefined ? {} : { reasoning_content: said.reasoning }),
          ...(calls.length === 0 ? {} : { tool_calls: calls }),
          refusal: said.refusal ?? null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: finishOf(said),
      },
    ],
    usage: usageOf(said),
    service_tier: 'default',
    system_fingerprint: fingerprint,
  };
}

/** The same as a stream, one piece an event; the usage in a chunk of its own unless `usage` is false. */
export function chatStream(said: Said, { usage = true }: { readonly usage?: boolean } = {}): string[] {
  const deltas: JsonObject[] = [{ role: 'assistant', content: '', refusal: null }];
  for (const text of wordsOf(said.reasoning ?? '')) deltas.push({ reasoning_content: text });
  for (const text of wordsOf(said.text ?? '')) deltas.push({ content: text });
  for (const text of wordsOf(said.refusal ?? '')) deltas.push({ refusal: text });
  for (const [index, call] of callsOf(said).entries()) {
    const { name, arguments: text } = call.function;
    deltas.push({
      tool_calls: [{ index, id: call.id, type: 'function', function: { name, arguments: '' } }],
    });
    for (const piece of slices(text)) deltas.push({ tool_calls: [{ index, function: { arguments: piece } }] });
  }
  const withUsage: JsonObject = usage ? { usage: null } : {};
  const chunks = [
    ...deltas.map((delta) => chunk(said, [{ index: 0, delta, logprobs: null, finish_reason: null }], withUsage)),
    chunk(said, [{ index: 0, delta: {}, logprobs: null, finish_reason: finishOf(said) }], withUsage),
    ...(usage ? [chunk(said, [], { usage: usageOf(said) })] : []),
  ];
  return [...chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`), 'data: [DONE]\n\n'];
}

/** Answers every request with the same: a stream where one is asked for. `change` is applied to the stream. */
export function playChat(said: Said, change = (pieces: readonly string[]): readonly Piece[] => pieces) {
  return ({ body }: PlayedRequest): Played => {
    if (!wantsStream(body)) return playJson(chatAnswer(said), 200, rateHeaders);
    const usage = /"include_usage"\s*:\s*true/.test(body);
    return playStream(change(chatStream(said, { usage })), rateHeaders);
  };
}

const rateHeaders: Played['headers'] = [
  ['x-request-id', 'req_8f1c2d3e4b5a69788796a5b4c3d2e1f0'],
  ['x-ratelimit-remaining-requests', '9999'],
];

/** The body of an error. */
export function openaiError(message: string, type = 'invalid_request_error', code: string | null = null): JsonObject {
  return { error: { message, type, param: null, code } };
}

/** An error in the midst of a stream. */
export const chatStreamError = `data: ${JSON.stringify(openaiError('The server had an error while processing your request.', 'server_error'))}\n\n`;

/** The body of POST /embeddings: one vector for each text, its numbers made of the text's length; `base64` as OpenAI packs floats. */
export function embeddingsAnswer(texts: readonly string[], { base64 = false } = {}): JsonObject {
  const data = texts.map((text, index): Json => {
    const vector = vectorOf(text);
    const packed = Buffer.from(new Float32Array(vector).buffer).toString('base64');
    return { object: 'embedding', index, embedding: base64 ? packed : vector };
  });
  const tokens = texts.length * 3;
  return {
    object: 'list',
    data,
    model: 'text-embedding-3-small',
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** Four numbers that floats of 32 bits hold exactly. */
export function vectorOf(text: string): number[] {
  return [text.length / 4, -text.length / 8, 0.5, 1];
}

function modelOf(said: Said): string {
  return said.model ?? 'gpt-5-mini-2025-08-07';
}

function callsOf(said: Said) {
  return (said.calls ?? []).map((call, index) => ({
    id: call.id ?? `call_Q7xv2RkT9mPzW${index}`,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
}

function finishOf(said: Said): string {
  if (said.tooLong === true) return 'length';
  return said.calls === undefined || said.calls.length === 0 ? 'stop' : 'tool_calls';
}

function usageOf(said: Said): JsonObject {
  const { input, output, cached = 0, reasoning = 0 } = { ...defaultUsage, ...said.usage };
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function chunk(said: Said, choices: readonly JsonObject[], more: JsonObject): JsonObject {
  return {
    id,
    object: 'chat.completion.chunk',
    created,
    model: modelOf(said),
    service_tier: 'default',
    system_fingerprint: fingerprint,
    choices,
    ...more,
    obfuscation: 'aQ3',
  };
}
