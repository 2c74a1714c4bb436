// HH-RLHF preferences: {"chosen", "rejected"}, each one text of "\n\nHuman: …" and "\n\nAssistant: …".
import type { Json, JsonObject } from '#contract/turn';
import { Problem } from '../../problem.ts';
import { member, put, textMember } from '../json.ts';
import { decisive, type ConversationFormat, type SourceSide } from './format.ts';
import { openaiDialect } from './openai-dialect.ts';
import { preferenceFacts } from './preference.ts';

const columns = ['chosen', 'rejected'] as const;
const speakers: Readonly<Record<string, string>> = { Human: 'user', Assistant: 'assistant' };
const marker = /(?:^|\n\n)(Human|Assistant):/g;

export const hhRlhf: ConversationFormat = {
  id: 'hh-rlhf',
  dialect: openaiDialect,
  recognise: (record) =>
    columns.every((column) => /^\s*(?:Human|Assistant):/.test(textMember(record, column) ?? '')) ? 2 * decisive : 0,
  split(record) {
    let rest = record;
    const starts: Json[] = [];
    const sides = columns.map((side): SourceSide => {
      const text = textMember(record, side);
      if (text === undefined) {
        const hint = 'An HH-RLHF record is {"chosen": "\\n\\nHuman: …", "rejected": "\\n\\nHuman: …"}.';
        throw new Problem('BAD_INPUT', `It has no text "${side}".`, hint);
      }
      rest = put(rest, [side], null);
      const { start, messages } = spoken(text);
      starts.push(start);
      return { side, head: { lead: false }, messages };
    });
    return { frame: { starts, record: rest }, sides };
  },
  join({ frame, sides }) {
    let record: Json = frame['record'] ?? null;
    const starts: Json = frame['starts'] ?? [];
    for (const [index, { side, messages }] of sides.entries()) {
      const start = Array.isArray(starts) ? String(starts[index]) : '';
      record = put(record, [side], start + messages.map(written).join(''));
    }
    return record;
  },
  blank: () => ({ starts: ['', ''], record: { chosen: null, rejected: null } }),
  facts: (record) => preferenceFacts(record),
};

/**
 * The text's messages, and what stands before the first of them. `tight`: no space follows the colon; `bare`: no empty line
 * goes before the speaker.
 */
function spoken(text: string): { readonly start: string; readonly messages: readonly JsonObject[] } {
  const marks = [...text.matchAll(marker)];
  const [first] = marks;
  if (first === undefined) {
    throw new Problem('BAD_INPUT', 'Nobody speaks in it: there is no "\n\nHuman:" and no "\n\nAssistant:".');
  }
  const messages = marks.map((mark, index): JsonObject => {
    const said = text.slice(mark.index + mark[0].length, marks[index + 1]?.index ?? text.length);
    const tight = !said.startsWith(' ');
    return {
      role: speakers[mark[1] ?? ''] ?? 'user',
      content: tight ? said : said.slice(1),
      ...(tight ? { tight } : {}),
      ...(mark[0].startsWith('\n') ? {} : { bare: true }),
    };
  });
  return { start: text.slice(0, first.index), messages };
}

function written(message: Json): string {
  const speaker = textMember(message, 'role') === 'assistant' ? 'Assistant' : 'Human';
  const before = member(message, 'bare') === true ? '' : '\n\n';
  const space = member(message, 'tight') === true ? '' : ' ';
  return `${before}${speaker}:${space}${textMember(message, 'content') ?? ''}`;
}
