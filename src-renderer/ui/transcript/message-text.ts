// A message as text for the clipboard.
import type { Message, Part } from '#contract/turn';

/** What a person would read: the text, then each call as name(arguments). */
export function messageText(message: Message): string {
  const blocks = message.content.map(partText).filter((text) => text !== '');
  if (message.role === 'assistant') {
    for (const call of message.toolCalls ?? []) {
      const shown =
        call.unparsed === true && typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
      blocks.push(`${call.name}(${shown})`);
    }
  }
  return blocks.join('\n\n');
}

/** The message in the studio's own form, indented. */
export function messageJson(message: Message): string {
  return JSON.stringify(message, undefined, 2);
}

function partText(part: Part): string {
  if (part.type === 'image') return part.url;
  return part.type === 'other' ? JSON.stringify(part.value) : part.text;
}
