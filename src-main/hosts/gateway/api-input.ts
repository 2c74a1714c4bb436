// What stands in a query is text: numbers and booleans are read from it where the input's schema asks for them, and nowhere else.
import { z } from 'zod';

/** `value` as the serializer read it from a query; what does not fit stays as it is, for the schema to refuse. */
export function fromQuery(schema: unknown, value: unknown): unknown {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject && isObject(value)) {
    const members = Object.entries(value).map(([name, member]) => [name, fromQuery(inner.shape[name], member)]);
    return Object.fromEntries(members);
  }
  if (inner instanceof z.ZodArray)
    return (Array.isArray(value) ? value : [value]).map((one) => fromQuery(inner.element, one));
  if (typeof value !== 'string') return value;
  if (inner instanceof z.ZodNumber) return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (inner instanceof z.ZodBoolean) return value === 'true' ? true : value === 'false' ? false : value;
  return value;
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
