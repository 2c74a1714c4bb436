// Rows: the messages that a choice stands for, read from the turn tree.
import type { FrozenChoice } from '#contract/dataset';
import type { Json, JsonObject, Message, Turn } from '#contract/turn';
import type { TurnStore } from '../../ports.ts';
import { Problem } from '../../problem.ts';

/** One choice with its messages; `chosen` and `rejected` are the two sides in the choice's order also for ties and both-bad. */
export interface Row {
  readonly choice: FrozenChoice;
  /** Root first: the context, then whatever both sides share. */
  readonly prompt: readonly Turn[];
  readonly chosen: readonly Turn[];
  readonly rejected: readonly Turn[];
}

/** Throws INTERNAL where the tree does not hold what the version names. */
export function rowOf(turns: TurnStore, choice: FrozenChoice): Row {
  const [chosen, rejected] = [turns.path(choice.chosen), turns.path(choice.rejected)];
  const end = chosen.findIndex((turn) => turn.id === choice.prompt) + 1;
  const shared = chosen[end - 1];
  if (shared === undefined || rejected[end - 1]?.id !== shared.id || chosen.length === end || rejected.length === end) {
    throw new Problem(
      'INTERNAL',
      `The turns of pair ${choice.pairId.slice(0, 12)} are not where the version says they are.`,
      'Check the database with “atelier doctor”, then freeze the dataset again.',
    );
  }
  return { choice, prompt: chosen.slice(0, end), chosen: chosen.slice(end), rejected: rejected.slice(end) };
}

export function turnsOfRow(row: Row): readonly Turn[] {
  return [...row.prompt, ...row.chosen, ...row.rejected];
}

export function messagesOf(turns: readonly Turn[]): readonly Message[] {
  return turns.map((turn) => turn.message);
}

/** Every string of a message that a person or a model wrote: texts, names, tool calls, tool schemas with their keys. */
export function textsOf(message: Message): string[] {
  const texts: string[] = [];
  mapTexts(message, (text) => {
    texts.push(text);
    return text;
  });
  return texts;
}

/** Gives back what to put in place of a string; `key` is the name of the member it stands under, below tool arguments and schemas. */
type Change = (text: string, key: string | undefined) => string;

/**
 * The message with `change` applied to each of those strings; the same object where nothing changed. Numbers of nine digits and
 * more are offered too (a card or an account may stand there without quotes) and become strings where they are changed.
 */
export function mapTexts(message: Message, change: Change): Message {
  const { role, ...words } = message;
  const mapped = mapJson(words as unknown as Json, change, true);
  return mapped.changed ? ({ role, ...(mapped.value as object) } as Message) : message;
}

/** Keys of the message form itself are not anybody's words; below tool arguments and schemas keys are. */
const structural = new Set(['arguments', 'tools', 'value']);

function mapJson(value: Json, change: Change, form: boolean, key?: string): { value: Json; changed: boolean } {
  if (typeof value === 'string') {
    const next = change(value, key);
    return { value: next, changed: next !== value };
  }
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) >= 100_000_000) {
    const next = change(String(value), key);
    return next === String(value) ? { value, changed: false } : { value: next, changed: true };
  }
  if (typeof value !== 'object' || value === null) return { value, changed: false };
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => mapJson(item, change, form, key));
    return items.some((item) => item.changed)
      ? { value: items.map((item) => item.value), changed: true }
      : { value, changed: false };
  }
  let changed = false;
  const entries = Object.entries(value as JsonObject).map(([key, member]): [string, Json] => {
    if (form && (key === 'type' || key === 'kind')) return [key, member];
    const name = form ? key : change(key, undefined);
    const inner = mapJson(member, change, form && !structural.has(key), form ? undefined : key);
    changed ||= inner.changed || name !== key;
    return [name, inner.value];
  });
  return changed ? { value: Object.fromEntries(entries), changed: true } : { value, changed: false };
}
