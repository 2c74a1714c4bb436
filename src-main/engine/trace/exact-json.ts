// JSON text in and out without loss: what a plain JSON.parse would silently change is kept or refused with a clear word.
import type { Json, JsonObject } from '#contract/turn';
import { Problem } from '../problem.ts';

/** Deeper nesting than this is refused; real records stay below 50. */
export const maxDepth = 1000;

export interface ParsedJson {
  readonly value: Json;
  /** Some numbers do not fit a double and stand as `{"$number": "<as written>"}`; `writeJson` gives them back. */
  readonly marked: boolean;
}

/** JSON.parse with the source text of each primitive, which the compiler's library does not know yet. */
const parseWithSource = JSON.parse as (
  text: string,
  reviver?: (key: string, value: Json, context: { readonly source?: string }) => Json,
) => Json;

/**
 * Parses one JSON text. Throws a Problem with a plain cause where it is not JSON, is nested deeper than `maxDepth`, or
 * names a key twice in one object, of which JSON.parse would drop one.
 */
export function parseJson(text: string): ParsedJson {
  const { depth, colons, suspicious } = survey(text);
  if (depth > maxDepth) {
    throw new Problem(
      'BAD_INPUT',
      `It is nested ${depth.toLocaleString('en')} levels deep; up to ${maxDepth} are read.`,
    );
  }
  const careful = suspicious || collides(text);
  const state = { marked: false, added: 0 };
  let value: Json;
  try {
    value = careful ? parseWithSource(text, reviver(state)) : parseWithSource(text);
  } catch (error) {
    throw notJson(text, error);
  }
  const repeated = countKeys(value) - state.added === colons ? undefined : repeatedKey(text);
  if (repeated !== undefined) {
    const hint =
      'A JSON reader would keep one of them and drop the other; correct the record and import the file again.';
    throw new Problem('BAD_INPUT', `An object names the key "${repeated}" twice.`, hint);
  }
  return { value, marked: state.marked };
}

/** The same as a value or undefined, for text inside a record that may or may not be JSON; marked numbers are undefined too. */
export function parsePlainJson(text: string): Json | undefined {
  try {
    const { value, marked } = parseJson(text);
    return marked || collides(text) ? undefined : value;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** JSON text of a value from `parseJson`, marked numbers as they were written. */
export function writeJson(value: Json): string {
  const text = JSON.stringify(value);
  if (!text.includes('number"')) return text;
  // Inside a string every quote is escaped, so neither pattern can match there.
  return text
    .replaceAll(/\{"\$number":"([-+.\deE]+)"\}/g, (_, digits: string) => digits)
    .replaceAll(/"\$(\$+number)":/g, (_, name: string) => `"${name}":`);
}

/** The value with marked numbers as doubles: what is read out of a record, never what gives the record back. */
export function unmarked(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => unmarked(item));
  const object = value as JsonObject;
  const digits = markedNumber(object);
  if (digits !== undefined) {
    const number = Number(digits);
    return Number.isFinite(number) ? number : digits;
  }
  return Object.fromEntries(Object.entries(object).map(([key, member]) => [unescaped(key), unmarked(member)]));
}

function unescaped(key: string): string {
  return /^\$\$+number$/.test(key) ? key.slice(1) : key;
}

function markedNumber(object: JsonObject): string | undefined {
  const digits = object['$number'];
  return typeof digits === 'string' && Object.keys(object).length === 1 ? digits : undefined;
}

function reviver(state: { marked: boolean; added: number }) {
  return (_key: string, value: Json, context: { readonly source?: string }): Json => {
    if (typeof value === 'number') {
      const { source } = context;
      if (source === undefined || isExact(source, value)) return value;
      state.marked = true;
      state.added += 1;
      return { $number: source };
    }
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? escapeKeys(value as JsonObject, state)
      : value;
  };
}

function escapeKeys(object: JsonObject, state: { marked: boolean }): Json {
  if (!Object.keys(object).some((key) => /^\$+number$/.test(key))) return object;
  state.marked = true;
  return Object.fromEntries(
    Object.entries(object).map(([key, member]) => [/^\$+number$/.test(key) ? `$${key}` : key, member]),
  );
}

function isExact(source: string, value: number): boolean {
  if (!Number.isFinite(value) || Object.is(value, -0)) return false;
  if (value === 0) return !/[1-9]/.test(source.split(/[eE]/)[0] ?? '');
  if (Number.isSafeInteger(value) || !/^-?\d+$/.test(source)) return true;
  return BigInt(source) === BigInt(value);
}

/** Whether a key may collide with the mark, perhaps with one of its letters spelt as an escape. */
function collides(text: string): boolean {
  return text.includes('$number"') || /\\u00(?:24|6[25de]|7[25])/i.test(text);
}

interface Survey {
  /** Deepest nesting. */
  readonly depth: number;
  /** Colons outside strings: one for each member written. */
  readonly colons: number;
  /** Whether a number may be one that no double holds. */
  readonly suspicious: boolean;
}

function survey(text: string): Survey {
  let depth = 0;
  let deepest = 0;
  let colons = 0;
  let suspicious = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = stringEnd(text, at);
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
    else if (code === 0x3a) colons += 1;
    else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const end = numberEnd(text, at);
      suspicious ||= isSuspicious(text, at, end);
      at = end - 1;
    }
  }
  return { depth: deepest, colons, suspicious };
}

