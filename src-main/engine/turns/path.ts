// Paths through the turn tree: from messages to turns, and where two paths part.
import type { Message, Turn } from '#contract/turn';
import { canonicalJson, turnIdOf } from './canonical.ts';
import { Problem } from '../problem.ts';

/** The empty root of transcripts that bring neither a system prompt nor tools. */
export const emptyContext: Message = { content: [], role: 'context', tools: [] };

/**
 * Turns for `messages` below `parent` (or from a root, when the first message must be a context).
 * Throws BAD_INPUT where a context stands anywhere but at the root.
 */
export function turnsOf(messages: readonly Message[], parent?: Turn): Turn[] {
  const turns: Turn[] = [];
  let above = parent;
  for (const message of messages) {
    above = turnBelow(above, message);
    turns.push(above);
  }
  return turns;
}

/**
 * The turn of one message below `parent`; a root where there is none. `text` is the message's canonical JSON. Throws BAD_INPUT as
 * `turnsOf` does.
 */
export function turnBelow(parent: Turn | undefined, message: Message, text = canonicalJson(message)): Turn {
  if ((message.role === 'context') !== (parent === undefined)) {
    throw new Problem('BAD_INPUT', 'A transcript starts with its context (system prompt and tools) and has only one.');
  }
  const id = turnIdOf(parent?.id, text);
  return parent === undefined ? { id, depth: 0, message } : { id, parent: parent.id, depth: parent.depth + 1, message };
}

/** How many turns two paths from a root share; their lowest common ancestor is the last of these. */
export function sharedLength(one: readonly Turn[], two: readonly Turn[]): number {
  const limit = Math.min(one.length, two.length);
  let shared = 0;
  while (shared < limit && one[shared]?.id === two[shared]?.id) shared += 1;
  return shared;
}

/** Whether a root holds nothing, so that no message of a transcript stands on it. */
export function isEmptyContext(message: Message): boolean {
  return message.role === 'context' && message.content.length === 0 && message.tools.length === 0;
}
