// Whether an input fits the agent's form, and an answer the question; before anything of it is on record.
import { z } from 'zod';
import type { OpenInterrupt } from '#contract/run';
import type { Json, JsonObject } from '#contract/turn';
import { Problem } from '../problem.ts';
import { answerSchemas } from './effects.ts';

/** Throws BAD_INPUT with the member that does not fit. What JSON Schema cannot say is the runner's to see. */
export function checkInput(schema: z.ZodType | undefined, input: JsonObject): void {
  check(schema, input, 'The input does not fit the agent');
}

/** Throws BAD_INPUT where it is no answer to this; CONFLICT for what nobody is asked. */
export function checkAnswer(interrupt: OpenInterrupt, value: Json): void {
  const { kind, form } = interrupt;
  if (kind === 'wait') {
    throw new Problem('CONFLICT', 'The run waits for a time, not for an answer.', 'Pause, cancel or fork it instead.');
  }
  if (kind === 'human')
    check(form === undefined ? undefined : schemaOf(form), value, 'The answer does not fit the form');
  else check(answerSchemas[kind], value, 'The answer does not fit the question');
}

function check(schema: z.ZodType | undefined, value: Json, sentence: string): void {
  const parsed = schema?.safeParse(value);
  if (parsed === undefined || parsed.success) return;
  const [issue] = parsed.error.issues;
  const where = issue?.path.map(String).join('.') ?? '';
  throw new Problem(
    'BAD_INPUT',
    `${sentence}: ${where === '' ? '' : `${where}: `}${issue?.message ?? 'it has another form'}.`,
  );
}

/** To check by; undefined where the schema says things that cannot be checked here. */
export function schemaOf(schema: JsonObject): z.ZodType | undefined {
  try {
    return z.fromJSONSchema(schema);
  } catch {
    return undefined;
  }
}
