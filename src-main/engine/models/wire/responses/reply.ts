// An answer of OpenAI's responses that is not streamed, both ways.
import type { Json, JsonObject } from '#contract/turn';
import { isArray, isObject, member, textMember } from '../../../trace/json.ts';
import { ModelError } from '../../model.ts';
import { argumentsText, callIdOf, partKind, refusalText } from '../writing.ts';
import { answerBody, countIn, countOf, readAnswer, stopOf } from '../reading.ts';
import type { ReplyFrame, WireReply, WireUsage } from '../wire.ts';
import { AnswerItems, isOwnItem, wholeValue } from './answer-items.ts';

/** Throws ModelError where it is no answer, one that failed, or one that is not there yet. */
export function readResponsesReply(source: Json): WireReply {
  const body = answerBody(source);
  const { output } = body;
  const status = textMember(body, 'status');
  if (status === 'queued' || status === 'in_progress')
    throw new ModelError(`The answer is not there yet: it is ${status.replace('_', ' ')}.`, 502);
  if (status === 'failed') throw new ModelError('The answer failed, and the provider does not say why.', 502);
  if (!isArray(output)) throw new ModelError('The answer holds no output.', 502);
  return replyOfOutput(output, body);
}

/** `body` is what stands around the output. */
export function replyOfOutput(output: readonly Json[], body: JsonObject): WireReply {
  const items = new AnswerItems();
  readAnswer(() => {
    for (const item of output) items.take(item);
  });
  const message = items.message();
  const reason = textMember(member(body, 'incomplete_details'), 'reason');
  const status = textMember(body, 'status');
  const said = reason === undefined ? undefined : Object.hasOwn(stops, reason) ? stops[reason] : reason;
  return {
    message,
    stop: said ?? (status === 'cancelled' ? status : stopOf(message, undefined)),
    model: textMember(body, 'model') ?? '',
    usage: readUsage(body['usage']),
    ...(items.logprobs.length === 0 ? {} : { logprobs: items.logprobs }),
    callIds: items.callIds,
    ...(items.ties.length === 0 ? {} : { ties: items.ties }),
  };
}

const stops: Readonly<Record<string, string>> = { max_output_tokens: 'length', content_filter: 'refusal' };

function readUsage(usage: Json | undefined): WireUsage {
  const cached = countIn(member(usage, 'input_tokens_details'), 'cached_tokens');
  const reasoning = countIn(member(usage, 'output_tokens_details'), 'reasoning_tokens');
  return {
    inputTokens: countOf(usage, 'input_tokens'),
    outputTokens: countOf(usage, 'output_tokens'),
    ...(cached === undefined ? {} : { cachedTokens: cached }),
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
  };
}

function writeUsage({ inputTokens, outputTokens, cachedTokens = 0, reasoningTokens = 0 }: WireUsage): JsonObject {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  };
}

/** Why an answer is not whole; undefined where it is. */
export function incompleteReason({ stop, message }: Pick<WireReply, 'stop' | 'message'>): string | undefined {
  if (stop === 'end' || stop === 'tools') return undefined;
  if (stop === 'length') return 'max_output_tokens';
  if (stop !== 'refusal') return stop;
  const hasWords = message.content.some((part) => part.type === 'other' && part.kind === 'refusal');
  return hasWords ? undefined : 'content_filter';
}

export function writeResponsesReply(reply: WireReply, frame: ReplyFrame): JsonObject {
  return responseOf(frame, writeOutput(reply, frame), reply);
}

/** The answer around its output; without `reply` one that has just begun. */
export function responseOf(frame: ReplyFrame, output: readonly Json[], reply: WireReply | undefined): JsonObject {
  const reason = reply === undefined ? undefined : incompleteReason(reply);
  const status = reply === undefined ? 'in_progress' : reason === undefined ? 'completed' : 'incomplete';
  return {
    id: `resp_${frame.id}`,
    object: 'response',
    created_at: Math.floor(frame.at / 1000),
    status,
    background: false,
    error: null,
    incomplete_details: reason === undefined ? null : { reason },
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    model: frame.model,
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: false,
    temperature: null,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    truncation: 'disabled',
    usage: reply === undefined ? null : writeUsage(reply.usage),
    user: null,
  };
}

