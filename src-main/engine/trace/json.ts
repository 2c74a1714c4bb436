// Small helpers on JSON values: guards, paths, settled key order, and objects shaped like others.
import type { Json, JsonObject } from '#contract/turn';
import { unmarked } from './exact-json.ts';

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** An own member; what the prototype has is never data. */
export function member(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function textMember(value: Json | undefined, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === 'string' ? found : undefined;
}

/** A number, also one that a double only comes near to. */
export function numberMember(value: Json | undefined, key: string): number | undefined {
  const found = unmarked(member(value, key) ?? null);
  return typeof found === 'number' ? found : undefined;
}

export type JsonPath = readonly (string | number)[];

export function at(value: Json | undefined, path: JsonPath): Json | undefined {
  let here = value;
  for (const step of path)
    here = typeof step === 'number' ? (isArray(here) ? here[step] : undefined) : member(here, step);
  return here;
}

/** The value with another one put at `path`, which must exist; nothing else changes, key order included. */
export function put(value: Json, path: JsonPath, replacement: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return replacement;
  if (isArray(value)) return value.map((item, index) => (index === step ? put(item, rest, replacement) : item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === step ? put(item, rest, replacement) : item]),
  );
}

/** Keys in code unit order at every depth and plain numbers: JSON as it stands inside a message of the internal form. */
export function settled(value: Json): Json {
  return sorted(hasMark(value) ? unmarked(value) : value);
}

function sorted(value: Json): Json {
  if (isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const result: Record<string, Json> = {};
  for (const key of Object.keys(value).toSorted()) define(result, key, sorted(value[key] ?? null));
  return result;
}

/** Whether a number in it does not fit a double (see exact-json.ts). */
export function hasMark(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isArray(value)) return value.some(hasMark);
  for (const key of Object.keys(value)) {
    if ((key.startsWith('$') && /^\$+number$/.test(key)) || hasMark(value[key] ?? null)) return true;
  }
  return false;
}

/**
 * An object of the known members, in the key order of `shape` and with its small constant members; members with the value
 * undefined are left out.
 */
export function shapedLike(
  shape: Json | undefined,
  known: readonly (readonly [string, Json | undefined])[],
): JsonObject {
  const result: Record<string, Json> = {};
  if (!isObject(shape)) {
    for (const [key, value] of known) if (value !== undefined) define(result, key, value);
    return result;
  }
  for (const key of Object.keys(shape)) {
    const entry = known.find(([name]) => name === key);
    const value = entry === undefined ? constantOf(shape[key] ?? null) : entry[1];
    if (value !== undefined) define(result, key, value);
  }
  for (const [key, value] of known) if (value !== undefined && !Object.hasOwn(shape, key)) define(result, key, value);
  return result;
}

/** A member that is data whatever its name. */
function define(object: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
  else object[key] = value;
}

function constantOf(value: Json): Json | undefined {
  return isSmall(value) ? value : undefined;
}

function isSmall(value: Json): boolean {
  if (typeof value === 'string') return value.length <= 40;
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

/** The same members in the key order of `shape`, new ones after it in their own; the top level only. */
export function orderedLike(value: Json, shape: Json | undefined): Json {
  if (!isObject(value) || !isObject(shape)) return value;
  const [order, keys] = [Object.keys(shape), Object.keys(value)];
  if (keys.every((key, index) => key === order[index])) return value;
  const result: Record<string, Json> = {};
  for (const key of order) if (Object.hasOwn(value, key)) define(result, key, value[key] ?? null);
  for (const key of keys) if (!Object.hasOwn(shape, key)) define(result, key, value[key] ?? null);
  return result;
}