function numberEnd(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && isNumeric(text.charCodeAt(end))) end += 1;
  return end;
}

/** Digits, sign, point, exponent. */
function isNumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2e || code === 0x2b || code === 0x2d || (code | 0x20) === 0x65;
}

/** So long that digits may be lost, a minus zero, or an exponent of three digits. */
function isSuspicious(text: string, start: number, end: number): boolean {
  if (end - start > 15) return true;
  if (text.charCodeAt(start) === 0x2d && text.charCodeAt(start + 1) === 0x30) return true;
  return end - start > 4 && /[eE][+-]?\d{3}/.test(text.slice(start, end));
}

/** Index of the quote that ends the string which begins at `start`; the text's length where none does. */
function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end >= 0) {
    let before = end - 1;
    while (text.charCodeAt(before) === 0x5c) before -= 1;
    if ((end - before) % 2 === 1) return end;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}

function countKeys(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) if (typeof item === 'object') count += countKeys(item);
    return count;
  }
  const object = value as JsonObject;
  for (const key of Object.keys(object)) {
    count += 1;
    const member = object[key];
    if (typeof member === 'object') count += countKeys(member);
  }
  return count;
}

function notJson(text: string, error: unknown): Problem {
  if (text.includes('\0')) {
    const hint = 'A program that was killed while writing often leaves such bytes; the other records are not touched.';
    return new Problem('BAD_INPUT', 'It holds NUL bytes where JSON should be.', hint, { cause: error });
  }
  const said = error instanceof Error ? error.message : '';
  const where = /at position (\d+)/.exec(said)?.[1];
  if (endsOpen(text) && (where === undefined || Number(where) >= text.trimEnd().length)) {
    const hint = 'The file may have been cut off, or the program stopped while writing it.';
    return new Problem('BAD_INPUT', 'The JSON ends before it is complete.', hint, { cause: error });
  }
  const place = where === undefined ? '' : ` at character ${Number(where) + 1}`;
  return new Problem('BAD_INPUT', `It is not JSON: ${reason(text, said, where)}${place}.`, undefined, { cause: error });
}

/** Whether more brackets open than close, or a string is left open. */
function endsOpen(text: string): boolean {
  let open = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = stringEnd(text, at);
      if (at >= text.length) return true;
    } else if (code === 0x7b || code === 0x5b) open += 1;
    else if (code === 0x7d || code === 0x5d) open -= 1;
  }
  return open > 0;
}

function reason(text: string, said: string, where: string | undefined): string {
  if (/end of JSON/.test(said)) return 'it ends too early';
  if (/control character/.test(said)) return 'a control character stands inside a string';
  if (/escape/i.test(said)) return 'a backslash escape is wrong';
  const found = where === undefined ? /^Unexpected token '(.+?)'/su.exec(said)?.[1] : text.at(Number(where));
  return found === undefined ? 'it cannot be read' : `an unexpected ${JSON.stringify(found)}`;
}

/** The first key that an object names twice; asked only where the counts differ, as it reads the text once more. */
function repeatedKey(text: string): string | undefined {
  const scopes: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x7b) scopes.push(new Set());
    else if (code === 0x5b) scopes.push(undefined);
    else if (code === 0x7d || code === 0x5d) scopes.pop();
    else if (code === 0x22) {
      const end = stringEnd(text, at);
      const key = text.slice(at, end + 1);
      at = end;
      if (!/^\s*:/.test(text.slice(end + 1, end + 200))) continue;
      const scope = scopes.at(-1);
      const decoded = String(JSON.parse(key));
      if (scope?.has(decoded) === true) return decoded;
      scope?.add(decoded);
    }
  }
  return undefined;
}
