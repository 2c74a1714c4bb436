// What providers want to know of the JSON Schema of an answer.
import type { Json, JsonObject } from '#contract/turn';
import { isArray, isObject } from '../../trace/json.ts';

/** A name that every provider takes. */
export function nameOf(given: string | undefined): string {
  const name = (given ?? '').replaceAll(/[^\w-]/g, '_').slice(0, 64);
  return name === '' ? 'answer' : name;
}

/** Without the draft that it is written in, which constrains nothing and which not every provider knows. */
export function plainSchema(schema: JsonObject): JsonObject {
  const { $schema: _, ...rest } = schema;
  return rest;
}

/** JSON of no shape in particular: `{"type": "object"}` and nothing else. */
export function isAnyObject(schema: JsonObject): boolean {
  return Object.keys(schema).length === 1 && schema['type'] === 'object';
}

/** Whether OpenAI can hold an answer to it: every object names all it may have, and needs all of it. */
export function isHeldTo(schema: JsonObject): boolean {
  return schema['type'] === 'object' && isClosed(schema);
}

const unknownToIt = ['allOf', 'not', 'if', 'then', 'else', 'patternProperties', 'propertyNames', 'dependentRequired'];

function isClosed(schema: Json): boolean {
  if (isArray(schema)) return schema.every(isClosed);
  if (!isObject(schema)) return true;
  if (unknownToIt.some((key) => Object.hasOwn(schema, key))) return false;
  const { properties } = schema;
  if (schema['type'] === 'object' || isObject(properties)) {
    const required = isArray(schema['required']) ? schema['required'] : [];
    const names = isObject(properties) ? Object.keys(properties) : [];
    if (schema['additionalProperties'] !== false || !names.every((name) => required.includes(name))) return false;
  }
  return Object.values(schema).every(isClosed);
}
