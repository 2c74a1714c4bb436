// The form of an interrupt on a terminal: its JSON Schema as fields that are asked one by one, and what is typed as values.
import type { Json, JsonObject } from '#contract/turn';
import { isObject } from '#engine/trace/json';

export interface Field {
  /** undefined: the form is one value, not an object. */
  readonly name: string | undefined;
  readonly label: string;
  readonly required: boolean;
  readonly preset: Json | undefined;
  readonly type: FieldType;
}

export type FieldType =
  | { readonly kind: 'text' | 'number' | 'integer' | 'yes-no' | 'json' }
  | { readonly kind: 'choice'; readonly choices: readonly Json[] };

export type Typed = { readonly value: Json | undefined } | { readonly problem: string };

/** Fields of a form in its order. A schema that is no object of properties is one field. */
export function fieldsOf(schema: JsonObject): readonly Field[] {
  const properties = schema['properties'];
  if (schema['type'] !== 'object' || !isObject(properties)) return [fieldOf(undefined, schema, true)];
  const required = schema['required'];
  const names = Array.isArray(required) ? required : [];
  return Object.entries(properties).map(([name, property]) =>
    fieldOf(name, isObject(property) ? property : {}, names.includes(name)),
  );
}

function fieldOf(name: string | undefined, schema: JsonObject, required: boolean): Field {
  const preset = schema['default'];
  const said = [schema['title'], schema['description']].find((text) => typeof text === 'string');
  const label = typeof said === 'string' ? said : (name ?? 'Answer');
  return { name, label, required: required && preset === undefined, preset, type: typeOf(schema) };
}

function typeOf(schema: JsonObject): FieldType {
  const choices = choicesOf(schema);
  if (choices !== undefined) return { kind: 'choice', choices };
  switch (schema['type']) {
    case 'string':
      return { kind: 'text' };
    case 'number':
      return { kind: 'number' };
    case 'integer':
      return { kind: 'integer' };
    case 'boolean':
      return { kind: 'yes-no' };
    default:
      return { kind: 'json' };
  }
}

/** Of an enum, or of a union of constants. */
function choicesOf(schema: JsonObject): readonly Json[] | undefined {
  const listed = schema['enum'];
  if (Array.isArray(listed)) return listed as readonly Json[];
  const union = schema['anyOf'];
  if (!Array.isArray(union)) return undefined;
  const constants = (union as readonly Json[]).flatMap((one) =>
    isObject(one) && 'const' in one ? [one['const']] : [],
  );
  return constants.length === union.length ? constants.filter((one) => one !== undefined) : undefined;
}

/** What stands before the place to type: the label, what may be typed, what an empty line means. */
export function promptOf({ label, required, preset, type }: Field): string {
  const allowed = {
    text: '',
    number: 'number',
    integer: 'whole number',
    'yes-no': 'y/n',
    json: 'JSON',
    choice: type.kind === 'choice' ? type.choices.map((one, index) => `${index + 1} ${shown(one)}`).join(', ') : '',
  }[type.kind];
  const empty =
    preset === '' ? 'may be empty' : preset !== undefined ? `empty: ${shown(preset)}` : required ? '' : 'may be empty';
  const notes = [allowed, empty].filter((note) => note !== '').join('; ');
  return `${label}${notes === '' ? '' : ` (${notes})`}: `;
}

/** What was typed as the field's value; undefined where it is left out. */
export function readField(field: Field, typed: string): Typed {
  const text = typed.trim();
  if (text === '') {
    if (field.preset !== undefined) return { value: field.preset };
    if (!field.required) return { value: undefined };
    if (field.type.kind !== 'text') return { problem: 'An answer is needed.' };
  }
  switch (field.type.kind) {
    case 'text':
      return { value: typed };
    case 'number':
    case 'integer': {
      const value = Number(text);
      if (!Number.isFinite(value)) return { problem: `"${text}" is no number.` };
      if (field.type.kind === 'integer' && !Number.isSafeInteger(value)) return { problem: `${text} is not whole.` };
      return { value };
    }
    case 'yes-no':
      return readYesNo(text);
    case 'choice':
      return readChoice(field.type.choices, text);
    case 'json':
      return readJson(text);
  }
}

export function readYesNo(text: string): { readonly value: boolean } | { readonly problem: string } {
  if (/^(?:y|yes|true)$/iu.test(text.trim())) return { value: true };
  if (/^(?:n|no|false)$/iu.test(text.trim())) return { value: false };
  return { problem: 'Type y or n.' };
}

function readChoice(choices: readonly Json[], text: string): Typed {
  const named = choices.find((one) => shown(one) === text);
  const numbered = /^\d+$/u.test(text) ? choices[Number(text) - 1] : undefined;
  const value = named ?? numbered;
  return value === undefined ? { problem: `Type one of 1 to ${choices.length}.` } : { value };
}

export function readJson(text: string): Typed {
  try {
    const value: unknown = JSON.parse(text);
    // JSON.parse gives nothing else.
    return { value: value as Json };
  } catch {
    return { problem: 'That is no JSON.' };
  }
}

/** A text as it is, anything else as JSON. */
export function shown(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
