// Typed values as the JSON they are, for what shows any JSON.
import { jsonSchema, type Json } from '#contract/turn';

/** The value without its `undefined` members; what is none is said so. */
export function plainJson(value: object): Json {
  const parsed = jsonSchema.safeParse(JSON.parse(JSON.stringify(value)));
  return parsed.success ? parsed.data : 'no JSON';
}
