// The words of a message that a search looks through, as the store indexes them. Pure.
import type { Json, Message } from '#contract/turn';
import { isList } from '../../lib/json-kinds.ts';

/** Texts, reasoning, names, arguments and schemas with their keys; not images and not the role. */
export function wordsOfMessage(message: Message): readonly string[] {
  const pieces: string[] = [];
  for (const part of message.content) {
    if (part.type === 'text' || part.type === 'reasoning') pieces.push(part.text);
    else if (part.type === 'other') collect(part.value, pieces);
  }
  if (message.role === 'context') collect(message.tools, pieces);
  if (message.role === 'assistant') {
    for (const call of message.toolCalls ?? []) {
      pieces.push(call.name);
      collect(call.arguments, pieces);
    }
  }
  if ('name' in message && message.name !== undefined) pieces.push(message.name);
  return pieces;
}

function collect(value: Json, pieces: string[]): void {
  if (typeof value === 'string') pieces.push(value);
  else if (typeof value === 'number') pieces.push(String(value));
  else if (isList(value)) for (const item of value) collect(item, pieces);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      pieces.push(key);
      collect(member, pieces);
    }
  }
}
