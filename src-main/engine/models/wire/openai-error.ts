// The body of an error, as both of OpenAI's dialects have it.
import type { JsonObject } from '#contract/turn';

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
};

export function openaiError(status: number, sentence: string): JsonObject {
  const type = types[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
  return { error: { message: sentence, type, param: null, code: null } };
}
