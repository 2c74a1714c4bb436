// JSON Schemas of zod schemas: once for each, because models are asked with the same ones again and again.
import { z } from 'zod';
import type { JsonObject } from '#contract/turn';
import { isObject } from '../trace/json.ts';
import { toJson } from './plain-json.ts';

/** JSON Schema of what goes in; what JSON Schema cannot say is left open. */
export function jsonSchemaOf(schema: z.ZodType): JsonObject {
  const written = toJson(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), 'A schema');
  return isObject(written) ? written : {};
}
