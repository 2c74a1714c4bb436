// The parameters of a call, as an agent gives them, read for the wire.
import { z } from 'zod';
import { jsonSchema, type JsonObject } from '#contract/turn';
import { nearest } from '../nearest.ts';
import { ModelError } from './model.ts';
import { efforts, type WireParameters } from './wire/wire.ts';

const parametersSchema = z.strictObject({
  temperature: z.number().min(0).max(10).optional(),
  topP: z.number().min(0).max(1).optional(),
  maxTokens: z.int().positive().optional(),
  stop: z.union([z.string().transform((one) => [one]), z.array(z.string()).max(100)]).optional(),
  seed: z.int().optional(),
  schema: z.record(z.string(), jsonSchema).optional(),
  schemaName: z.string().min(1).max(64).optional(),
  strictSchema: z.boolean().optional(),
  toolChoice: z.union([z.enum(['auto', 'none', 'required']), z.strictObject({ name: z.string().min(1) })]).optional(),
  parallelToolCalls: z.boolean().optional(),
  reasoning: z.union([z.enum(efforts), z.int().positive()]).optional(),
  logprobs: z.int().nonnegative().max(100).optional(),
  user: z.string().max(1000).optional(),
});

/** Throws ModelError 400 that names what is wrong. */
export function wireParameters(given: JsonObject): WireParameters {
  const found = parametersSchema.safeParse(given);
  if (found.success) return withoutUndefined(found.data);
  const [issue] = found.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const near = nearest(key, Object.keys(parametersSchema.shape));
    const hint = near === undefined ? undefined : `Did you mean ${JSON.stringify(near)}?`;
    throw new ModelError(`A model has no parameter ${JSON.stringify(key)}.`, 400, hint);
  }
  const where = issue?.path.map(String).join('.') ?? '';
  throw new ModelError(`The parameter ${where} is not understood: ${issue?.message ?? 'it has another form'}.`, 400);
}

/** exactOptionalPropertyTypes: what is absent is not there at all. */
function withoutUndefined(value: z.infer<typeof parametersSchema>): WireParameters {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}
