// What the three dialects read alike: bodies, counts, errors.
import type { Json, JsonObject } from '#contract/turn';
import { Problem, sentenceOf } from '../../problem.ts';
import { isObject, member, numberMember, textMember } from '../../trace/json.ts';
import { ModelError } from '../model.ts';
import { isTooDeep } from './members.ts';
import type { AssistantMessage } from './wire.ts';

/** A request's body. Throws a Problem where it can be none. */
export function requestBody(body: Json, example: string): { readonly body: JsonObject; readonly model: string } {
  if (!isObject(body)) throw new Problem('BAD_INPUT', 'The body is not a JSON object.', example);
  if (isTooDeep(body)) throw new Problem('BAD_INPUT', 'The body is nested too deep.');
  const model = textMember(body, 'model');
  if (model === undefined || model === '') throw new Problem('BAD_INPUT', 'The body names no model.', example);
  return { body, model };
}

/** An answer's body. Throws ModelError where it can be none, or is an error. */
export function answerBody(body: Json): JsonObject {
  if (!isObject(body)) throw new ModelError('The provider did not answer with a JSON object.', 502);
  if (isTooDeep(body)) throw new ModelError('The answer is nested too deep.', 502);
  if (isError(body)) throw errorOf(body);
  return body;
}

/** Whether it tells of an error; some always have the member. */
export function isError(body: JsonObject): boolean {
  const error = member(body, 'error');
  return isObject(error) || (typeof error === 'string' && error !== '');
}

/** An error that came where an answer should be, in the provider's words, with its status where it says or implies one. */
export function errorOf(body: Json): ModelError {
  const error = isObject(member(body, 'error')) ? member(body, 'error') : body;
  const sentence = errorSentence(body) ?? 'The provider reports an error without saying which.';
  return new ModelError(sentence, statusOf(error));
}

/** `{"error": {"message"}}`, `{"error": "…"}`, `{"message"}`, `{"detail"}`, as servers of all three dialects say it. */
export function errorSentence(body: Json): string | undefined {
  const error = member(body, 'error');
  const said = [textMember(error, 'message'), error, textMember(body, 'message'), textMember(body, 'detail')];
  return said.find((one): one is string => typeof one === 'string' && one !== '');
}

const statuses: readonly (readonly [RegExp, number])[] = [
  [/overloaded/, 529],
  [/rate_limit|too_many_requests|insufficient_quota/, 429],
  [/authentication|invalid_api_key/, 401],
  [/billing/, 402],
  [/permission/, 403],
  [/not_found/, 404],
  [/request_too_large/, 413],
  [/timeout/, 504],
  [/invalid|bad_request|context_length/, 400],
  [/api_error|server_error|internal/, 500],
];

function statusOf(error: Json | undefined): number | undefined {
  for (const key of ['status', 'code', 'status_code']) {
    const status = numberMember(error, key);
    if (status !== undefined && Number.isInteger(status) && status >= 400 && status < 600) return status;
  }
  const kinds = ['type', 'code'].map((key) => textMember(error, key) ?? '').join(' ');
  return statuses.find(([pattern]) => pattern.test(kinds))?.[1];
}

/** A whole number that is not negative; 0 for anything else. */
export function countOf(value: Json | undefined, key: string): number {
  const count = numberMember(value, key) ?? 0;
  return Number.isFinite(count) && count > 0 ? Math.min(Math.round(count), Number.MAX_SAFE_INTEGER) : 0;
}

/** The same, undefined where there is no such number. */
export function countIn(value: Json | undefined, key: string): number | undefined {
  return numberMember(value, key) === undefined ? undefined : countOf(value, key);
}

/** An answer that the provider wrote wrongly is the provider's failure. */
export function readAnswer<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem) throw new ModelError(`The answer cannot be read: ${sentenceOf(error)}.`, 502);
    throw error;
  }
}

/** One event's data. Throws ModelError where it is no JSON object. */
export function eventData(data: string): JsonObject {
  let value: Json;
  try {
    value = JSON.parse(data) as Json;
  } catch {
    throw new ModelError(`The stream holds what is no JSON: ${data.slice(0, 100)}`, 502);
  }
  if (!isObject(value) || isTooDeep(value)) throw new ModelError('The stream holds what is no JSON object.', 502);
  return value;
}

/** Why an answer ended, where the provider gives no reason of its own kind. */
export function stopOf(message: AssistantMessage, said: string | undefined): string {
  if (message.content.some((part) => part.type === 'other' && part.kind === 'refusal')) return 'refusal';
  if (message.toolCalls !== undefined && (said === undefined || said === 'end')) return 'tools';
  return said ?? 'end';
}
