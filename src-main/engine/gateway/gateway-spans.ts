// Spans of captured calls, with OpenTelemetry's GenAI attributes; what they have no word for is under "atelier.".
// https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
import type { Span } from '#contract/trace';
import type { Json, JsonObject, TurnId } from '#contract/turn';
import type { WireReply, WireUsage } from '../models/wire/wire.ts';
import type { WireDialect } from '../network-ports.ts';
import { capturedKey } from '../trace/captured/attributes.ts';
import { sha256 } from '../turns/canonical.ts';
import type { Answered, Asked } from './recorder.ts';

/** A call that has ended, as its span tells it. */
export interface EndedCall {
  readonly asked: Asked;
  readonly answered: Answered;
  /** The request without messages and tools, masked. */
  readonly rest: JsonObject;
  readonly parent: string | undefined;
  readonly read: TurnId | undefined;
  readonly wrote: TurnId | undefined;
  readonly reply: Pick<WireReply, 'model' | 'stop'> | undefined;
  readonly usage: WireUsage | undefined;
  readonly responseId: string | undefined;
  readonly costUsd: number | undefined;
  readonly model: string | undefined;
  readonly error: string | undefined;
  /** The text of an answer that did not come to its end. */
  readonly cutOff: string | undefined;
}

/** 8 bytes in hex, as OpenTelemetry has them. */
function spanIdOf(callId: string, choice = 0): string {
  return sha256(`${callId}\n${choice}`).slice(0, 16);
}

export function spanOf(call: EndedCall): Span {
  const { asked, answered, parent, read, wrote, error } = call;
  const isEmbedding = asked.dialect === 'openai-embeddings';
  const operation = isEmbedding ? 'embeddings' : 'chat';
  return {
    id: spanIdOf(asked.id),
    name: call.model === undefined ? operation : `${operation} ${call.model}`,
    kind: isEmbedding ? 'retrieval' : 'model',
    startedAt: asked.at,
    endedAt: asked.at + answered.ms,
    ...(parent === undefined ? {} : { parent }),
    ...(error === undefined ? {} : { error }),
    ...(read === undefined || isEmbedding ? {} : { read }),
    ...(wrote === undefined ? {} : { wrote }),
    attributes: attributesOf(call, operation),
  };
}

/** A further answer to the same request, of several that were sampled at once. */
export function choiceSpan(span: Span, callId: string, choice: number, wrote: TurnId): Span {
  const { [capturedKey]: _call, ...attributes } = Object.fromEntries(
    Object.entries(span.attributes).filter(([key]) => !key.startsWith('gen_ai.usage.') && key !== costKey),
  );
  return {
    ...span,
    id: spanIdOf(callId, choice),
    name: `${span.name} (choice ${choice + 1})`,
    wrote,
    attributes: { ...attributes, 'atelier.choice': choice },
  };
}

const costKey = 'atelier.cost_usd';

/** Members of requests, in the dialects' names, and the attribute each is. */
const parameters: readonly (readonly [string, string])[] = [
  ['temperature', 'gen_ai.request.temperature'],
  ['top_p', 'gen_ai.request.top_p'],
  ['top_k', 'gen_ai.request.top_k'],
  ['max_tokens', 'gen_ai.request.max_tokens'],
  ['max_completion_tokens', 'gen_ai.request.max_tokens'],
  ['max_output_tokens', 'gen_ai.request.max_tokens'],
  ['frequency_penalty', 'gen_ai.request.frequency_penalty'],
  ['presence_penalty', 'gen_ai.request.presence_penalty'],
  ['seed', 'gen_ai.request.seed'],
  ['n', 'gen_ai.request.choice.count'],
  ['stop', 'gen_ai.request.stop_sequences'],
  ['stop_sequences', 'gen_ai.request.stop_sequences'],
  ['encoding_format', 'gen_ai.request.encoding_formats'],
  ['dimensions', 'gen_ai.embeddings.dimension.count'],
];

function attributesOf(call: EndedCall, operation: string): JsonObject {
  const { asked, answered, rest, reply, usage } = call;
  const provider = providerOf(asked);
  const entries: (readonly [string, Json | undefined])[] = [
    ['gen_ai.operation.name', operation],
    ['gen_ai.provider.name', provider],
    ['gen_ai.system', provider],
    ['gen_ai.request.model', call.model],
    ...parameters.map(([member, attribute]) => [attribute, parameterOf(rest, member)] as const),
    ['gen_ai.response.id', call.responseId],
    ['gen_ai.response.model', reply?.model],
    ['gen_ai.response.finish_reasons', reply === undefined ? undefined : [reply.stop]],
    ['gen_ai.usage.input_tokens', usage?.inputTokens],
    ['gen_ai.usage.output_tokens', usage?.outputTokens],
    ['gen_ai.usage.cache_read.input_tokens', usage?.cachedTokens],
    ['gen_ai.usage.reasoning.output_tokens', usage?.reasoningTokens],
    ['gen_ai.conversation.id', asked.trace.session],
    [costKey, call.costUsd],
    ['http.response.status_code', answered.status === 0 ? undefined : answered.status],
    ['error.type', call.error === undefined ? undefined : errorType(answered)],
    [capturedKey, asked.id],
    ['atelier.key', asked.key],
    ['atelier.from', answered.from],
    ['atelier.stream', asked.stream ? true : undefined],
    ['atelier.first_byte_ms', answered.firstByteMs],
    ['atelier.cut_off_answer', call.cutOff],
  ];
  return Object.fromEntries(
    entries.flatMap(([key, value]) => (value === undefined || value === '' ? [] : [[key, value]])),
  );
}

function errorType({ state, status }: Answered): string {
  if (state === 'cancelled') return 'cancelled';
  return status >= 400 ? String(status) : '_OTHER';
}

function parameterOf(rest: JsonObject, name: string): Json | undefined {
  const value = Object.hasOwn(rest, name) ? rest[name] : undefined;
  if (value === null || value === undefined) return undefined;
  return name === 'stop' && typeof value === 'string' ? [value] : value;
}

const families: Readonly<Record<WireDialect, string>> = {
  'openai-chat': 'openai',
  'openai-responses': 'openai',
  'openai-embeddings': 'openai',
  anthropic: 'anthropic',
};

function providerOf({ provider, dialect }: Asked): string {
  return provider ?? families[dialect];
}
