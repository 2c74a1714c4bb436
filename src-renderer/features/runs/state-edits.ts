// Edits of a state, key by key, as JSON that a person types.
import type { Json, JsonObject } from '#contract/turn';
import { parseJson } from '../../lib/json-text.ts';
import { sameJson } from './state-diff.ts';

/** What was typed for a key; `undefined`: the key is taken away. Keys that were not touched are absent. */
export type KeyTexts = ReadonlyMap<string, string | undefined>;

export type Edits =
  | { readonly ok: true; readonly set: JsonObject; readonly remove: readonly string[] }
  | { readonly ok: false; readonly faults: ReadonlyMap<string, string> };

export function textOfValue(value: Json | undefined): string {
  return value === undefined ? '' : JSON.stringify(value, undefined, 2);
}

/** What is to be set and taken away; what was typed but comes to the same as before is left out. */
export function editsOf(state: JsonObject, texts: KeyTexts): Edits {
  const set: Record<string, Json> = {};
  const remove: string[] = [];
  const faults = new Map<string, string>();
  for (const [key, text] of texts) {
    if (text === undefined) {
      if (key in state) remove.push(key);
      continue;
    }
    const parsed = parseJson(text);
    if (!parsed.ok) faults.set(key, parsed.why);
    else if (!sameJson(parsed.value, state[key])) set[key] = parsed.value;
  }
  return faults.size === 0 ? { ok: true, set, remove } : { ok: false, faults };
}
