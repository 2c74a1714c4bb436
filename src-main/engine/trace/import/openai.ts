// OpenAI chat records: {"messages": […], "tools"?: […], …}, requests with their response, batch lines, bare message lists.
import type { Json, JsonObject } from '#contract/turn';
import { Problem } from '../../problem.ts';
import { at, isArray, isObject, member, numberMember, put, textMember, type JsonPath } from '../json.ts';
import type { ConversationFormat, RecordFacts, SourceSide, SplitRecord } from './format.ts';
import { isLead, isOpenaiMessage, openaiDialect } from './openai-dialect.ts';

/** Where a request may stand in a record: the record itself, a logged pair, a line of a batch file. */
const requestPaths: readonly JsonPath[] = [[], ['request'], ['body'], ['kwargs'], ['input']];
/** Where the answer's message may stand. */
const replyPaths: readonly JsonPath[] = [
  ['response', 'choices', 0, 'message'],
  ['response', 'body', 'choices', 0, 'message'],
  ['choices', 0, 'message'],
];
const toolKeys = ['tools', 'functions'];

export const openai: ConversationFormat = {
  id: 'openai-chat',
  dialect: openaiDialect,
  recognise(record) {
    const path = messagesPath(record);
    const messages = path === undefined ? undefined : at(record, path);
    if (!isArray(messages)) return 0;
    if (messages.length === 0) return 0.5;
    return messages.every(isOpenaiMessage) ? 0.8 : 0.3;
  },
  split: splitOpenai,
  join: joinOpenai,
  blank: blankOpenai,
  facts: (record) => factsOf(record),
};

function messagesPath(record: Json): JsonPath | undefined {
  if (isArray(record)) return record.length > 0 && record.every(isOpenaiMessage) ? [] : undefined;
  const request = requestPaths.find((path) => isArray(member(at(record, path), 'messages')));
  return request === undefined ? undefined : [...request, 'messages'];
}

/** Takes messages, tools and the reply out; exported for Anthropic records, which lie in the same places. */
export function splitOpenai(record: Json): SplitRecord {
  const path = messagesPath(record);
  if (path === undefined) {
    throw new Problem(
      'BAD_INPUT',
      'It has no list "messages".',
      'An OpenAI chat record is {"messages": [{"role": …, "content": …}, …]}.',
    );
  }
  const listed = at(record, path);
  const messages: Json[] = isArray(listed) ? [...listed] : [];
  let rest = put(record, path, null);
  const replyPath = path.length === 0 ? undefined : replyPaths.find((one) => isOpenaiMessage(at(record, one)));
  if (replyPath !== undefined) {
    messages.push(at(record, replyPath) ?? null);
    rest = put(rest, replyPath, null);
  }
  const request = path.slice(0, -1);
  const head: [string, Json][] = [['lead', isLead(messages[0])]];
  for (const key of toolKeys) {
    const tools = member(at(record, request), key);
    if (path.length === 0 || !isArray(tools)) continue;
    head.push([key, tools]);
    rest = put(rest, [...request, key], null);
  }
  const frame: JsonObject = { at: path, ...(replyPath === undefined ? {} : { reply: replyPath }), record: rest };
  return { frame, sides: [{ side: '', head: Object.fromEntries(head), messages }] };
}

function joinOpenai({ frame, sides }: SplitRecord): Json {
  const [side] = sides;
  let record: Json = frame['record'] ?? null;
  if (side === undefined) return record;
  const path = jsonPath(frame['at']);
  const reply = frame['reply'] === undefined ? undefined : jsonPath(frame['reply']);
  if (reply !== undefined) record = put(record, reply, side.messages.at(-1) ?? null);
  for (const key of toolKeys) {
    const tools = member(side.head, key);
    if (tools !== undefined) record = put(record, [...path.slice(0, -1), key], tools);
  }
  return put(record, path, reply === undefined ? side.messages : side.messages.slice(0, -1));
}

function blankOpenai([side]: readonly SourceSide[]): JsonObject {
  const tools = toolKeys.filter((key) => member(side?.head, key) !== undefined).map((key) => [key, null] as const);
  return { at: ['messages'], record: { messages: null, ...Object.fromEntries(tools) } };
}

function jsonPath(value: Json | undefined): JsonPath {
  if (!isArray(value)) return [];
  return value.filter((step) => typeof step === 'string' || typeof step === 'number');
}

/** Model, time, tokens and error of a record with a request or a response in one of the usual places. */
export function factsOf(record: Json): RecordFacts {
  const places = [[], ['response'], ['response', 'body'], ['request'], ['body'], ['kwargs'], ['metadata']].map((path) =>
    at(record, path),
  );
  const first = <T>(pick: (place: Json | undefined) => T | undefined): T | undefined => {
    for (const place of places) {
      const found = isObject(place) ? pick(place) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const usage = first((place) => member(place, 'usage'));
  const created = first((place) => numberMember(place, 'created') ?? numberMember(place, 'created_at'));
  const model = first((place) => textMember(place, 'model'));
  const error = first((place) => errorOf(member(place, 'error')));
  const inputTokens = numberMember(usage, 'prompt_tokens') ?? numberMember(usage, 'input_tokens');
  const outputTokens = numberMember(usage, 'completion_tokens') ?? numberMember(usage, 'output_tokens');
  return {
    scores: [[]],
    ...(model === undefined ? {} : { model }),
    ...(error === undefined ? {} : { error }),
    ...(created === undefined || !isEpochSeconds(created) ? {} : { startedAt: created * 1000 }),
    ...(isCount(inputTokens) ? { inputTokens } : {}),
    ...(isCount(outputTokens) ? { outputTokens } : {}),
  };
}

function errorOf(error: Json | undefined): string | undefined {
  if (typeof error === 'string' && error !== '') return error;
  return textMember(error, 'message') ?? (isObject(error) ? JSON.stringify(error) : undefined);
}

/** Between 2001 and 2100; anything else is not the time this field documents. */
function isEpochSeconds(value: number): boolean {
  return value > 1e9 && value < 4.1e9;
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}
