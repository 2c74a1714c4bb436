// What changed between two states, and a state with such changes made. Values that are the same by reference are not looked into.
import type { Delta } from '#contract/journal';
import type { Json, JsonObject } from '#contract/turn';
import { isArray, isObject } from '../trace/json.ts';

type Path = readonly (string | number)[];
type Change = Delta[number];

/** Items taken out of a list one by one, at most; where more go, the list is told anew. */
const maxRemovals = 8;

/**
 * The changes that make `after` of `before`: `applyDelta(before, deltaOf(before, after))` equals `after`. Costs what has to be compared:
 * nothing where values are shared. `before` undefined: there was nothing. `path`: where both stand.
 */
export function deltaOf(before: Json | undefined, after: Json, path: Path = []): Delta {
  const changes: Change[] = [];
  compare(before, after, path, changes);
  return changes;
}

function compare(before: Json | undefined, after: Json, path: Path, changes: Change[]): void {
  if (before === after) return;
  if (typeof before === 'string' && typeof after === 'string') {
    if (before !== '' && after.startsWith(before)) changes.push(['~', [...path], after.slice(before.length)]);
    else changes.push(['=', [...path], after]);
  } else if (isArray(before) && isArray(after)) compareLists(before, after, path, changes);
  else if (isObject(before) && isObject(after)) compareObjects(before, after, path, changes);
  else changes.push(['=', [...path], after]);
}

function compareObjects(before: JsonObject, after: JsonObject, path: Path, changes: Change[]): void {
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) changes.push(['-', [...path, key]]);
  for (const key of Object.keys(after)) {
    const value = after[key];
    if (value !== undefined)
      compare(Object.hasOwn(before, key) ? before[key] : undefined, value, [...path, key], changes);
  }
}

function compareLists(before: readonly Json[], after: readonly Json[], path: Path, changes: Change[]): void {
  const shorter = Math.min(before.length, after.length);
  let same = 0;
  while (same < shorter && equalJson(before[same], after[same])) same += 1;
  if (same === before.length) {
    if (same < after.length) changes.push(['+', [...path], after.slice(same)]);
    return;
  }
  const removed = before.length - after.length;
  if (removed > 0 && removed <= maxRemovals && endsAlike(before, after, same)) {
    for (let n = 0; n < removed; n += 1) changes.push(['-', [...path, same]]);
  } else if (removed <= 0) compareItems(before, after, same, path, changes);
  else changes.push(['=', [...path], [...after]]);
}

/** Whether all of `after` from `same` on are the last items of `before`. */
function endsAlike(before: readonly Json[], after: readonly Json[], same: number): boolean {
  for (let back = 1; back <= after.length - same; back += 1) {
    if (!equalJson(before[before.length - back], after[after.length - back])) return false;
  }
  return true;
}

/** Item by item where at most half of the items have changed, else the list anew. */
function compareItems(
  before: readonly Json[],
  after: readonly Json[],
  from: number,
  path: Path,
  changes: Change[],
): void {
  const changed: number[] = [];
  for (let index = from; index < before.length; index += 1) {
    if (!equalJson(before[index], after[index])) changed.push(index);
  }
  if (changed.length * 2 > Math.max(before.length, 2)) {
    changes.push(['=', [...path], [...after]]);
    return;
  }
  for (const index of changed) compare(before[index], after[index] ?? null, [...path, index], changes);
  if (after.length > before.length) changes.push(['+', [...path], after.slice(before.length)]);
}

/** Whether two values are the same as JSON; the order of keys does not count. */
export function equalJson(one: Json | undefined, two: Json | undefined): boolean {
  if (one === two) return true;
  if (isArray(one)) {
    return isArray(two) && one.length === two.length && one.every((item, index) => equalJson(item, two[index]));
  }
  if (!isObject(one) || !isObject(two)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(two).length &&
    keys.every((key) => Object.hasOwn(two, key) && equalJson(one[key], two[key]))
  );
}

/** A new value with the changes made; what did not change is shared with `before`. Throws where a path leads nowhere. */
export function applyDelta(before: Json | undefined, delta: Delta): Json {
  let value = before;
  for (const change of delta) value = applied(value, change, 0);
  if (value === undefined) throw new Error('A delta on nothing must set something.');
  return value;
}

/** The same of a state, which is an object. */
export function applyToState(before: JsonObject | undefined, delta: Delta): JsonObject {
  const after = applyDelta(before, delta);
  if (!isObject(after)) throw new Error('A state must be an object.');
  return after;
}

function applied(value: Json | undefined, change: Change, depth: number): Json {
  const [kind, path] = change;
  if (depth === path.length) return changed(value, change);
  const step = path[depth];
  const last = depth === path.length - 1;
  if (isArray(value) && typeof step === 'number' && step < value.length) {
    if (kind === '-' && last) return value.toSpliced(step, 1);
    return value.with(step, applied(value[step], change, depth + 1));
  }
  if (isObject(value) && typeof step === 'string') {
    const copy: Record<string, Json> = { ...value };
    if (kind === '-' && last) delete copy[step];
    else put(copy, step, applied(Object.hasOwn(value, step) ? value[step] : undefined, change, depth + 1));
    return copy;
  }
  throw new Error(`A change leads nowhere: ${JSON.stringify(path)}.`);
}

function changed(value: Json | undefined, change: Change): Json {
  if (change[0] === '=') return change[2];
  if (change[0] === '+' && isArray(value)) return [...value, ...change[2]];
  if (change[0] === '~' && typeof value === 'string') return value + change[2];
  throw new Error(`A change does not fit: ${JSON.stringify(change.slice(0, 2))}.`);
}

/** Sets a member, also one named `__proto__`. */
export function put(target: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  } else target[key] = value;
}
