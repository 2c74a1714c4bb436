// Axolotl, DPO with `type: chat_template.default`: messages, and one chosen and one rejected message of role and content.
// Format: https://docs.axolotl.ai/docs/rlhf.html#chat_template.default; its code (prompt_strategies/dpo/chat_template.py) reads role
// and content only, and of a list as chosen or rejected only the last message, so tool calls, tools and names never reach the model.
import type { Json, JsonObject, Message } from '#contract/turn';
import { isObject } from '../../../trace/json.ts';
import { stringOf } from './chat-json.ts';
import {
  dropNames,
  dropReasoning,
  dropToolErrors,
  eachMessage,
  firstMessageOnly,
  leadingSystem,
  oneOfEach,
  skipEmptyPrompt,
  skipEqualSides,
  skipOtherStart,
  skipUnreadable,
  textOf,
  textPart,
  wellFormed,
} from './steps.ts';
import type { Step, TargetFormat } from './target.ts';

const dropToolCalls: Step = {
  kind: 'change',
  what: 'Tool calls',
  effect: 'dropped',
  apply: (example) =>
    eachMessage(example, (message) => {
      if (message.role !== 'assistant' || (message.toolCalls ?? []).length === 0) return message;
      const { toolCalls: _, ...rest } = message;
      return rest;
    }),
};

const dropTools: Step = {
  kind: 'change',
  what: 'Tool schemas',
  effect: 'dropped',
  apply: (example) =>
    eachMessage(example, (message) =>
      message.role === 'context' && message.tools.length > 0 ? { ...message, tools: [] } : message,
    ),
};

/** Without calls there is nothing to link to. */
const dropLinks: Step = {
  kind: 'change',
  what: 'Which tool call a result answers',
  effect: 'dropped',
  apply: (example) =>
    eachMessage(example, (message) => {
      if (message.role !== 'tool' || (message.call === undefined && message.name === undefined)) return message;
      const { call: _, name: __, ...rest } = message;
      return rest;
    }),
};

const skipSilent: Step = {
  kind: 'skip',
  what: 'Rows where a side consists of tool calls or reasoning alone, of which nothing is left',
  applies: ({ sides }) => sides.some((side) => side.some((message) => textOf(message).trim() === '')),
};

export const axolotl: TargetFormat = {
  target: 'axolotl',
  title: 'Axolotl chat_template.default',
  formats: ['jsonl'],
  columns: [
    { name: 'messages', type: 'messages' },
    { name: 'chosen', type: 'message' },
    { name: 'rejected', type: 'message' },
  ],
  rows: 'pairs',
  steps: [
    skipUnreadable,
    wellFormed,
    skipOtherStart,
    leadingSystem,
    skipEmptyPrompt,
    firstMessageOnly,
    dropToolCalls,
    dropTools,
    dropLinks,
    dropReasoning,
    oneOfEach,
    dropToolErrors,
    dropNames,
    skipSilent,
    skipEqualSides,
  ],
  encode({ prompt, sides }) {
    const [context, ...rest] = prompt;
    const system = context === undefined || textOf(context) === '' ? [] : [encode('system', context)];
    const [chosen, rejected] = sides.map((side) => (side[0] === undefined ? {} : encode('assistant', side[0])));
    return {
      messages: [...system, ...rest.map((message) => encode(message.role, message))],
      chosen: chosen ?? {},
      rejected: rejected ?? {},
    };
  },
  decode(row) {
    if (!isObject(row) || !Array.isArray(row['messages'])) throw new Error('the row has no messages');
    const stray = Object.keys(row).find((key) => !['messages', 'chosen', 'rejected'].includes(key));
    if (stray !== undefined) throw new Error(`there is a stray field “${stray}”`);
    const [first, ...rest] = (row['messages'] as readonly Json[]).map(decode);
    const sides = ['chosen', 'rejected'].map((name) => {
      const message = decode(row[name]);
      if (message.role !== 'assistant') throw new Error(`${name} is no assistant message`);
      return [message];
    });
    const context = (content: Message['content']): Message => ({ role: 'context', content, tools: [] });
    if (first === undefined) throw new Error('the row has no messages');
    return {
      prompt: first.role === 'system' ? [context(first.content), ...rest] : [context([]), first, ...rest],
      sides,
    };
  },
  usage: ({ train, test }) =>
    [
      '```yaml',
      'rl: dpo',
      'datasets:',
      ...dataset(train),
      ...(test === undefined ? [] : ['test_datasets:', ...dataset(test)]),
      '```',
    ].join('\n'),
};

function dataset(path: string): string[] {
  return [
    `  - path: ${path}`,
    '    ds_type: json',
    '    split: train',
    '    type: chat_template.default',
    '    field_messages: messages',
    '    field_chosen: chosen',
    '    field_rejected: rejected',
    '    message_property_mappings: { role: role, content: content }',
    '    roles: { user: [user], assistant: [assistant], system: [system], tool: [tool] }',
  ];
}

function encode(role: string, message: Message): JsonObject {
  return { role, content: textOf(message) };
}

function decode(row: Json | undefined): Message {
  if (!isObject(row) || Object.keys(row).toSorted().join(' ') !== 'content role')
    throw new Error('a message is not just role and content');
  const content = textPart(stringOf(row['content'], undefined, 'content'));
  const { role } = row;
  if (role === 'system' || role === 'user' || role === 'assistant' || role === 'tool') return { role, content };
  throw new Error(`a message has the role ${JSON.stringify(role)}`);
}
