// How many tokens a call may take, before anybody has counted them.
import type { Message } from '#contract/turn';
import { countTokens } from './tokens.ts';

/** An image, whatever its size. */
const image = 1000;
/** An answer whose length is not limited. */
const answer = 1000;

/** Of what is read: four characters of text, tools and arguments a token. */
export function estimateInput(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => {
    const tools = message.role === 'context' ? countTokens(JSON.stringify(message.tools)) : 0;
    const calls =
      message.role === 'assistant' && message.toolCalls !== undefined
        ? countTokens(JSON.stringify(message.toolCalls))
        : 0;
    const content = message.content.reduce((tokens, part) => {
      if (part.type === 'image') return tokens + image;
      return tokens + countTokens(part.type === 'other' ? JSON.stringify(part.value) : part.text);
    }, 0);
    return sum + tools + calls + content;
  }, 0);
}

/** Of the whole call. */
export function estimateCall(messages: readonly Message[], maxTokens: number | undefined): number {
  return estimateInput(messages) + Math.min(maxTokens ?? answer, answer);
}
