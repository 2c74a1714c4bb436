// Reads the members of a body one by one and remembers which were not asked for: what has no place in the internal form.
import type { Json, JsonObject } from '#contract/turn';
import { maxDepth } from '../../trace/exact-json.ts';
import { isArray, isObject, numberMember } from '../../trace/json.ts';

/** So many places are named; a body that has more of them is not made for us. */
const most = 200;

/** Paths of what has no place, in the order of the body. */
export class Left {
  readonly #paths: string[] = [];
  #more = 0;

  add(path: string): void {
    if (this.#paths.length < most) this.#paths.push(path);
    else this.#more += 1;
  }

  paths(): readonly string[] {
    return this.#more === 0 ? this.#paths : [...this.#paths, `… and ${this.#more.toLocaleString('en')} more`];
  }
}

/** An object of a body. What is asked for by the wrong type counts as not asked for. */
export class Members {
  readonly path: string;
  readonly #object: JsonObject;
  readonly #left: Left;
  readonly #taken = new Set<string>();

  constructor(value: Json | undefined, path: string, left: Left) {
    this.#object = isObject(value) ? value : {};
    this.path = path;
    this.#left = left;
  }

  get(key: string): Json | undefined {
    return Object.hasOwn(this.#object, key) ? this.#object[key] : undefined;
  }

  /** The member, whatever it is. */
  take(key: string): Json | undefined {
    this.#taken.add(key);
    return this.get(key);
  }

  text(key: string): string | undefined {
    const value = this.get(key);
    return typeof value === 'string' ? (this.#taken.add(key), value) : undefined;
  }

  number(key: string): number | undefined {
    const value = numberMember(this.#object, key);
    if (value === undefined) return undefined;
    this.#taken.add(key);
    return value;
  }

  flag(key: string): boolean | undefined {
    const value = this.get(key);
    return typeof value === 'boolean' ? (this.#taken.add(key), value) : undefined;
  }

  oneOf<const T extends string>(key: string, known: readonly T[]): T | undefined {
    const value = this.get(key);
    const found = known.find((one) => one === value);
    if (found !== undefined) this.#taken.add(key);
    return found;
  }

  list(key: string): readonly Json[] | undefined {
    const value = this.get(key);
    return isArray(value) ? (this.#taken.add(key), value) : undefined;
  }

  /** An object inside, whose own members are asked for in turn; undefined where there is none. */
  inner(key: string): Members | undefined {
    const value = this.get(key);
    if (!isObject(value)) return undefined;
    this.#taken.add(key);
    return new Members(value, this.placeOf(key), this.#left);
  }

  /** Members that say nothing, that stand elsewhere, or that say nothing by one of these values. */
  skip(...keys: readonly string[]): void {
    for (const key of keys) this.#taken.add(key);
  }

  skipWhere(key: string, ...values: readonly Json[]): void {
    if (values.some((value) => value === this.get(key))) this.#taken.add(key);
  }

  placeOf(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  /** Names the rest, but for what is empty. */
  done(): void {
    for (const key of Object.keys(this.#object)) {
      if (!this.#taken.has(key) && !isEmpty(this.#object[key])) this.#left.add(this.placeOf(key));
    }
  }
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** A body nested deeper than any is, which a recursive reader could not stand. */
export function isTooDeep(value: Json, limit = maxDepth): boolean {
  let level: readonly Json[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    const below: Json[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      for (const inner of isArray(one) ? one : Object.values(one))
        if (typeof inner === 'object' && inner !== null) below.push(inner);
    }
    level = below;
  }
  return false;
}
