// A form as it is made from a JSON Schema (draft 2020-12, as zod writes it), and what is typed into it.
import type { Json, JsonObject } from '#contract/turn';
import { isList, isObject } from '../../lib/json-kinds.ts';

interface Common {
  readonly label: string;
  readonly help: string | undefined;
  readonly required: boolean;
  /** What is sent where an optional field was left empty; undefined: it is left out. */
  readonly whenEmpty: null | undefined;
  readonly initial: Json | undefined;
}

export type FormField = Common &
  (
    | {
        readonly kind: 'text';
        readonly lines: 'one' | 'many';
        readonly minLength: number | undefined;
        readonly maxLength: number | undefined;
        readonly pattern: string | undefined;
      }
    | {
        readonly kind: 'number';
        readonly isWhole: boolean;
        readonly min: number | undefined;
        readonly max: number | undefined;
        readonly above: number | undefined;
        readonly below: number | undefined;
      }
    | { readonly kind: 'boolean' }
    | { readonly kind: 'choice'; readonly values: readonly Json[] }
    | { readonly kind: 'list'; readonly item: FormField; readonly min: number; readonly max: number | undefined }
    | { readonly kind: 'group'; readonly members: readonly (readonly [name: string, field: FormField])[] }
    /** What no control can show is typed as JSON. */
    | { readonly kind: 'json' }
  );

const deepest = 8;
/** A text that may be no longer than this stands on one line. */
const oneLineMost = 200;

/** The form of a schema; a schema that says nothing is a field of JSON. */
export function formOf(schema: JsonObject): FormField {
  return fieldOf(schema, schema, '', true, 0);
}

function fieldOf(given: JsonObject, root: JsonObject, name: string, required: boolean, depth: number): FormField {
  const { schema, isNullable } = plain(resolve(given, root), root);
  const common: Common = {
    label: textOf(schema['title']) ?? textOf(given['title']) ?? wordsOf(name),
    help: textOf(given['description']) ?? textOf(schema['description']),
    required: required && !isNullable,
    whenEmpty: required && isNullable ? null : undefined,
    initial: given['default'] ?? schema['default'],
  };
  if (depth > deepest) return { ...common, kind: 'json' };
  const values = valuesOf(schema);
  if (values !== undefined) return { ...common, kind: 'choice', values };
  switch (schema['type']) {
    case 'string': {
      const maxLength = numberOf(schema['maxLength']);
      const isFree = schema['format'] === undefined && schema['pattern'] === undefined;
      return {
        ...common,
        kind: 'text',
        lines: isFree && (maxLength ?? oneLineMost + 1) > oneLineMost ? 'many' : 'one',
        minLength: numberOf(schema['minLength']),
        maxLength,
        pattern: textOf(schema['pattern']),
      };
    }
    case 'number':
    case 'integer':
      return {
        ...common,
        kind: 'number',
        isWhole: schema['type'] === 'integer',
        min: safeLimit(schema['minimum']),
        max: safeLimit(schema['maximum']),
        above: numberOf(schema['exclusiveMinimum']),
        below: numberOf(schema['exclusiveMaximum']),
      };
    case 'boolean':
      return { ...common, kind: 'boolean' };
    case 'array': {
      const items = schema['items'];
      if (!isObject(items)) return { ...common, kind: 'json' };
      return {
        ...common,
        kind: 'list',
        item: fieldOf(items, root, '', true, depth + 1),
        min: numberOf(schema['minItems']) ?? 0,
        max: numberOf(schema['maxItems']),
      };
    }
    case 'object': {
      const properties = schema['properties'];
      if (!isObject(properties) || isObject(schema['additionalProperties'])) return { ...common, kind: 'json' };
      const needed = Array.isArray(schema['required']) ? schema['required'] : [];
      return {
        ...common,
        kind: 'group',
        members: Object.entries(properties).flatMap(([key, member]) =>
          isObject(member)
            ? [[key, fieldOf(member, root, key, needed.includes(key) && !('default' in member), depth + 1)] as const]
            : [],
        ),
      };
    }
    default:
      return { ...common, kind: 'json' };
  }
}

/** Takes `null` out of a union of it and one other, and out of a list of types; zod writes `.nullable()` either way. */
function plain(schema: JsonObject, root: JsonObject): { readonly schema: JsonObject; readonly isNullable: boolean } {
  const { type } = schema;
  if (isList(type)) {
    const others = type.filter((name) => name !== 'null');
    const [only = null] = others;
    return { schema: others.length === 1 ? { ...schema, type: only } : {}, isNullable: others.length < type.length };
  }
  const union = schema['anyOf'] ?? schema['oneOf'];
  if (!Array.isArray(union)) return { schema, isNullable: false };
  const ways = union.filter(isObject).map((way) => resolve(way, root));
  const others = ways.filter((way) => way['type'] !== 'null');
  const [only] = others;
  if (only !== undefined && others.length === 1) return { schema: only, isNullable: true };
  const constants = others.map((way) => way['const']);
  if (constants.every((value) => value !== undefined))
    return { schema: { enum: constants }, isNullable: ways.length > others.length };
  return { schema: {}, isNullable: false };
}

function resolve(schema: JsonObject, root: JsonObject): JsonObject {
  let at = schema;
  // References may lead to references; a circle of them leads nowhere.
  for (let step = 0; step < deepest; step += 1) {
    const ref = at['$ref'];
    if (typeof ref !== 'string') return at;
    if (ref === '#') return root;
    const target = ref
      .replace(/^#\//, '')
      .split('/')
      .reduce<Json | undefined>(
        (from, key) => (isObject(from) ? from[key.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined),
        root,
      );
    if (!isObject(target)) return {};
    at = target;
  }
  return {};
}

function valuesOf(schema: JsonObject): readonly Json[] | undefined {
  const { enum: values } = schema;
  if (isList(values)) return values;
  return schema['const'] === undefined ? undefined : [schema['const']];
}

/** Limits of a whole number that only say that it can be written exactly are no news to a person. */
function safeLimit(value: Json | undefined): number | undefined {
  const limit = numberOf(value);
  return limit !== undefined && Math.abs(limit) >= Number.MAX_SAFE_INTEGER ? undefined : limit;
}

/** "orderId" and "order_id" as "Order id". */
function wordsOf(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
  return words === '' ? '' : words.charAt(0).toUpperCase() + words.slice(1);
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
