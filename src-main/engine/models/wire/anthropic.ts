// Anthropic's messages.
import type { JsonObject } from '#contract/turn';
import { readAnthropicRequest } from './anthropic/read-request.ts';
import { AnthropicStreamReader } from './anthropic/read-stream.ts';
import { readAnthropicReply, writeAnthropicReply } from './anthropic/reply.ts';
import { writeAnthropicRequest } from './anthropic/write-request.ts';
import { AnthropicStreamWriter } from './anthropic/write-stream.ts';
import { errorSentence } from './reading.ts';
import type { Wire } from './wire.ts';

export const anthropic: Wire = {
  dialect: 'anthropic',
  path: '/messages',
  writeRequest: writeAnthropicRequest,
  readRequest: readAnthropicRequest,
  readReply: readAnthropicReply,
  writeReply: writeAnthropicReply,
  newReader: () => new AnthropicStreamReader(),
  newWriter: (frame) => new AnthropicStreamWriter(frame),
  readError: errorSentence,
  writeError,
};

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

function writeError(status: number, sentence: string): JsonObject {
  const type = types[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
  return { type: 'error', error: { type, message: sentence } };
}
