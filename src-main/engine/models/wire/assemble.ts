// From the bytes of an answer, streamed or not, whole or cut off, to what was said.
import { isUtf8 } from 'node:buffer';
import type { Json } from '#contract/turn';
import { Problem, sentenceOf } from '../../problem.ts';
import { parseJson } from '../../trace/exact-json.ts';
import { ModelError } from '../model.ts';
import { EventReader } from './sse.ts';
import type { ChatDialect, WireReply } from './wire.ts';
import { wireOf } from './wires.ts';

export interface Assembled {
  /** What was said, be it only the beginning; undefined where nothing was. */
  readonly reply: WireReply | undefined;
  /** Why it is not whole, or no answer at all, in words. */
  readonly problem: string | undefined;
}

/** The bytes as the client got them, decoded. A stream is told from JSON by how it begins, as servers may answer either. Never throws. */
export function assemble(dialect: ChatDialect, bytes: Uint8Array): Assembled {
  try {
    return beginsAsJson(bytes) ? whole(dialect, bytes) : streamed(dialect, bytes);
  } catch (error) {
    if (error instanceof ModelError || error instanceof Problem)
      return { reply: undefined, problem: sentenceOf(error) };
    throw error;
  }
}

function whole(dialect: ChatDialect, bytes: Uint8Array): Assembled {
  if (!isUtf8(bytes)) return { reply: undefined, problem: 'The answer is not UTF-8.' };
  const { value } = parseJson(Buffer.from(bytes).toString('utf8').trim());
  return { reply: wireOf(dialect).readReply(value), problem: undefined };
}

function streamed(dialect: ChatDialect, bytes: Uint8Array): Assembled {
  const events = new EventReader();
  const reader = wireOf(dialect).newReader();
  let problem: string | undefined;
  try {
    for (const { event, data } of [...events.push(bytes), ...events.end()]) reader.take(event, data);
    return { reply: reader.reply(), problem };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    problem = error.message;
  }
  try {
    return { reply: reader.reply({ cutOff: true }), problem };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return { reply: undefined, problem };
  }
}

/** No line of a stream of events begins with a brace. */
function beginsAsJson(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('utf8').trimStart();
  return head.startsWith('{') || head.startsWith('[');
}

/** A body as the wires read it: numbers that no double holds are kept (exact-json.ts). Throws a Problem where it is no JSON. */
export function parseBody(text: string): Json {
  return parseJson(text).value;
}
