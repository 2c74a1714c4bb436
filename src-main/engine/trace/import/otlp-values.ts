// OTLP/JSON's own values: attributes, ids and times, in either spelling of their keys.
import type { Json, JsonObject } from '#contract/turn';
import { isArray, isObject, member, settled } from '../json.ts';

/** A member by its camelCase name, or its snake_case one. */
export function field(value: Json | undefined, name: string): Json | undefined {
  return member(value, name) ?? member(value, snakeCase(name));
}

export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function listField(value: Json | undefined, name: string): readonly Json[] {
  const found = field(value, name);
  return isArray(found) ? found : [];
}

/** Attributes as an object, in their order; some exporters write them as an object already. */
export function attributesOf(holder: Json | undefined): JsonObject {
  const attributes = field(holder, 'attributes');
  if (isObject(attributes)) return attributes;
  return keyValues(isArray(attributes) ? attributes : []);
}

function keyValues(list: readonly Json[]): JsonObject {
  const members: [string, Json][] = [];
  for (const entry of list) {
    const key = member(entry, 'key');
    if (typeof key === 'string') members.push([key, anyValue(member(entry, 'value') ?? null)]);
  }
  return Object.fromEntries(members);
}

/** An AnyValue as plain JSON: 64-bit integers as numbers where a double holds them, else as their digits. */
export function anyValue(value: Json): Json {
  const text = field(value, 'stringValue') ?? field(value, 'boolValue') ?? field(value, 'bytesValue');
  if (text !== undefined) return text;
  const whole = field(value, 'intValue');
  if (whole !== undefined) return wholeNumber(whole);
  const double = field(value, 'doubleValue');
  if (double !== undefined) return settled(double);
  const list = field(value, 'arrayValue');
  if (list !== undefined) return listField(list, 'values').map(anyValue);
  const map = field(value, 'kvlistValue');
  if (map !== undefined) return keyValues(listField(map, 'values'));
  // An empty AnyValue is a null; anything else was no AnyValue and stays as it is.
  return isObject(value) && Object.keys(value).length === 0 ? null : settled(value);
}

function wholeNumber(value: Json): Json {
  if (typeof value === 'number') return value;
  const digits = digitsOf(value);
  if (digits === undefined) return value;
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : digits;
}

/** The digits of an integer that came as text, as a number, or as a number that no double holds. */
function digitsOf(value: Json | undefined): string | undefined {
  const text = typeof value === 'number' ? String(value) : isObject(value) ? value['$number'] : value;
  return typeof text === 'string' && /^-?\d+$/.test(text) ? text : undefined;
}

/** Epoch ms of a time in nanoseconds; 0 and nonsense are no time. */
export function timeField(value: Json | undefined, name: string): number | undefined {
  const digits = digitsOf(field(value, name));
  if (digits === undefined) return undefined;
  const nanos = BigInt(digits);
  if (nanos <= 0n || nanos > 10n ** 19n) return undefined;
  return Number(nanos / 1_000_000n) + Number(nanos % 1_000_000n) / 1e6;
}

/** A trace or span id as lower-case hex; exporters that follow plain protobuf JSON write it in base64. */
export function idField(value: Json | undefined, name: string, bytes: 8 | 16): string | undefined {
  const text = field(value, name);
  if (typeof text !== 'string' || text === '') return undefined;
  if (text.length === bytes * 2 && /^[0-9a-fA-F]+$/.test(text))
    return /^0+$/.test(text) ? undefined : text.toLowerCase();
  const decoded = Buffer.from(text, 'base64');
  const isBase64 =
    decoded.length === bytes && decoded.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '');
  return isBase64 ? decoded.toString('hex') : undefined;
}
