// The wire of each dialect.
import { anthropic } from './anthropic.ts';
import type { MaxTokensKey } from './chat/write-request.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import type { ChatDialect, Wire } from './wire.ts';

const chat = openaiChat();

/**
 * `maxTokensKey` is how a chat server calls the limit of an answer: OpenAI's own "max_completion_tokens" where absent; "max_tokens" is what
 * all others know.
 */
export function wireOf(dialect: ChatDialect, maxTokensKey?: MaxTokensKey): Wire {
  switch (dialect) {
    case 'openai-chat':
      return maxTokensKey === undefined ? chat : openaiChat(maxTokensKey);
    case 'openai-responses':
      return openaiResponses;
    case 'anthropic':
      return anthropic;
  }
}
