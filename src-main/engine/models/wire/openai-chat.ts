// OpenAI's chat completions, which most other servers speak too.
import { errorSentence } from './reading.ts';
import { openaiError } from './openai-error.ts';
import { readChatRequest } from './chat/read-request.ts';
import { ChatStreamReader } from './chat/read-stream.ts';
import { readChatReply, writeChatReply } from './chat/reply.ts';
import { writeChatRequest, type MaxTokensKey } from './chat/write-request.ts';
import { ChatStreamWriter } from './chat/write-stream.ts';
import type { Wire } from './wire.ts';

/** `maxTokensKey` is how the server calls the limit of an answer. */
export function openaiChat(maxTokensKey: MaxTokensKey = 'max_completion_tokens'): Wire {
  return {
    dialect: 'openai-chat',
    path: '/chat/completions',
    writeRequest: (request, omitted) => writeChatRequest(request, maxTokensKey, omitted),
    readRequest: readChatRequest,
    readReply: readChatReply,
    writeReply: writeChatReply,
    newReader: () => new ChatStreamReader(),
    newWriter: (frame) => new ChatStreamWriter(frame),
    readError: errorSentence,
    writeError: openaiError,
  };
}