function writeOutput(reply: WireReply, frame: ReplyFrame): Json[] {
  const items: Json[] = [];
  let said: JsonObject[] = [];
  const finish = (more: JsonObject = {}): void => {
    if (said.length > 0) items.push({ ...messageItem(itemId(frame, 'msg', items.length), said), ...more });
    said = [];
  };
  const { content } = reply.message;
  for (let index = 0; index <= content.length; index += 1) {
    const tie = reasoningTie(reply, index);
    // Reasoning whose words were kept back.
    if (tie !== undefined && content[index - 1]?.type !== 'reasoning') {
      finish();
      items.push(reasoningItemOf(itemId(frame, 'rs', items.length), undefined, tie));
    }
    const part = content[index];
    if (part === undefined) break;
    const whole = wholeValue(part);
    if (part.type === 'text') said.push(textPart(part.text));
    else if (part.type === 'reasoning') {
      finish();
      items.push(reasoningItemOf(itemId(frame, 'rs', items.length), part.text, reasoningTie(reply, index + 1)));
    } else if (part.type === 'other' && part.kind === 'refusal') said.push(refusalPart(refusalText(part.value)));
    else if (whole !== undefined && isOwnItem(whole)) {
      finish();
      items.push(whole);
    } else frame.omitted?.(`content[${index}] (${partKind(part)})`);
    const phase = reply.ties?.find(({ at, value }) => at === index + 1 && value['phase'] !== undefined)?.value['phase'];
    if (phase !== undefined) finish({ phase });
  }
  finish();
  if (reply.message.name !== undefined) frame.omitted?.('name');
  for (const [index, call] of (reply.message.toolCalls ?? []).entries()) {
    const id = itemId(frame, 'fc', items.length);
    items.push(callItem(id, callIdOf(reply, frame, index), call.name, argumentsText(call)));
  }
  return withLogprobs(items, reply.logprobs);
}

/** The tokens of all texts stand with the first one. */
export function withLogprobs(items: readonly Json[], logprobs: Json | undefined): Json[] {
  const list = isArray(logprobs) ? logprobs : member(logprobs, 'content');
  if (!isArray(list)) return [...items];
  let isTold = false;
  return items.map((item) => {
    const content = member(item, 'content');
    if (isTold || !isObject(item) || item['type'] !== 'message' || !isArray(content)) return item;
    const parts = content.map((part) => {
      if (isTold || !isObject(part) || part['type'] !== 'output_text') return part;
      isTold = true;
      return { ...part, logprobs: list };
    });
    return { ...item, content: parts };
  });
}

export function itemId({ id }: ReplyFrame, kind: string, index: number): string {
  return `${kind}_${id.replaceAll(/[^a-zA-Z0-9]/g, '')}_${index}`;
}

export function textPart(text: string): JsonObject {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

export function refusalPart(refusal: string): JsonObject {
  return { type: 'refusal', refusal };
}

export function messageItem(id: string, content: readonly Json[]): JsonObject {
  return { id, type: 'message', status: 'completed', role: 'assistant', content };
}

/** What ties the reasoning that ends after so many parts of the content to OpenAI. */
export function reasoningTie({ ties = [] }: WireReply, at: number): JsonObject | undefined {
  return ties.find(
    (tie) => tie.at === at && tie.value.dialect === 'openai-responses' && tie.value['phase'] === undefined,
  )?.value;
}

/** With the id and the encrypted content that it came with, where it came from OpenAI; without words where they were kept back. */
export function reasoningItemOf(id: string, text: string | undefined, tie: JsonObject | undefined): JsonObject {
  const encrypted = textMember(tie, 'encrypted_content');
  const isContent = tie?.['in'] === 'content';
  return {
    id: textMember(tie, 'id') ?? id,
    type: 'reasoning',
    summary: isContent || text === undefined ? [] : [{ type: 'summary_text', text }],
    ...(isContent && text !== undefined ? { content: [{ type: 'reasoning_text', text }] } : {}),
    ...(encrypted === undefined ? {} : { encrypted_content: encrypted }),
  };
}

export function callItem(id: string, callId: string, name: string, text: string): JsonObject {
  return { id, type: 'function_call', status: 'completed', call_id: callId, name, arguments: text };
}
