// What is typed into a form before it is JSON, and the way between the two.
import type { Json, JsonObject } from '#contract/turn';
import { isList, isObject } from '../../lib/json-kinds.ts';
import { parseJson } from '../../lib/json-text.ts';
import type { FormField } from './form-model.ts';
import { sameJson } from './state-diff.ts';

/**
 * Text, number and JSON as their text; a choice as the place of its value in the schema; absent where nothing was entered.
 */
export type Draft = string | boolean | undefined | readonly Draft[] | DraftGroup;
export interface DraftGroup {
  readonly [name: string]: Draft;
}

/** The sentence for each field that cannot be taken, by its path ("customer.orders.0"). */
export type FormErrors = ReadonlyMap<string, string>;
export type Filled =
  | { readonly ok: true; readonly value: Json | undefined }
  | { readonly ok: false; readonly errors: FormErrors };

/** What the form shows for a value, or for its initial values where there is none. */
export function draftOf(field: FormField, value: Json | undefined = field.initial): Draft {
  switch (field.kind) {
    case 'text':
      return typeof value === 'string' ? value : '';
    case 'number':
      return typeof value === 'number' ? String(value) : '';
    case 'boolean':
      if (typeof value === 'boolean') return value;
      return field.required ? false : undefined;
    case 'choice': {
      const at = field.values.findIndex((known) => sameJson(known, value));
      if (at !== -1) return String(at);
      return field.required && field.values.length === 1 ? '0' : undefined;
    }
    case 'list':
      if (isList(value)) return value.map((item) => draftOf(field.item, item));
      return field.required ? Array.from({ length: field.min }, () => draftOf(field.item)) : [];
    case 'group': {
      const members = isObject(value) ? value : {};
      return Object.fromEntries(field.members.map(([name, member]) => [name, draftOf(member, members[name])]));
    }
    case 'json':
      return value === undefined ? '' : JSON.stringify(value, undefined, 2);
  }
}

/** The JSON of what was typed, or what is wrong with it. Optional fields left empty are left out. */
export function fill(field: FormField, draft: Draft): Filled {
  const errors = new Map<string, string>();
  const value = read(field, draft, '', errors);
  return errors.size === 0 ? { ok: true, value } : { ok: false, errors };
}

function read(field: FormField, draft: Draft, path: string, errors: Map<string, string>): Json | undefined {
  const fault = (sentence: string): undefined => {
    errors.set(path, sentence);
    return undefined;
  };
  switch (field.kind) {
    case 'text': {
      const text = typeof draft === 'string' ? draft : '';
      if (text === '' && !field.required) return field.whenEmpty;
      if (text === '' && (field.minLength ?? 0) > 0) return fault('This is needed.');
      if (text.length < (field.minLength ?? 0)) return fault(`At least ${field.minLength ?? 0} characters.`);
      if (text.length > (field.maxLength ?? Number.POSITIVE_INFINITY))
        return fault(`At most ${field.maxLength ?? 0} characters; these are ${text.length}.`);
      if (!fits(text, field.pattern)) return fault(`This must match ${field.pattern ?? ''}.`);
      return text;
    }
    case 'number': {
      const text = typeof draft === 'string' ? draft.trim() : '';
      if (text === '') return field.required ? fault('A number is needed.') : field.whenEmpty;
      const number = Number(text);
      if (!Number.isFinite(number)) return fault('This is not a number.');
      if (field.isWhole && !Number.isInteger(number)) return fault('This must be a whole number.');
      if (number < (field.min ?? number)) return fault(`At least ${field.min ?? 0}.`);
      if (number > (field.max ?? number)) return fault(`At most ${field.max ?? 0}.`);
      if (field.above !== undefined && number <= field.above) return fault(`More than ${field.above}.`);
      if (field.below !== undefined && number >= field.below) return fault(`Less than ${field.below}.`);
      return number;
    }
    case 'boolean':
      return typeof draft === 'boolean' ? draft : field.required ? false : field.whenEmpty;
    case 'choice': {
      const value = typeof draft === 'string' && draft !== '' ? field.values[Number(draft)] : undefined;
      if (value === undefined) return field.required ? fault('Choose one.') : field.whenEmpty;
      return value;
    }
    case 'list': {
      const items = isDraftList(draft) ? draft : [];
      if (items.length === 0 && !field.required) return field.whenEmpty;
      if (items.length < field.min) fault(`At least ${field.min}.`);
      if (items.length > (field.max ?? items.length)) fault(`At most ${field.max ?? 0}.`);
      return items.map((item, index) => read(field.item, item, join(path, String(index)), errors) ?? null);
    }
    case 'group': {
      const members = isDraftGroup(draft) ? draft : {};
      const isEmpty = field.members.every(([name, member]) => isUntouched(member, members[name]));
      if (isEmpty && !field.required) return field.whenEmpty;
      const value: Record<string, Json> = {};
      for (const [name, member] of field.members) {
        const one = read(member, members[name], join(path, name), errors);
        if (one !== undefined) value[name] = one;
      }
      return value;
    }
    case 'json': {
      const text = typeof draft === 'string' ? draft.trim() : '';
      if (text === '') return field.required ? fault('JSON is needed here.') : field.whenEmpty;
      const parsed = parseJson(text);
      return parsed.ok ? parsed.value : fault(parsed.why);
    }
  }
}

function isUntouched(field: FormField, draft: Draft): boolean {
  return JSON.stringify(draft ?? null) === JSON.stringify(draftOf(field) ?? null);
}

function fits(text: string, pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // A pattern of another kind of regular expression: the agent itself will look.
    return true;
  }
}

export function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

export function isDraftList(draft: Draft): draft is readonly Draft[] {
  return Array.isArray(draft);
}

export function isDraftGroup(draft: Draft): draft is DraftGroup {
  return typeof draft === 'object' && !Array.isArray(draft);
}

/** An object as JSON text for the raw form. */
export function rawOf(value: JsonObject): string {
  return JSON.stringify(value, undefined, 2);
}
