// The keys of a state: what it begins with, what an update must be, and how the updates of a step change it.
import type { z } from 'zod';
import type { Delta } from '#contract/journal';
import type { Json, JsonObject } from '#contract/turn';
import type { ChannelDefinition } from '../graph/definition.ts';
import { isArray, isObject } from '../trace/json.ts';
import { deltaOf, put } from './delta.ts';
import { toJson } from './plain-json.ts';
import { failure, runErrorOf } from './run-failure.ts';
import { isRecord } from './validate.ts';
import type { Patch } from './node-world.ts';

/** What one node of a step gave, in order. */
export interface NodePatches {
  readonly node: string;
  readonly patches: readonly Patch[];
}

export class Channels {
  readonly #definitions: ReadonlyMap<string, ChannelDefinition>;

  constructor(definitions: Readonly<Record<string, ChannelDefinition>>) {
    this.#definitions = new Map(Object.entries(definitions));
  }

  /** State at the start. Throws a RunFailure that names the key of the input that is missing, wrong or unknown. */
  initial(input: JsonObject): JsonObject {
    const unknown = Object.keys(input).find((key) => this.#definitions.get(key)?.channel !== 'input');
    if (unknown !== undefined)
      throw failure('BadInput', `The input has "${unknown}", which the agent does not take.`, this.#inputHint());
    const state: Record<string, Json> = {};
    for (const [key, definition] of this.#definitions) {
      const value = startOf(key, definition, input);
      if (value !== undefined) put(state, key, value);
    }
    return Object.freeze(state);
  }

  /** A state of another version or from a person's hand, as the schemas have it; keys that it does not have begin as they would. */
  completed(given: unknown): JsonObject {
    if (!isRecord(given)) throw failure('BadPatch', 'A state must be an object with the keys of the agent.');
    const state: Record<string, Json> = {};
    for (const [key, value] of Object.entries(given)) if (value !== undefined) put(state, key, this.value(key, value));
    for (const [key, definition] of this.#definitions) {
      if (Object.hasOwn(state, key) || definition.channel === 'input') continue;
      const value = startOf(key, definition, {});
      if (value !== undefined) put(state, key, value);
    }
    return Object.freeze(state);
  }

  /**
   * What a node gave, as the schemas have it; `undefined` gives nothing. Throws a RunFailure: "BadPatch" where it is no object or names an
   * unknown key, "SchemaError" where a schema refuses it, "NotJson".
   */
  patch(given: unknown, node: string): Patch | undefined {
    if (given === undefined || given === null) return undefined;
    if (!isRecord(given)) {
      throw failure(
        'BadPatch',
        `The node "${node}" gave ${Array.isArray(given) ? 'a list' : `a ${typeof given}`}, not an object with keys of the state.`,
      );
    }
    const patch: Record<string, Json> = {};
    let isEmpty = true;
    for (const key of Object.keys(given)) {
      const update = given[key];
      if (update === undefined) continue;
      put(patch, key, this.#update(key, update, node));
      isEmpty = false;
    }
    return isEmpty ? undefined : Object.freeze(patch);
  }

  /** A value for a key as the value's schema has it, for edits by people and for states of other versions. */
  value(key: string, given: unknown): Json {
    const definition = this.#definitions.get(key);
    if (definition === undefined) throw this.#unknownKey(key, 'It');
    const what = `The value of "${key}"`;
    const { channel, schema, value } = definition;
    if (channel !== 'append' && channel !== 'merge') return parsed(value ?? schema, given, what);
    return this.#update(key, given, what);
  }

  /**
   * The state with the patches of a step merged in, in the order of `given`, and what that changed. Throws a RunFailure "Conflict" where
   * two nodes give a key that is simply replaced, or what a reducer threw.
   */
  merge(state: JsonObject, given: readonly NodePatches[]): { readonly state: JsonObject; readonly delta: Delta } {
    const next: Record<string, Json> = { ...state };
    const lists = new Map<string, Json[]>();
    const writers = given.length > 1 ? new Map<string, string>() : undefined;
    const touched = new Set<string>();
    for (const { node, patches } of given) {
      for (const patch of patches) {
        for (const key of Object.keys(patch)) {
          const update = patch[key];
          if (update === undefined) continue;
          touched.add(key);
          this.#mergeOne(next, lists, key, update, node, writers);
        }
      }
    }
    if (touched.size === 0) return { state, delta: [] };
    const delta: Delta = [];
    for (const key of touched) {
      const items = lists.get(key);
      if (items === undefined) delta.push(...deltaOf(state[key], next[key] ?? null, [key]));
      else if (items.length > 0) {
        const before = state[key];
        put(next, key, Object.freeze(isArray(before) ? [...before, ...items] : items));
        delta.push(isArray(before) ? ['+', [key], items] : ['=', [key], items]);
      }
    }
    return { state: Object.freeze(next), delta };
  }

  /** How updates of a key are put: appended as messages of a conversation, appended as items, or as they are. */
  placeOf(key: string): 'messages' | 'list' | 'value' {
    const definition = this.#definitions.get(key);
    if (definition?.channel !== 'append') return 'value';
    const takesMessages = definition.schema.safeParse({ role: 'assistant', content: [] }).success;
    return takesMessages && !definition.schema.safeParse('').success ? 'messages' : 'list';
  }

  /** A key that is simply replaced and that two of the lists give. */
  givenTwice(lists: readonly (readonly Patch[])[]): string | undefined {
    const seen = new Set<string>();
    for (const patches of lists) {
      for (const key of new Set(patches.flatMap((patch) => Object.keys(patch)))) {
        const channel = this.#definitions.get(key)?.channel;
        if (channel !== 'last' && channel !== 'input') continue;
        if (seen.has(key)) return key;
        seen.add(key);
      }
    }
    return undefined;
  }

  #mergeOne(
    next: Record<string, Json>,
    lists: Map<string, Json[]>,
    key: string,
    update: Json,
    node: string,
    writers: Map<string, string> | undefined,
  ): void {
    const definition = this.#definitions.get(key);
    const before = next[key];
    switch (definition?.channel) {
      case 'append': {
        const items = isArray(update) ? update : [update];
        const list = lists.get(key);
        if (list === undefined) lists.set(key, [...items]);
        else for (const item of items) list.push(item);
        return;
      }
      case 'sum':
        put(next, key, Number(before ?? 0) + Number(update));
        return;
      case 'merge':
        put(next, key, Object.freeze({ ...(isObject(before) ? before : {}), ...(isObject(update) ? update : {}) }));
        return;
      case 'reduce':
        put(next, key, reduced(key, definition, before, update));
        return;
      default: {
        const other = writers?.get(key);
        if (other !== undefined && other !== node) throw conflict(key, other, node);
        writers?.set(key, node);
        put(next, key, update);
      }
    }
  }

  #update(key: string, update: unknown, node: string): Json {
    const definition = this.#definitions.get(key);
    if (definition === undefined) throw this.#unknownKey(key, `The node "${node}"`);
    const what = `What "${node}" gave for "${key}"`;
    const { channel, schema } = definition;
    if (channel === 'append') {
      if (!Array.isArray(update)) throw failure('SchemaError', `${what} must be a list of items to put at the end.`);
      return Object.freeze(update.map((item: unknown, index) => parsed(schema, item, `${what}, item ${index}`)));
    }
    if (channel === 'merge') {
      if (!isRecord(update)) throw failure('SchemaError', `${what} must be an object whose members are put in.`);
      const members: Record<string, Json> = {};
      for (const [name, member] of Object.entries(update)) {
        if (member !== undefined) put(members, name, parsed(schema, member, `${what}, member "${name}"`));
      }
      return Object.freeze(members);
    }
    return parsed(schema, update, what);
  }

  #unknownKey(key: string, who: string) {
    return failure(
      'BadPatch',
      `${who} gave "${key}", which is no key of the state.`,
      `Keys are: ${[...this.#definitions.keys()].join(', ')}.`,
    );
  }

