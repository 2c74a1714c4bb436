// TRL preference records: {prompt?, chosen, rejected, tools?} and {prompt, completion, label}, as text or as messages.
import type { Json, JsonObject } from '#contract/turn';
import { Problem } from '../../problem.ts';
import { isArray, member, put, textMember } from '../json.ts';
import { decisive, type ConversationFormat, type RecordFacts, type SourceSide, type SplitRecord } from './format.ts';
import { isLead, openaiDialect } from './openai-dialect.ts';
import { preferenceFacts } from './preference.ts';

/** The columns that hold what was said; the first of a side's columns is the prompt, where there is one. */
interface Columns {
  readonly prompt: string | undefined;
  readonly ends: readonly { readonly column: string; readonly side: SourceSide['side'] }[];
}

const pairEnds: Columns['ends'] = [
  { column: 'chosen', side: 'chosen' },
  { column: 'rejected', side: 'rejected' },
];
const singleEnd: Columns['ends'] = [{ column: 'completion', side: '' }];

export const trl: ConversationFormat = {
  id: 'trl',
  dialect: openaiDialect,
  recognise(record) {
    if (columnsOf(record) === undefined) return 0;
    return member(record, 'completion') !== undefined && member(record, 'label') === undefined ? 1 : decisive;
  },
  split(record) {
    const columns = columnsOf(record);
    if (columns === undefined) {
      const hint = 'A TRL preference is {"prompt": …, "chosen": …, "rejected": …}, each text or a list of messages.';
      throw new Problem('BAD_INPUT', 'It has no "chosen" and "rejected" of one kind.', hint);
    }
    return isArray(member(record, columns.ends[0]?.column ?? ''))
      ? splitMessages(record, columns)
      : splitText(record, columns);
  },
  join,
  blank([first]) {
    const tools = member(first?.head, 'tools') === undefined ? {} : { tools: null };
    if (first?.side === '') return { prompt: 1, record: { prompt: null, completion: null, ...tools } };
    return { prompt: 1, record: { prompt: null, chosen: null, rejected: null, ...tools } };
  },
  facts,
};

function columnsOf(record: Json): Columns | undefined {
  const ends = member(record, 'chosen') === undefined ? singleEnd : pairEnds;
  const values = ends.map(({ column }) => member(record, column));
  const prompt = member(record, 'prompt');
  if (values.every((value) => isArray(value))) return { prompt: isArray(prompt) ? 'prompt' : undefined, ends };
  if (!values.every((value) => typeof value === 'string')) return undefined;
  if (ends === singleEnd && typeof prompt !== 'string') return undefined;
  return { prompt: typeof prompt === 'string' ? 'prompt' : undefined, ends };
}

/** Lists of messages; without a prompt each side stands whole. */
function splitMessages(record: Json, columns: Columns): SplitRecord {
  const prompt = columns.prompt === undefined ? [] : listAt(record, columns.prompt);
  const head = headOf(record);
  const sides = columns.ends.map(({ column, side }): SourceSide => {
    const messages = [...prompt, ...listAt(record, column)];
    return { side, head: { lead: isLead(messages[0]), ...head }, messages };
  });
  return {
    frame: { prompt: columns.prompt === undefined ? null : prompt.length, record: emptied(record, columns, head) },
    sides,
  };
}

/**
 * Text: the prompt as the user's words, the end as the assistant's. Without a prompt it is what both sides begin with, as TRL
 * takes it (up to the last space before they part).
 */
function splitText(record: Json, columns: Columns): SplitRecord {
  const head = headOf(record);
  const ends = columns.ends.map(({ column, side }) => ({ side, text: textMember(record, column) ?? '' }));
  const explicit = columns.prompt === undefined ? undefined : textMember(record, columns.prompt);
  const shared = explicit ?? sharedStart(ends.map(({ text }) => text));
  const sides = ends.map(({ side, text }): SourceSide => {
    const answer = { role: 'assistant', content: explicit === undefined ? text.slice(shared.length) : text };
    const asked = explicit === undefined && shared === '' ? [] : [{ role: 'user', content: shared }];
    return { side, head: { lead: false, ...head }, messages: [...asked, answer] };
  });
  const frame = { text: true, prompt: explicit === undefined ? null : 1, record: emptied(record, columns, head) };
  return { frame, sides };
}

function join({ frame, sides }: SplitRecord): Json {
  let record: Json = frame['record'] ?? null;
  const prompt = typeof frame['prompt'] === 'number' ? frame['prompt'] : undefined;
  const [first] = sides;
  for (const { side, messages } of sides) {
    const column = side === '' ? 'completion' : side;
    const end = messages.slice(prompt ?? 0);
    record = put(record, [column], frame['text'] === true ? textOf(end) : end);
  }
  if (prompt !== undefined && first !== undefined) {
    const start = first.messages.slice(0, prompt);
    record = put(record, ['prompt'], frame['text'] === true ? textOf(start) : start);
  }
  const tools = member(first?.head, 'tools');
  return tools === undefined ? record : put(record, ['tools'], tools);
}

function facts(record: Json): RecordFacts {
  const label = member(record, 'label');
  if (member(record, 'chosen') !== undefined) return preferenceFacts(record);
  if (typeof label !== 'boolean' && typeof label !== 'number') return { scores: [[]] };
  return { scores: [[{ name: 'label', value: Number(label) }]] };
}

function headOf(record: Json): JsonObject {
  const tools = member(record, 'tools');
  return isArray(tools) ? { tools } : {};
}

function emptied(record: Json, columns: Columns, head: JsonObject): Json {
  let rest = record;
  for (const { column } of columns.ends) rest = put(rest, [column], null);
  if (columns.prompt !== undefined) rest = put(rest, [columns.prompt], null);
  return head['tools'] === undefined ? rest : put(rest, ['tools'], null);
}

function listAt(record: Json, column: string): readonly Json[] {
  const value = member(record, column);
  return isArray(value) ? value : [];
}

function textOf(messages: readonly Json[]): string {
  return messages.map((message) => textMember(message, 'content') ?? '').join('');
}

function sharedStart(texts: readonly string[]): string {
  const [one = '', two = ''] = texts;
  let length = 0;
  while (length < one.length && length < two.length && one[length] === two[length]) length += 1;
  if (one[length - 1] === ' ') length -= 1;
  // Half of a surrogate pair is no text.
  const last = one.charCodeAt(length - 1);
  return one.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}
