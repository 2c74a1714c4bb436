// Plain frozen JSON of what user code gives: a copy, so that nothing it keeps can change the state, or a sentence that says where it is not JSON.
import type { Json } from '#contract/turn';
import { put } from './delta.ts';
import { failure } from './run-failure.ts';

const deepest = 500;

/**
 * A frozen copy. Members that are undefined are left out, -0 becomes 0. Throws a RunFailure "NotJson" that begins with `what` and names the
 * path, for functions, bigints, NaN, dates, class instances, circles …
 */
export function toJson(value: unknown, what: string): Json {
  return copied(value, what, undefined);
}

/** Where a value stands in what is being copied; text only when something is wrong. */
interface Place {
  readonly key: string | number;
  readonly above: Place | undefined;
  readonly depth: number;
}

function copied(value: unknown, what: string, place: Place | undefined): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value === 0 ? 0 : value;
      throw wrong(what, place, `is ${value}, which JSON cannot hold`);
    case 'object':
      if (value === null) return null;
      if (place !== undefined && place.depth > deepest)
        throw wrong(what, undefined, 'is nested too deeply, or holds itself');
      return Array.isArray(value) ? copiedList(value, what, place) : copiedObject(value, what, place);
    case 'undefined':
      throw wrong(what, place, 'is undefined');
    default:
      throw wrong(what, place, `is a ${typeof value}, which JSON cannot hold`);
  }
}

function copiedList(list: readonly unknown[], what: string, above: Place | undefined): Json {
  const depth = (above?.depth ?? 0) + 1;
  const copy: Json[] = [];
  for (let key = 0; key < list.length; key += 1) {
    const item = list[key];
    copy.push(isSimple(item) ? item : copied(item, what, { key, above, depth }));
  }
  return Object.freeze(copy);
}

function copiedObject(value: object, what: string, above: Place | undefined): Json {
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has a prototype of its own, which has none above it.
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
    throw wrong(what, above, `is ${kindOf(value)}, not plain data`);
  }
  const depth = (above?.depth ?? 0) + 1;
  const copy: Record<string, Json> = {};
  for (const key of Object.keys(value)) {
    const member: unknown = Reflect.get(value, key);
    if (member !== undefined) put(copy, key, isSimple(member) ? member : copied(member, what, { key, above, depth }));
  }
  return Object.freeze(copy);
}

function isSimple(value: unknown): value is string | boolean {
  return typeof value === 'string' || typeof value === 'boolean';
}

function kindOf(value: object): string {
  const name: unknown = Reflect.get(value, 'constructor');
  const text = typeof name === 'function' && name.name !== '' ? name.name : 'object';
  return text === 'Promise' ? 'a promise (is an await missing?)' : `a ${text.slice(0, 80)}`;
}

function wrong(what: string, place: Place | undefined, sentence: string) {
  return failure(
    'NotJson',
    `${what}${pathText(place)} ${sentence}.`,
    'A state holds only what JSON can: text, numbers, booleans, null, lists and plain objects.',
  );
}

function pathText(place: Place | undefined): string {
  const keys: (string | number)[] = [];
  for (let at = place; at !== undefined; at = at.above) keys.unshift(at.key);
  return keys.length === 0 ? '' : ` (at ${keys.slice(0, 20).join('.')})`;
}
