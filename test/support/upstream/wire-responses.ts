// OpenAI's responses as its servers answer them: JSON, streams of numbered events, errors.
import type { Json, JsonObject } from '#contract/turn';
import type { Piece, Played, PlayedRequest } from './fake-upstream.ts';
import { defaultUsage, playJson, playStream, slices, textAt, wantsStream, wordsOf, type Said } from './said.ts';

const id = 'resp_68af4030592c81938ec0a5fbab4a3e9f';

/** The body of POST /responses without a stream. */
export function responsesAnswer(said: Said): JsonObject {
  return response(said, said.tooLong === true ? 'incomplete' : 'completed', itemsOf(said));
}

/** The same as a stream, one piece an event. */
export function responsesStream(said: Said): string[] {
  const events: JsonObject[] = [
    { type: 'response.created', response: response(said, 'in_progress', []) },
    { type: 'response.in_progress', response: response(said, 'in_progress', []) },
  ];
  for (const [index, item] of itemsOf(said).entries()) for (const event of itemEvents(item, index)) events.push(event);
  const state = said.tooLong === true ? 'incomplete' : 'completed';
  events.push({ type: `response.${state}`, response: response(said, state, itemsOf(said)) });
  return events.map((one, index) => eventText({ ...one, sequence_number: index }));
}

/** Answers every request with the same: a stream where one is asked for. `change` is applied to the stream. */
export function playResponses(said: Said, change = (pieces: readonly string[]): readonly Piece[] => pieces) {
  return ({ body }: PlayedRequest): Played =>
    wantsStream(body) ? playStream(change(responsesStream(said))) : playJson(responsesAnswer(said));
}

/** An error in the midst of a stream. */
export const responsesStreamError = eventText({
  type: 'error',
  code: 'server_error',
  message: 'The server had an error while processing your request.',
  param: null,
  sequence_number: 4,
});

/** The event with which a stream tells that the answer failed. */
export function responsesFailed(message: string, code = 'server_error'): string {
  const failed = { ...response({}, 'failed', []), error: { code, message } };
  return eventText({ type: 'response.failed', response: failed, sequence_number: 9 });
}

function eventText(event: JsonObject): string {
  return `event: ${textAt(event, 'type')}\ndata: ${JSON.stringify(event)}\n\n`;
}

function response(said: Said, status: string, output: readonly Json[]): JsonObject {
  return {
    id,
    object: 'response',
    created_at: 1_767_225_600,
    status,
    background: false,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: null,
    max_output_tokens: null,
    model: said.model ?? 'gpt-5-mini-2025-08-07',
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: 'medium', summary: null },
    store: true,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: status === 'in_progress' ? null : usageOf(said),
    user: null,
    metadata: {},
  };
}

function itemsOf(said: Said): JsonObject[] {
  const { reasoning, text, refusal, calls = [] } = said;
  const content: JsonObject[] = [
    ...(text === undefined ? [] : [{ type: 'output_text', annotations: [], logprobs: [], text }]),
    ...(refusal === undefined ? [] : [{ type: 'refusal', refusal }]),
  ];
  return [
    ...(reasoning === undefined
      ? []
      : [
          {
            id: 'rs_68af4030baa48193b0b43b4c2a176a1a',
            type: 'reasoning',
            ...(said.signature === undefined ? {} : { encrypted_content: said.signature }),
            summary: [{ type: 'summary_text', text: reasoning }],
          },
        ]),
    ...(content.length === 0
      ? []
      : [
          {
            id: 'msg_68af40337e58819392e935fb404414d0',
            type: 'message',
            status: 'completed',
            content,
            role: 'assistant',
          },
        ]),
    ...calls.map((call, index) => ({
      id: `fc_68af4038c1f88193a4${index}`,
      type: 'function_call',
      status: 'completed',
      arguments: JSON.stringify(call.arguments),
      call_id: call.id ?? `call_9pXbT2wQm7RkZ${index}`,
      name: call.name,
    })),
  ];
}

function itemEvents(item: JsonObject, index: number): JsonObject[] {
  const at = { item_id: item['id'] ?? '', output_index: index };
  const done = { type: 'response.output_item.done', output_index: index, item };
  if (item['type'] === 'function_call') {
    const begun = { ...item, status: 'in_progress', arguments: '' };
    const text = textAt(item, 'arguments');
    return [
      { type: 'response.output_item.added', output_index: index, item: begun },
      ...slices(text).map((delta) => ({ type: 'response.function_call_arguments.delta', ...at, delta })),
      { type: 'response.function_call_arguments.done', ...at, arguments: text },
      done,
    ];
  }
  if (item['type'] === 'reasoning') {
    const [part] = item['summary'] as readonly JsonObject[];
    const text = textAt(part, 'text');
    const place = { ...at, summary_index: 0 };
    return [
      { type: 'response.output_item.added', output_index: index, item: { ...item, summary: [] } },
      { type: 'response.reasoning_summary_part.added', ...place, part: { type: 'summary_text', text: '' } },
      ...wordsOf(text).map((delta) => ({ type: 'response.reasoning_summary_text.delta', ...place, delta })),
      { type: 'response.reasoning_summary_text.done', ...place, text },
      { type: 'response.reasoning_summary_part.done', ...place, part: { type: 'summary_text', text } },
      done,
    ];
  }
  const begun = { ...item, status: 'in_progress', content: [] };
  const events: JsonObject[] = [{ type: 'response.output_item.added', output_index: index, item: begun }];
  for (const [place, part] of (item['content'] as readonly JsonObject[]).entries()) {
    const key = part['type'] === 'refusal' ? 'refusal' : 'text';
    const name = key === 'refusal' ? 'refusal' : 'output_text';
    const where = { ...at, content_index: place };
    const text = textAt(part, key);
    events.push(
      { type: 'response.content_part.added', ...where, part: { ...part, [key]: '' } },
      ...wordsOf(text).map((delta) => ({ type: `response.${name}.delta`, ...where, delta, ...logprobs(key) })),
      { type: `response.${name}.done`, ...where, [key]: text, ...logprobs(key) },
      { type: 'response.content_part.done', ...where, part },
    );
  }
  return [...events, done];
}

function logprobs(key: string): JsonObject {
  return key === 'text' ? { logprobs: [] } : {};
}

function usageOf(said: Said): JsonObject {
  const { input, output, cached = 0, reasoning = 0 } = { ...defaultUsage, ...said.usage };
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
