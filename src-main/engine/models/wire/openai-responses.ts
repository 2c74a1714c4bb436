// OpenAI's responses.
import { openaiError } from './openai-error.ts';
import { errorSentence } from './reading.ts';
import { readResponsesRequest } from './responses/read-request.ts';
import { ResponsesStreamReader } from './responses/read-stream.ts';
import { readResponsesReply, writeResponsesReply } from './responses/reply.ts';
import { writeResponsesRequest } from './responses/write-request.ts';
import { ResponsesStreamWriter } from './responses/write-stream.ts';
import type { Wire } from './wire.ts';

export const openaiResponses: Wire = {
  dialect: 'openai-responses',
  path: '/responses',
  writeRequest: writeResponsesRequest,
  readRequest: readResponsesRequest,
  readReply: readResponsesReply,
  writeReply: writeResponsesReply,
  newReader: () => new ResponsesStreamReader(),
  newWriter: (frame) => new ResponsesStreamWriter(frame),
  readError: errorSentence,
  writeError: openaiError,
};
