// Edit-to-chosen: messages that a person wrote in place of the chosen side's, as turns below the prompt.
import type { Pair } from '#contract/pair';
import type { Message, Turn } from '#contract/turn';
import type { Store } from '../ports.ts';
import { Problem } from '../problem.ts';
import { turnsOf } from '../turns/path.ts';

/**
 * The turns of `messages` below the pair's prompt; not stored yet. Throws BAD_INPUT where they are no edit: the same as the chosen
 * side, all of or the beginning of the other one, an assistant message without words, or a result of a call that is not there.
 */
export function editedTurns(store: Store, pair: Pair, side: 'a' | 'b', messages: readonly Message[]): Turn[] {
  const prompt = store.turns.path(pair.prompt);
  refuseEmpty(messages);
  refuseDangling(prompt, messages);
  const turns = turnsOf(messages, prompt.at(-1));
  const leaf = turns.at(-1)?.id;
  const [chosen, other] = side === 'a' ? [pair.a, pair.b] : [pair.b, pair.a];
  if (leaf === chosen) {
    throw new Problem('BAD_INPUT', 'The edit changes nothing.', 'Change the text, or label without an edit.');
  }
  if (store.turns.path(other).some((turn) => turn.id === leaf)) {
    throw new Problem('BAD_INPUT', 'The edit is what the other side says.', 'Choose the other side instead.');
  }
  return turns;
}

/** The messages of an edit, from after the prompt to `leaf`. */
export function editedMessages(store: Store, pair: Pair, leaf: string): readonly Message[] {
  const path = store.turns.path(leaf);
  const promptAt = path.findIndex((turn) => turn.id === pair.prompt);
  return path.slice(promptAt + 1).map((turn) => turn.message);
}

function refuseEmpty(messages: readonly Message[]): void {
  const empty = messages.findIndex((message) => message.role === 'assistant' && saysNothing(message));
  if (messages.length > 0 && empty === -1) return;
  const what = messages.length === 0 ? 'The edit has no message.' : `Message ${empty + 1} of the edit is empty.`;
  throw new Problem('BAD_INPUT', what, 'Write what the assistant should have said, or label without an edit.');
}

function saysNothing(message: Extract<Message, { role: 'assistant' }>): boolean {
  const calls = message.toolCalls ?? [];
  const silent = message.content.every(
    (part) => (part.type === 'text' || part.type === 'reasoning') && part.text.trim() === '',
  );
  return calls.length === 0 && silent;
}

/** A tool message names its call by position among all calls before it; cutting a call away would leave it hanging. */
function refuseDangling(prompt: readonly Turn[], messages: readonly Message[]): void {
  let calls = 0;
  const count = (message: Message): void => {
    if (message.role === 'assistant') calls += message.toolCalls?.length ?? 0;
  };
  for (const turn of prompt) count(turn.message);
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool' && message.call !== undefined && message.call >= calls) {
      throw new Problem(
        'BAD_INPUT',
        `Message ${index + 1} of the edit is the result of a tool call that the edit no longer makes.`,
        'Remove the result too, or keep the call.',
      );
    }
    count(message);
  }
}
