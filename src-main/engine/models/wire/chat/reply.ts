// An answer of chat completions that is not streamed, both ways.
import type { Json, JsonObject } from '#contract/turn';
import { chatAnswer } from '../../../trace/import/wire-messages.ts';
import { isArray, isObject, member, textMember } from '../../../trace/json.ts';
import { ModelError } from '../../model.ts';
import { answerBody, countIn, countOf, readAnswer, stopOf } from '../reading.ts';
import { argumentsText, callIdOf, partKind, refusalText } from '../writing.ts';
import type { AssistantMessage, ReplyFrame, Tie, WireReply, WireUsage } from '../wire.ts';

/** Throws ModelError where it is no answer. Of several choices the first. */
export function readChatReply(source: Json): WireReply {
  const body = answerBody(source);
  const choices = body['choices'];
  const choice = isArray(choices) ? choices[0] : undefined;
  const given = member(choice, 'message');
  if (!isObject(given)) throw new ModelError('The answer holds no message.', 502);
  const message = readAnswer(() => chatAnswer(given));
  const logprobs = member(choice, 'logprobs');
  const ties = readTies(given, message);
  return {
    message,
    stop: readStop(message, textMember(choice, 'finish_reason')),
    model: textMember(body, 'model') ?? '',
    usage: readChatUsage(body['usage']),
    ...(logprobs === undefined || logprobs === null ? {} : { logprobs }),
    callIds: callsOf(given).map((call) => textMember(call, 'id')),
    ...(ties.length === 0 ? {} : { ties }),
  };
}

function callsOf(message: JsonObject): readonly Json[] {
  const calls = message['tool_calls'];
  if (isArray(calls) && calls.length > 0) return calls;
  return isObject(message['function_call']) ? [message['function_call']] : [];
}

/** Which member the reasoning came in, and what servers want back besides: details of it, signatures of calls. */
function readTies(given: JsonObject, message: AssistantMessage): readonly Tie[] {
  const ties: Tie[] = [];
  const key = ['reasoning_content', 'reasoning'].find((name) => (textMember(given, name) ?? '') !== '');
  const details = given['reasoning_details'];
  const hasDetails = isArray(details) && details.length > 0;
  const begun = message.content[0]?.type === 'reasoning' ? 1 : 0;
  if (key !== undefined || hasDetails) {
    const value = {
      dialect: 'openai-chat' as const,
      ...(key === undefined ? {} : { reasoning: key }),
      ...(hasDetails ? { reasoning_details: details } : {}),
    };
    ties.push({ at: begun, value });
  }
  for (const [index, call] of callsOf(given).entries()) {
    const extra = member(call, 'extra_content');
    if (extra === undefined || extra === null) continue;
    ties.push({ at: message.content.length, value: { dialect: 'openai-chat', call: index, extra_content: extra } });
  }
  return ties;
}

const stops: Readonly<Record<string, string>> = {
  stop: 'end',
  tool_calls: 'tools',
  function_call: 'tools',
  length: 'length',
  content_filter: 'refusal',
};

function readStop(message: AssistantMessage, reason: string | undefined): string {
  const known = reason !== undefined && Object.hasOwn(stops, reason) ? stops[reason] : reason;
  return known === undefined || known === 'end' ? stopOf(message, known) : known;
}

export function writeChatStop({ stop, message }: Pick<WireReply, 'stop' | 'message'>): string {
  switch (stop) {
    case 'end':
      return 'stop';
    case 'tools':
      return 'tool_calls';
    case 'refusal':
      // With words the model refused by itself, without them it was stopped.
      return message.content.some((part) => part.type === 'other' && part.kind === 'refusal')
        ? 'stop'
        : 'content_filter';
    default:
      return stop;
  }
}

/** prompt_tokens holds what was cached, completion_tokens what was thought. */
export function readChatUsage(usage: Json | undefined): WireUsage {
  const cached =
    countIn(member(usage, 'prompt_tokens_details'), 'cached_tokens') ?? countIn(usage, 'prompt_cache_hit_tokens');
  const reasoning = countIn(member(usage, 'completion_tokens_details'), 'reasoning_tokens');
  return {
    inputTokens: countOf(usage, 'prompt_tokens'),
    outputTokens: countOf(usage, 'completion_tokens'),
    ...(cached === undefined ? {} : { cachedTokens: cached }),
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
  };
}

export function writeChatUsage({ inputTokens, outputTokens, cachedTokens, reasoningTokens }: WireUsage): JsonObject {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(cachedTokens === undefined ? {} : { prompt_tokens_details: { cached_tokens: cachedTokens } }),
    ...(reasoningTokens === undefined ? {} : { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  };
}

export function writeChatReply(reply: WireReply, frame: ReplyFrame): JsonObject {
  const { message } = reply;
  const texts: string[] = [];
  const reasoning: string[] = [];
  const refusals: string[] = [];
  for (const [index, part] of message.content.entries()) {
    if (part.type === 'text') texts.push(part.text);
    else if (part.type === 'reasoning') reasoning.push(part.text);
    else if (part.type === 'other' && part.kind === 'refusal') refusals.push(refusalText(part.value));
    else frame.omitted?.(`content[${index}] (${partKind(part)})`);
  }
  const calls = (message.toolCalls ?? []).map((call, index) => ({
    id: callIdOf(reply, frame, index),
    type: 'function',
    function: { name: call.name, arguments: argumentsText(call) },
  }));
  const logprobs = chatLogprobs(reply.logprobs);
  const written: JsonObject = {
    role: 'assistant',
    content: texts.length === 0 ? null : texts.join(''),
    ...(reasoning.length === 0 ? {} : { reasoning_content: reasoning.join('\n\n') }),
    refusal: refusals.length === 0 ? null : refusals.join('\n\n'),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(message.name === undefined ? {} : { name: message.name }),
  };
  return {
    ...chatFrame(frame, 'chat.completion'),
    choices: [{ index: 0, message: written, logprobs, finish_reason: writeChatStop(reply) }],
    usage: writeChatUsage(reply.usage),
  };
}

export function chatFrame({ id, model, at }: ReplyFrame, object: string): JsonObject {
  return { id: `chatcmpl-${id}`, object, created: Math.floor(at / 1000), model };
}

/** Both of OpenAI's dialects list tokens alike; chat has the lists of content and refusal apart. */
export function chatLogprobs(logprobs: Json | undefined): Json {
  if (isArray(logprobs)) return { content: logprobs, refusal: null };
  return logprobs ?? null;
}
