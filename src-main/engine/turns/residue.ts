// Residue: what the internal form does not carry of a source's JSON, as a patch that gives the source back equal.
import type { Json, JsonObject } from '#contract/turn';
import { isObject } from '../trace/json.ts';

/**
 * A patch from one JSON value to another.
 * ['=', v]: replace by v. ['{', set, drop, order?]: object, members to set by patch, keys to drop, key order where it differs.
 * ['[', length, set]: array, cut or extended to `length`, elements to set by index.
 */
export type Patch =
  | readonly ['=', Json]
  | readonly ['{', Readonly<Record<string, Patch>>, readonly string[], (readonly string[])?]
  | readonly ['[', number, Readonly<Record<string, Patch>>];

function has(object: JsonObject, key: string): boolean {
  return Object.hasOwn(object, key);
}

/** The patch that turns `from` into `to`, undefined where they are equal (key order included). */
export function diffJson(from: Json | undefined, to: Json): Patch | undefined {
  if (Object.is(from, to)) return undefined;
  if (Array.isArray(from) && Array.isArray(to)) return diffArrays(from as readonly Json[], to as readonly Json[]);
  if (isObject(from) && isObject(to)) return diffObjects(from, to);
  return ['=', to];
}

function diffArrays(from: readonly Json[], to: readonly Json[]): Patch | undefined {
  let set: Record<string, Patch> | undefined;
  for (let index = 0; index < to.length; index += 1) {
    const patch = diffJson(from[index], to[index] ?? null);
    if (patch !== undefined) {
      set ??= {};
      set[index] = patch;
    }
  }
  return from.length === to.length && set === undefined ? undefined : ['[', to.length, set ?? {}];
}

function diffObjects(from: JsonObject, to: JsonObject): Patch | undefined {
  const old = Object.keys(from);
  const order = Object.keys(to);
  let changes: [string, Patch][] | undefined;
  let alike = old.length === order.length;
  for (let index = 0; index < order.length; index += 1) {
    const key = order[index] ?? '';
    alike &&= old[index] === key;
    const patch = diffJson(alike || has(from, key) ? from[key] : undefined, to[key] ?? null);
    if (patch !== undefined) (changes ??= []).push([key, patch]);
  }
  // fromEntries defines members, so a key named __proto__ is data like any other.
  const set = changes === undefined ? {} : Object.fromEntries(changes);
  if (alike) return changes === undefined ? undefined : ['{', set, []];
  const drop = old.filter((key) => !has(to, key));
  const natural = [...old.filter((key) => has(to, key)), ...order.filter((key) => !has(from, key))];
  const reordered = natural.some((key, index) => key !== order[index]);
  return reordered ? ['{', set, drop, order] : ['{', set, drop];
}

/** Applies a patch made by `diffJson` against an equal `from`. */
export function applyPatch(from: Json | undefined, patch: Patch | undefined): Json {
  if (patch === undefined) return from as Json;
  if (patch[0] === '=') return patch[1];
  if (patch[0] === '[') {
    const [, length, set] = patch;
    const old = Array.isArray(from) ? (from as readonly Json[]) : [];
    return Array.from({ length }, (_, index) => applyPatch(old[index], set[index]));
  }
  const [, set, drop, order] = patch;
  const old = isObject(from) ? from : {};
  const members = new Map<string, Json>();
  for (const [key, member] of Object.entries(old)) if (!drop.includes(key)) members.set(key, member);
  for (const [key, change] of Object.entries(set))
    members.set(key, applyPatch(has(old, key) ? old[key] : undefined, change));
  const keys = order ?? [...members.keys()];
  return Object.fromEntries(keys.map((key) => [key, members.get(key) as Json]));
}
