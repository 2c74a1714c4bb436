// The words of a turn that a search looks through.
import type { Json, Message } from '#contract/turn';

/**
 * The text a person can see of a message, pieces apart by line ends: texts, reasoning, tool names, arguments (keys and values),
 * tool schemas. Not images (their bytes are no words) and not the role.
 */
export function searchText(message: Message): string {
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
  return pieces.join('\n');
}

/** Bytes in base64 of this length and more are data, not words. */
const dataLength = 2000;

function collect(value: Json, pieces: string[]): void {
  if (typeof value === 'string') {
    if (value.length < dataLength || value.includes(' ')) pieces.push(value);
  } else if (typeof value === 'number') pieces.push(String(value));
  else if (Array.isArray(value)) for (const item of value as readonly Json[]) collect(item, pieces);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      pieces.push(key);
      collect(member, pieces);
    }
  }
}
