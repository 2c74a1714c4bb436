// Ties as parts of a message, so that what must go back to a provider is kept wherever the message is (Tie in wire.ts).
import type { JsonObject, Part } from '#contract/turn';
import { isObject, textMember } from '../../trace/json.ts';
import type { AssistantMessage, ChatDialect, Tie, WireReply } from './wire.ts';

const kind = 'tie';

/** The answer with its ties as parts, for a conversation that goes on with the same provider. */
export function withTies({ message, ties = [] }: Pick<WireReply, 'message' | 'ties'>): AssistantMessage {
  if (ties.length === 0) return message;
  const content = Array.from({ length: message.content.length + 1 }, (_, index): Part[] => {
    const part = message.content[index];
    const before = ties.filter(({ at }) => at === index).map(({ value }) => ({ kind, type: 'other' as const, value }));
    return part === undefined ? before : [...before, part];
  });
  return { ...message, content: content.flat() };
}

/** What a part ties; undefined where it is no tie. */
export function tieOf(part: Part | undefined): Tie['value'] | undefined {
  if (part?.type !== 'other' || part.kind !== kind || !isObject(part.value)) return undefined;
  const dialect = textMember(part.value, 'dialect');
  return isDialect(dialect) ? { ...part.value, dialect } : undefined;
}

/** The parts that are ties of this dialect, by what they tie. */
export function tiesOf(content: readonly Part[], dialect: ChatDialect): readonly JsonObject[] {
  return content.flatMap((part) => {
    const tie = tieOf(part);
    return tie?.dialect === dialect ? [tie] : [];
  });
}

function isDialect(name: string | undefined): name is ChatDialect {
  return name === 'openai-chat' || name === 'openai-responses' || name === 'anthropic';
}
