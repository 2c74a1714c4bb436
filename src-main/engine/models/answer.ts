// Reads a provider's answer to a call: a stream of events, or JSON where the server does not stream.
import type { Json } from '#contract/turn';
import type { HttpResponse } from '../network-ports.ts';
import { ModelError } from './model.ts';
import type { Timing } from './timing.ts';
import { eventsOf, type ServerSentEvent } from './wire/sse.ts';
import type { StreamReader, Wire, WireReply } from './wire/wire.ts';

/** Bytes of an answer that is no stream. */
const longestAnswer = 64 * 1024 * 1024;
/** How long the end of a body may take once all has been said, ms. */
const lingerMs = 2000;

export interface AnswerListener {
  readonly onText: (channel: 'text' | 'reasoning', text: string) => void;
  readonly onFirstByte: () => void;
  /** It is a stream, read by this. */
  readonly onReader: (reader: StreamReader) => void;
  /** Ends the exchange. */
  readonly leave: () => void;
}

/** Throws ModelError where it is no answer, or breaks off; what the body throws. */
export async function readAnswer(
  response: HttpResponse,
  wire: Wire,
  timing: Timing,
  listener: AnswerListener,
): Promise<WireReply> {
  const { isJson, body } = await begun(response.body, listener.onFirstByte);
  if (!isJson) return readStream(body, wire, timing, listener);
  const reply = wire.readReply(await jsonOf(body));
  for (const part of reply.message.content) {
    if ((part.type === 'text' || part.type === 'reasoning') && part.text !== '') listener.onText(part.type, part.text);
  }
  return reply;
}

async function readStream(
  body: AsyncIterable<Uint8Array>,
  wire: Wire,
  timing: Timing,
  { onText, onReader, leave }: AnswerListener,
): Promise<WireReply> {
  const reader = wire.newReader();
  onReader(reader);
  const events = eventsOf(body);
  let isLeft = false;
  try {
    for (let next = await events.next(); next.done !== true && !reader.isDone; next = await events.next()) {
      for (const one of reader.take(next.value.event, next.value.data)) {
        if (one.type === 'text' && one.text !== '') onText(one.channel, one.text);
      }
      if (!reader.isDone) continue;
      isLeft = true;
      void finish(events, timing, leave);
      break;
    }
    return reader.reply();
  } finally {
    if (!isLeft) await events.return();
  }
}

/** All has been said: the end of the body is read aside, so that its connection can be used again; some servers never end it. */
async function finish(events: AsyncGenerator<ServerSentEvent>, timing: Timing, leave: () => void): Promise<void> {
  const cancel = timing.after(lingerMs, leave);
  try {
    for await (const _ of events);
  } catch {
    // The answer was whole before that.
  } finally {
    cancel();
  }
}

/** Whether the first sign says that it is JSON (or a page for people); the body from its beginning. */
async function begun(
  body: AsyncIterable<Uint8Array>,
  onFirstByte: () => void,
): Promise<{ readonly isJson: boolean; readonly body: AsyncIterable<Uint8Array> }> {
  const pieces = body[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
    if (read.length === 0) onFirstByte();
    read.push(next.value);
    const sign = next.value.find((byte) => !blank.has(byte));
    if (sign !== undefined)
      return { isJson: sign === 0x7b || sign === 0x5b || sign === 0x3c, body: joined(read, pieces) };
  }
  return { isJson: false, body: joined(read, pieces) };
}

/** White space and a byte order mark. */
const blank = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

async function* joined(
  read: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* read;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** Throws ModelError 502 where it is none, or over 64 MiB long. */
export async function jsonOf(body: AsyncIterable<Uint8Array>): Promise<Json> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > longestAnswer) throw new ModelError('The answer is over 64 MiB long.', 502);
    pieces.push(piece);
  }
  const text = Buffer.concat(pieces)
    .toString('utf8')
    .replace(/^\uFEFF/u, '');
  try {
    // What JSON.parse gives is JSON; what it must hold is for who reads it.
    return JSON.parse(text) as Json;
  } catch {
    const shown = text.trim().slice(0, 80);
    throw new ModelError(
      shown === '' ? 'The answer is empty.' : `The answer is no JSON; it begins with ${JSON.stringify(shown)}.`,
      502,
      'Is the address right? It ends with the version of the API, as in "https://api.openai.com/v1".',
    );
  }
}
