// What came back for a request, read from the bytes that the client got: the reply, further choices, and what else is worth knowing.
import type { Json, JsonObject } from '#contract/turn';
import { EventReader } from '../models/wire/sse.ts';
import type { Wire, WireReply, WireUsage } from '../models/wire/wire.ts';
import { sentenceOf } from '../problem.ts';
import { isArray, isObject, member, numberMember, textMember } from '../trace/json.ts';
import type { Answered } from './recorder.ts';

export interface ReadAnswer {
  /** The answers; several where more than one was asked for. */
  readonly replies: readonly WireReply[];
  readonly usage: WireUsage | undefined;
  readonly model: string | undefined;
  /** The answer's id, as the provider gave it. */
  readonly id: string | undefined;
  /** The whole answer as one value, where it came as one or a stream of the responses API ended with it. */
  readonly whole: Json | undefined;
  /** Why there is no reply, or that it is cut off. */
  readonly problem: string | undefined;
}

const nothing: ReadAnswer = {
  replies: [],
  usage: undefined,
  model: undefined,
  id: undefined,
  whole: undefined,
  problem: undefined,
};

/** `wire` is undefined for embeddings, whose answer has no words. Throws nothing. */
export function readAnswer(wire: Wire | undefined, { status, headers, body, state }: Answered): ReadAnswer {
  if (body.length === 0) return nothing;
  try {
    const isStream = headers.some(
      ([name, value]) => name.toLowerCase() === 'content-type' && /^\s*text\/event-stream\b/i.test(value),
    );
    if (isStream && wire !== undefined && status < 400) return readStream(wire, body, state !== 'done');
    const value = jsonOf(body);
    if (value === undefined) return { ...nothing, problem: status < 400 ? 'The answer is no JSON.' : undefined };
    if (status >= 400) return { ...nothing, problem: wire?.readError(value) ?? errorIn(value) };
    return wire === undefined ? embeddings(value) : readWhole(wire, value);
  } catch (error) {
    return { ...nothing, problem: sentenceOf(error) };
  }
}

function readWhole(wire: Wire, value: Json): ReadAnswer {
  const first = wire.readReply(value);
  const others = choicesIn(value).map((choice) => wire.readReply({ ...objectOf(value), choices: [choice] }));
  return { ...said([first, ...others]), id: textMember(value, 'id'), whole: value };
}

/** The choices after the first. */
function choicesIn(value: Json): readonly Json[] {
  const choices = member(value, 'choices');
  return isArray(choices) ? choices.slice(1) : [];
}

function readStream(wire: Wire, body: Uint8Array, isCutOff: boolean): ReadAnswer {
  const events = new EventReader();
  const readers = [wire.newReader()];
  let id: string | undefined;
  let whole: Json | undefined;
  for (const { event, data } of [...events.push(body), ...events.end()]) {
    const value = data.startsWith('{') ? jsonOf(data) : undefined;
    id ??= textMember(value, 'id') ?? textMember(member(value, 'response') ?? member(value, 'message'), 'id');
    if (textMember(value, 'type') === 'response.completed') whole = member(value, 'response');
    const chunks = chunksOf(value);
    if (chunks.every(([choice]) => choice === 0)) readers[0]?.take(event, data);
    else
      for (const [choice, chunk] of chunks) (readers[choice] ??= wire.newReader()).take(event, JSON.stringify(chunk));
  }
  if (isCutOff) return { ...said(readers.map((reader) => reader.reply({ cutOff: true }))), id, whole };
  try {
    return { ...said(readers.map((reader) => reader.reply())), id, whole };
  } catch (error) {
    // What had come is worth showing.
    return { ...said(readers.map((reader) => reader.reply({ cutOff: true }))), id, whole, problem: sentenceOf(error) };
  }
}

/** So many choices are told apart; more are not asked for. */
const mostChoices = 128;

/** A chunk of a chat's stream as one of each choice that it tells of, with the choice's number; of one choice it is the first. */
function chunksOf(value: Json | undefined): readonly (readonly [number, Json])[] {
  const choices = member(value, 'choices');
  if (!isArray(choices)) return [];
  return choices.flatMap((choice): (readonly [number, Json])[] => {
    const index = numberMember(choice, 'index') ?? 0;
    if (!Number.isInteger(index) || index < 0 || index >= mostChoices) return [];
    return [[index, { ...objectOf(value), choices: [{ ...objectOf(choice), index: 0 }] }]];
  });
}

function said(replies: readonly WireReply[]): Omit<ReadAnswer, 'id' | 'whole'> {
  const [first] = replies;
  const usage = replies.map((reply) => reply.usage).find(isCounted);
  return { replies, usage, model: first?.model === '' ? undefined : first?.model, problem: undefined };
}

/** A stream that was not asked to tell its usage says none: that is not the same as no tokens. */
function isCounted({ inputTokens, outputTokens }: WireUsage): boolean {
  return inputTokens > 0 || outputTokens > 0;
}

function embeddings(value: Json): ReadAnswer {
  const tokens = numberMember(member(value, 'usage'), 'prompt_tokens');
  return {
    ...nothing,
    whole: value,
    model: textMember(value, 'model'),
    usage: tokens === undefined ? undefined : { inputTokens: tokens, outputTokens: 0 },
  };
}

function errorIn(value: Json): string | undefined {
  const error = member(value, 'error');
  return textMember(error, 'message') ?? (typeof error === 'string' ? error : textMember(value, 'message'));
}

function jsonOf(text: string | Uint8Array): Json | undefined {
  try {
    return JSON.parse(typeof text === 'string' ? text : Buffer.from(text).toString('utf8')) as Json;
  } catch {
    return undefined;
  }
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
