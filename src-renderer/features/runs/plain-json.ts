// Typed values as the JSON they are, for what shows any JSON.
import { jsonSchema, type Json } from '#contract/turn';

/** The value without its `undefined` members; what is no JSON at all is shown as its text. */
export function plainJson(value: object): Json {
  const parsed = jsonSchema.safeParse(JSON.parse(JSON.stringify(value)));
  return parsed.success ? parsed.data : String(value);
}
