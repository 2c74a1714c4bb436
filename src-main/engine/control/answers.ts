// Whether an input fits the agent's form, and an answer the question; before anything of it is on record.
import { z } from 'zod';
import type { OpenInterrupt } from '#contract/run';
import type { Json, JsonObject } from '#contract/turn';
import { nearest } from '../nearest.ts';
import { Problem } from '../problem.ts';
import { isObject } from '../trace/json.ts';
import { answerSchemas } from './effects.ts';

/** Throws BAD_INPUT with the member that does not fit. What JSON Schema cannot say is the runner's to see. `form`: what `schema` was made of. */
export function checkInput(schema: z.ZodType | undefined, form: JsonObject, input: JsonObject): void {
  const sentence = 'The input does not fit the agent';
  refuseUnknown(form, input, sentence);
  check(schema, input, sentence, form);
}

/** Throws BAD_INPUT where it is no answer to this; CONFLICT for what nobody is asked. */
export function checkAnswer(interrupt: OpenInterrupt, value: Json): void {
  const { kind, form } = interrupt;
  if (kind === 'wait') {
    throw new Problem('CONFLICT', 'The run waits for a time, not for an answer.', 'Pause, cancel or fork it instead.');
  }
  if (kind !== 'human') return check(answerSchemas[kind], value, 'The answer does not fit the question');
  if (form === undefined) return;
  const sentence = 'The answer does not fit the form';
  refuseUnknown(form, value, sentence);
  check(schemaOf(form), value, sentence, form);
}

/** A schema that drops what it does not know would drop a slip of the pen, and take its default for the answer. */
function refuseUnknown(form: JsonObject, value: Json, sentence: string): void {
  const { properties, additionalProperties } = form;
  const isClosed = additionalProperties === undefined || additionalProperties === false;
  if (form['type'] !== 'object' || !isObject(properties) || !isClosed || !isObject(value)) return;
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(properties, name));
  if (unknown === undefined) return;
  const near = nearest(unknown, Object.keys(properties));
  throw new Problem(
    'BAD_INPUT',
    `${sentence}: there is no "${unknown}" in it.`,
    near === undefined ? membersOf(form) : `Did you mean "${near}"?`,
  );
}

function check(schema: z.ZodType | undefined, value: Json, sentence: string, form: JsonObject = {}): void {
  const parsed = schema?.safeParse(value);
  if (parsed === undefined || parsed.success) return;
  const [issue] = parsed.error.issues;
  const where = issue?.path.map(String).join('.') ?? '';
  const isMissing = issue?.code === 'invalid_type' && where !== '' && issue.message.endsWith('received undefined');
  const why = isMissing
    ? `"${where}" is missing`
    : `${where === '' ? '' : `${where}: `}${issue?.message ?? 'it has another form'}`;
  throw new Problem('BAD_INPUT', `${sentence}: ${why}.`, membersOf(form));
}

/** What a form takes, in a sentence; undefined where it is no object. */
function membersOf({ type, properties, required }: JsonObject): string | undefined {
  if (type !== 'object' || !isObject(properties)) return undefined;
  const needed = new Set(Array.isArray(required) ? required : []);
  const names = Object.keys(properties).map((name) => (needed.has(name) ? name : `${name} (may be left out)`));
  return names.length === 0 ? 'It takes nothing: {}.' : `It takes: ${names.join(', ')}.`;
}

/** To check by; undefined where the schema says things that cannot be checked here. */
export function schemaOf(schema: JsonObject): z.ZodType | undefined {
  try {
    return z.fromJSONSchema(schema);
  } catch {
    return undefined;
  }
}
