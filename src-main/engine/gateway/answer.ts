// What came back for a request, read from the bytes that the client got: the reply, further choices, and what else is worth knowing.
import type { Json, JsonObject } from '#contract/turn';
import { assemble } from '../models/wire/assemble.ts';
import { EventReader } from '../models/wire/sse.ts';
import type { ChatDialect, WireReply, WireUsage } from '../models/wire/wire.ts';
import { wireOf } from '../models/wire/wires.ts';
import { sentenceOf } from '../problem.ts';
import { isArray, isObject, member, numberMember, textMember } from '../trace/json.ts';
import type { Answered, Asked } from './recorder.ts';

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

/** Throws nothing. */
export function readAnswer({ dialect, body: request }: Asked, { status, body }: Answered): ReadAnswer {
  if (body.length === 0) return nothing;
  try {
    if (status >= 400) return { ...nothing, problem: errorIn(dialect, jsonOf(body)) };
    if (dialect === 'openai-embeddings') return embeddings(jsonOf(body));
    const { reply, problem } = assemble(dialect, body);
    const value = jsonOf(body);
    const details =
      value === undefined ? ofStream(dialect, body, (numberMember(request, 'n') ?? 1) > 1) : ofWhole(dialect, value);
    const replies = [...(reply === undefined ? [] : [reply]), ...details.others];
    return {
      replies,
      usage: replies.map(({ usage }) => usage).find(isCounted),
      model: reply === undefined || reply.model === '' ? undefined : reply.model,
      id: details.id,
      whole: details.whole,
      problem,
    };
  } catch (error) {
    return { ...nothing, problem: sentenceOf(error) };
  }
}

/** A stream that was not asked to tell its usage says none: that is not the same as no tokens. */
function isCounted({ inputTokens, outputTokens }: WireUsage): boolean {
  return inputTokens > 0 || outputTokens > 0;
}

interface Details extends Pick<ReadAnswer, 'id' | 'whole'> {
  /** Choices after the first. */
  readonly others: readonly WireReply[];
}

function ofWhole(dialect: ChatDialect, whole: Json): Details {
  const choices = member(whole, 'choices');
  const wire = wireOf(dialect);
  const others = (isArray(choices) ? choices.slice(1, mostChoices) : []).map((choice) =>
    wire.readReply({ ...objectOf(whole), choices: [choice] }),
  );
  return { id: textMember(whole, 'id'), whole, others };
}

/** So many choices are told apart; more are not asked for. */
const mostChoices = 128;

function ofStream(dialect: ChatDialect, body: Uint8Array, hasChoices: boolean): Details {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // The first event of every dialect begins with the answer's id.
  const [, id] = /"id"\s*:\s*"([^"\\]{1,200})"/.exec(bytes.subarray(0, 4096).toString('utf8')) ?? [];
  const whole = dialect === 'openai-responses' ? completed(bytes) : undefined;
  return { id, whole, others: hasChoices ? choicesOf(dialect, body) : [] };
}

/** What the last event of the responses API holds. */
function completed(bytes: Buffer): Json | undefined {
  const name = bytes.lastIndexOf('"response.completed"');
  if (name < 0) return undefined;
  const start = bytes.lastIndexOf('\n', name) + 1;
  const end = bytes.indexOf('\n', name);
  const line = bytes.subarray(start, end < 0 ? bytes.length : end).toString('utf8');
  return member(jsonOf(line.slice(line.indexOf(':') + 1)), 'response');
}

/** The choices of a chat's stream after the first; those that did not come whole are left out. */
function choicesOf(dialect: ChatDialect, body: Uint8Array): readonly WireReply[] {
  const wire = wireOf(dialect);
  const readers = new Map<number, ReturnType<typeof wire.newReader>>();
  const events = new EventReader();
  for (const { event, data } of [...events.push(body), ...events.end()]) {
    const value = jsonOf(data);
    const choices = member(value, 'choices');
    for (const choice of isArray(choices) ? choices : []) {
      const index = numberMember(choice, 'index') ?? 0;
      if (!Number.isInteger(index) || index < 1 || index >= mostChoices) continue;
      const reader = readers.get(index) ?? wire.newReader();
      readers.set(index, reader);
      reader.take(event, JSON.stringify({ ...objectOf(value), choices: [{ ...objectOf(choice), index: 0 }] }));
    }
  }
  return [...readers.values()].map((reader) => reader.reply());
}

function embeddings(value: Json | undefined): ReadAnswer {
  if (value === undefined) return { ...nothing, problem: 'The answer is no JSON.' };
  const tokens = numberMember(member(value, 'usage'), 'prompt_tokens');
  return {
    ...nothing,
    whole: value,
    model: textMember(value, 'model'),
    usage: tokens === undefined ? undefined : { inputTokens: tokens, outputTokens: 0 },
  };
}

function errorIn(dialect: Asked['dialect'], value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  const said = wireOf(dialect === 'openai-embeddings' ? 'openai-chat' : dialect).readError(value);
  return said ?? textMember(member(value, 'error'), 'message') ?? textMember(value, 'message');
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