  #inputHint(): string {
    const keys = [...this.#definitions].filter(([, { channel }]) => channel === 'input').map(([key]) => key);
    return keys.length === 0 ? 'It takes no input.' : `It takes: ${keys.join(', ')}.`;
  }
}

/** What two nodes of one step may not do. */
export function conflict(key: string, one: string, two: string) {
  return failure(
    'Conflict',
    `"${one}" and "${two}" both gave "${key}" in one step, and it is not said which counts.`,
    'Let one of them give it, or make the key append(…), merge(…), sum() or reduce(…).',
  );
}

function startOf(key: string, definition: ChannelDefinition, input: JsonObject): Json | undefined {
  const { channel, schema, initial } = definition;
  if (channel === 'input') {
    const given = Object.hasOwn(input, key) ? input[key] : undefined;
    return optional(schema, given, `The input "${key}"`);
  }
  if (initial !== undefined) return toJson(initial, `The initial value of "${key}"`);
  return whenAccepted(schema);
}

/** The default of a key that nobody has given yet; undefined where there is none. */
function whenAccepted(schema: z.ZodType): Json | undefined {
  const result = schema.safeParse(undefined);
  return result.success && result.data !== undefined ? toJson(result.data, 'A default') : undefined;
}

function optional(schema: z.ZodType, given: unknown, what: string): Json | undefined {
  const value = checked(schema, given, what);
  return value === undefined ? undefined : toJson(value, what);
}

function parsed(schema: z.ZodType, given: unknown, what: string): Json {
  return toJson(checked(schema, given, what), what);
}

function checked(schema: z.ZodType, given: unknown, what: string): unknown {
  let result;
  try {
    result = schema.safeParse(given);
  } catch (error) {
    throw failure(
      'SchemaError',
      `${what} could not be checked: ${runErrorOf(error).message}`,
      'Schemas of a state must not be asynchronous.',
    );
  }
  if (result.success) return result.data;
  throw failure('SchemaError', `${what} does not fit its schema: ${issuesOf(result.error)}`);
}

/** The first few issues in one line. */
export function issuesOf(error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}): string {
  const told = error.issues
    .slice(0, 3)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`));
  const more = error.issues.length - told.length;
  return `${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
}

function reduced(key: string, { reduce, value }: ChannelDefinition, before: Json | undefined, update: Json): Json {
  if (reduce === undefined) throw failure('BadAgent', `The key "${key}" has no reducer.`);
  const call = reduce as (before: Json | undefined, update: Json) => unknown;
  const what = `What the reducer of "${key}" gave`;
  const after = call(before, update);
  return value === undefined ? toJson(after, what) : parsed(value, after, what);
}
