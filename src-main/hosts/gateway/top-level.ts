// Finds what the gateway must know in the bytes of a JSON object, so that all else in it can go on as it came.
import { Refusal } from './refusal.ts';

/** From the first to after the last byte of a value, quotes included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Deeper than any request is; what walks through it later is safe. */
const deepest = 250;
/** Objects, lists and members; more than any conversation has, and few enough to be read in a moment. */
const mostValues = 300_000;
const watched = ['model', 'stream'] as const;
type Watched = (typeof watched)[number];

/**
 * Where the values of the members `model` and `stream` of the object are; of what is no JSON object, anywhere. Throws a Refusal 400 where one
 * of them stands twice (we might read the one and the upstream the other), where it is nested too deep or holds too much: to be asked before
 * it is parsed, as small text can take much memory. O(n).
 */
export function topLevelRanges(body: Buffer): Readonly<Partial<Record<Watched, ByteRange>>> {
  const found: Partial<Record<Watched, ByteRange>> = {};
  let depth = 0;
  let values = 0;
  let name: Watched | undefined;
  // Where the value of a watched member begins; -1 while there is none.
  let start = -1;
  let isName = false;
  const close = (at: number): void => {
    if (name === undefined || start < 0) return;
    found[name] = { start, end: trimmed(body, start, at) };
    [name, start] = [undefined, -1];
  };
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === quote) {
      const end = endOfString(body, at);
      if (depth === 1 && isName) {
        name = watchedIn(body, at, end);
        if (name !== undefined && found[name] !== undefined) throw twice(name);
        isName = false;
      }
      at = end - 1;
    } else if (byte === openObject || byte === openArray) {
      depth += 1;
      values += 1;
      if (depth > deepest) throw new Refusal(400, `The body is nested more than ${deepest} deep.`);
      if (depth === 1) isName = true;
    } else if (byte === closeObject || byte === closeArray) {
      if (depth === 1) close(at);
      depth -= 1;
    } else if (depth === 1 && byte === comma) {
      close(at);
      isName = true;
    } else if (byte === colon) {
      values += 1;
      if (depth !== 1 || name === undefined) continue;
      start = at + 1;
      while (isSpace(body[start])) start += 1;
    }
    if (values > mostValues) throw tooMuch();
  }
  return found;
}

/** The body with another value in the range; its other bytes as they are. */
export function withValue(body: Buffer, { start, end }: ByteRange, value: string): Buffer {
  return Buffer.concat([body.subarray(0, start), Buffer.from(JSON.stringify(value)), body.subarray(end)]);
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openObject, closeObject, openArray, closeArray] = [0x7b, 0x7d, 0x5b, 0x5d];

/** After the closing quote of the string that begins at `from`. */
function endOfString(body: Buffer, from: number): number {
  for (let at = from + 1; ; at += 1) {
    at = body.indexOf(quote, at);
    if (at < 0) return body.length;
    let escapes = 0;
    while (body[at - 1 - escapes] === backslash) escapes += 1;
    if (escapes % 2 === 0) return at + 1;
  }
}

/** However it is written: "mod\u0065l" is "model" too. */
function watchedIn(body: Buffer, start: number, end: number): Watched | undefined {
  if (end - start > 50) return undefined;
  const name = stringIn(body.toString('utf8', start, end));
  return watched.find((one) => one === name);
}

/** undefined where it is no JSON: who parses it all says so. */
function stringIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tooMuch(): Refusal {
  return new Refusal(
    400,
    `The body holds over ${mostValues.toLocaleString('en')} objects, lists and members.`,
    'Send fewer messages, or long contents as text.',
  );
}

function trimmed(body: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(body[at - 1])) at -= 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function twice(name: string): Refusal {
  return new Refusal(
    400,
    `The body has ${JSON.stringify(name)} twice.`,
    'Send it once: which of the two counts is not agreed.',
  );
}
