// OpenAI preference fine-tuning (method `dpo`): input with messages and tools, one preferred and one non-preferred assistant message.
// Format: https://developers.openai.com/api/docs/guides/direct-preference-optimization and the API's FineTunePreferenceRequestInput.
// It says: text only; one-turn, "the preferred and non-preferred messages need to be the last assistant message". Azure takes the same file.
import type { Json, Message } from '#contract/turn';
import { isObject } from '../../../trace/json.ts';
import { checkIds, decodeMessages, encodeMessages, type Dialect } from './chat-json.ts';
import {
  dropReasoning,
  dropToolErrors,
  everyMessage,
  firstMessageOnly,
  leadingSystem,
  oneOfEach,
  skipEmptyPrompt,
  skipEqualSides,
  skipOtherStart,
  skipUnreadable,
  toolsAsFunctions,
  wellFormed,
} from './steps.ts';
import type { Step, TargetFormat } from './target.ts';

const dialect: Dialect = { arguments: 'text', toolNames: false, omitsEmpty: true };

const skipLooseResults: Step = {
  kind: 'skip',
  what: 'Rows with a tool result whose call is not known, which the API refuses',
  applies: (example) => everyMessage(example).some((message) => message.role === 'tool' && message.call === undefined),
};

const skipOpenCalls: Step = {
  kind: 'skip',
  what: 'Rows whose prompt holds a tool call without a result, which the API refuses',
  applies: ({ prompt }) => hasOpenCalls(prompt),
};

const skipForeignTools: Step = {
  kind: 'skip',
  what: 'Rows with tools that are not functions, which the API refuses',
  applies: ({ prompt }) => {
    const tools = prompt[0]?.role === 'context' ? prompt[0].tools : [];
    return tools.some((tool) => !isObject(tool) || tool['type'] !== 'function' || !isObject(tool['function']));
  },
};

/** Every assistant message's calls must be answered before the next message that is no result. */
function hasOpenCalls(messages: readonly Message[]): boolean {
  const open = new Set<number>();
  let calls = 0;
  for (const message of messages) {
    if (message.role === 'tool') {
      if (message.call !== undefined) open.delete(message.call);
      continue;
    }
    if (open.size > 0) return true;
    if (message.role === 'assistant') for (const _ of message.toolCalls ?? []) open.add(calls++);
  }
  return open.size > 0;
}

export const openai: TargetFormat = {
  target: 'openai',
  title: 'OpenAI preference fine-tuning',
  formats: ['jsonl'],
  columns: [
    { name: 'input', type: 'json' },
    { name: 'preferred_output', type: 'messages' },
    { name: 'non_preferred_output', type: 'messages' },
  ],
  rows: 'pairs',
  steps: [
    skipUnreadable,
    wellFormed,
    skipOtherStart,
    leadingSystem,
    skipEmptyPrompt,
    skipLooseResults,
    skipOpenCalls,
    toolsAsFunctions,
    skipForeignTools,
    firstMessageOnly,
    dropReasoning,
    oneOfEach,
    dropToolErrors,
    skipEqualSides,
  ],
  encode({ prompt, sides }) {
    const calls = { names: [] as string[] };
    const messages = encodeMessages(dialect, prompt, calls);
    const [preferred, other] = sides.map((side) => encodeMessages(dialect, side, { names: [...calls.names] }));
    const tools = prompt[0]?.role === 'context' ? prompt[0].tools : [];
    return {
      input: { messages, ...(tools.length === 0 ? {} : { tools, parallel_tool_calls: true }) },
      preferred_output: preferred ?? [],
      non_preferred_output: other ?? [],
    };
  },
  decode(row) {
    if (!isObject(row) || !isObject(row['input'])) throw new Error('the row has no input');
    const { input } = row;
    const stray = Object.keys(row).find((key) => !['input', 'preferred_output', 'non_preferred_output'].includes(key));
    const strayInput = Object.keys(input).find((key) => !['messages', 'tools', 'parallel_tool_calls'].includes(key));
    if (stray !== undefined || strayInput !== undefined)
      throw new Error(`there is a stray field “${stray ?? strayInput ?? ''}”`);
    const tools = input['tools'] ?? [];
    if (!Array.isArray(tools)) throw new Error('tools is no list');
    const side = (name: string): Message[] => {
      checkIds(input['messages'], row[name]);
      const messages = decodeMessages(dialect, row[name]);
      if (messages.length !== 1 || messages[0]?.role !== 'assistant')
        throw new Error(`${name} is not one assistant message`);
      return messages;
    };
    return {
      prompt: decodeMessages(dialect, input['messages'], { tools: tools as readonly Json[] }),
      sides: [side('preferred_output'), side('non_preferred_output')],
    };
  },
  usage: ({ train, test }) =>
    [
      'Upload with purpose `fine-tune`, then create a job with `method: {"type": "dpo"}`:',
      '',
      '```sh',
      `openai api files.create -p fine-tune -f ${train}${test === undefined ? '' : `   # and ${test} as validation_file`}`,
      '```',
    ].join('\n'),
};
