// Records that are logged requests: takes messages, head and reply out of wherever they stand, and puts them back.
import type { Json, JsonObject } from '#contract/turn';
import { Problem } from '../../problem.ts';
import { at, isArray, member, put, type JsonPath } from '../json.ts';
import type { SourceSide, SplitRecord } from './format.ts';

/** What a vendor's requests look like. */
export interface RequestShape {
  readonly isMessage: (value: Json | undefined) => boolean;
  /** Members of the request that belong to the head, and whether a value is one. */
  readonly headKeys: readonly { readonly key: string; readonly fits: (value: Json | undefined) => boolean }[];
  readonly replyPaths: readonly JsonPath[];
  readonly isReply: (value: Json | undefined) => boolean;
  /** Whether the first message is part of the root; undefined where the dialect never has it so. */
  readonly isLead?: (first: Json | undefined) => boolean;
  /** One sentence for whoever gave a record of another kind. */
  readonly example: string;
}

/** The record itself, a logged request and response, a line of a batch file, traced keyword arguments. */
const requestPaths: readonly JsonPath[] = [[], ['request'], ['body'], ['params'], ['kwargs'], ['input']];

/** The path of the list of messages; the record itself where it is a bare list of messages. */
export function messagesPath(record: Json, shape: RequestShape): JsonPath | undefined {
  if (isArray(record)) return record.length > 0 && record.every((item) => shape.isMessage(item)) ? [] : undefined;
  const request = requestPaths.find((path) => isArray(member(at(record, path), 'messages')));
  return request === undefined ? undefined : [...request, 'messages'];
}

export function replyPath(record: Json, shape: RequestShape): JsonPath | undefined {
  return isArray(record) ? undefined : shape.replyPaths.find((path) => shape.isReply(at(record, path)));
}

/** Throws a Problem where the record has no list of messages. */
export function splitRequest(record: Json, shape: RequestShape): SplitRecord {
  const path = messagesPath(record, shape);
  const listed = path === undefined ? undefined : at(record, path);
  if (path === undefined || !isArray(listed)) {
    throw new Problem('BAD_INPUT', 'It has no list "messages".', shape.example);
  }
  const messages = [...listed];
  let rest = put(record, path, null);
  const reply = replyPath(record, shape);
  const others = reply === undefined ? [] : otherReplies(record, reply, shape);
  const replies = reply === undefined ? [] : [reply, ...others.map((index) => choicePath(reply, index))];
  for (const one of replies) rest = put(rest, one, null);
  const request = path.slice(0, -1);
  const first = messages[0] ?? (reply === undefined ? undefined : at(record, reply));
  const head: [string, Json][] = shape.isLead === undefined ? [] : [['lead', shape.isLead(first)]];
  for (const { key, fits } of path.length === 0 ? [] : shape.headKeys) {
    const value = member(at(record, request), key);
    if (value === undefined || !fits(value)) continue;
    head.push([key, value]);
    rest = put(rest, [...request, key], null);
  }
  const frame: JsonObject = {
    at: path,
    ...(reply === undefined ? {} : { reply }),
    ...(others.length === 0 ? {} : { others }),
    record: rest,
  };
  const whole = { side: '', head: Object.fromEntries(head) } as const;
  if (replies.length === 0) return { frame, sides: [{ ...whole, messages }] };
  return { frame, sides: replies.map((one) => ({ ...whole, messages: [...messages, at(record, one) ?? null] })) };
}

/** Where more than one answer was sampled, the indices of those after the first: each is a transcript of its own. */
function otherReplies(record: Json, reply: JsonPath, shape: RequestShape): number[] {
  const step = reply.indexOf(0);
  const choices = step < 0 ? undefined : at(record, reply.slice(0, step));
  if (!isArray(choices)) return [];
  return [...choices.keys()].filter((index) => index > 0 && shape.isReply(at(record, choicePath(reply, index))));
}

function choicePath(reply: JsonPath, index: number): JsonPath {
  return reply.map((step) => (step === 0 ? index : step));
}

export function joinRequest({ frame, sides }: SplitRecord, shape: RequestShape): Json {
  const [side] = sides;
  let record: Json = frame['record'] ?? null;
  if (side === undefined) return record;
  const path = jsonPath(frame['at']);
  const reply = frame['reply'] === undefined ? undefined : jsonPath(frame['reply']);
  if (reply !== undefined) {
    const others = jsonPath(frame['others']).filter((index) => typeof index === 'number');
    for (const [index, one] of sides.entries())
      record = put(record, choicePath(reply, index === 0 ? 0 : (others[index - 1] ?? 0)), one.messages.at(-1) ?? null);
  }
  for (const { key } of shape.headKeys) {
    const value = member(side.head, key);
    if (value !== undefined) record = put(record, [...path.slice(0, -1), key], value);
  }
  return put(record, path, reply === undefined ? side.messages : side.messages.slice(0, -1));
}

/** The plainest record: only the head's members and the messages. */
export function blankRequest([side]: readonly SourceSide[], shape: RequestShape): JsonObject {
  const keys = shape.headKeys.filter(({ key }) => member(side?.head, key) !== undefined);
  return { at: ['messages'], record: { messages: null, ...Object.fromEntries(keys.map(({ key }) => [key, null])) } };
}

function jsonPath(value: Json | undefined): JsonPath {
  if (!isArray(value)) return [];
  return value.filter((step) => typeof step === 'string' || typeof step === 'number');
}
