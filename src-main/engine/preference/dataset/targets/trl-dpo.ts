// TRL, preference data in conversational form with an explicit prompt, for DPOTrainer, CPOTrainer, ORPOTrainer and RewardTrainer.
// Format: https://huggingface.co/docs/trl/dataset_formats (Preference, Tool Calling); as read by TRL 1.13 (trainer/dpo_trainer.py,
// which takes `tools` as a list of JSON schemas or as JSON text and passes messages to the chat template as they are).
import type { Json, Message } from '#contract/turn';
import { isObject } from '../../../trace/json.ts';
import { checkIds, decodeMessages, encodeMessages, type Dialect } from './chat-json.ts';
import {
  dropToolErrors,
  leadingSystem,
  oneOfEach,
  skipEmptyPrompt,
  skipEqualSides,
  skipUnreadable,
  toolsAsFunctions,
  unparsedAsText,
  wellFormed,
} from './steps.ts';
import type { Example, Step, TargetFormat } from './target.ts';

/** Arguments as objects and reasoning in `reasoning_content`, which is what the chat templates of Qwen, GLM, DeepSeek and others read. */
export const trlDialect: Dialect = {
  arguments: 'object',
  reasoning: 'reasoning_content',
  toolNames: true,
  omitsEmpty: false,
};

const learnsUser: Step = {
  kind: 'note',
  what: 'Sides that begin with a user or tool turn: the trainer learns those words too, and some chat templates refuse a prompt without a user turn',
  effect: 'changed',
  applies: ({ sides }) => sides.some((side) => side[0]?.role !== 'assistant'),
};

const skipSilent: Step = {
  kind: 'skip',
  what: 'Rows with a side that has no assistant turn',
  applies: ({ sides }) => sides.some((side) => side.every((message) => message.role !== 'assistant')),
};

/** `prompting` is what a target does about sides that do not begin with the assistant. */
export function trlSteps(prompting: Step): readonly Step[] {
  return [
    skipUnreadable,
    wellFormed,
    skipSilent,
    prompting,
    leadingSystem,
    skipEmptyPrompt,
    oneOfEach,
    unparsedAsText,
    toolsAsFunctions,
    dropToolErrors,
    skipEqualSides,
  ];
}

export const trlDpo: TargetFormat = {
  target: 'trl-dpo',
  title: 'TRL DPO, conversational',
  formats: ['jsonl', 'parquet'],
  columns: [
    { name: 'prompt', type: 'messages' },
    { name: 'chosen', type: 'messages' },
    { name: 'rejected', type: 'messages' },
    { name: 'tools', type: 'json' },
  ],
  rows: 'pairs',
  steps: trlSteps(learnsUser),
  encode(example) {
    const { prompt, sides, tools } = encodeTrl(example);
    return { prompt, chosen: sides[0] ?? [], rejected: sides[1] ?? [], ...tools };
  },
  decode(row) {
    const { prompt, side } = decodeTrl(row, ['prompt', 'chosen', 'rejected', 'tools']);
    return { prompt, sides: [side('chosen'), side('rejected')] };
  },
  usage: ({ train, test }) => trlUsage('DPOTrainer', train, test),
};

/** Prompt, sides and the `tools` column of an example as TRL has them. */
export function encodeTrl({ prompt, sides }: Example): {
  readonly prompt: Json;
  readonly sides: readonly Json[];
  readonly tools: { readonly tools?: readonly Json[] };
} {
  const calls = { names: [] as string[] };
  const encodedPrompt = encodeMessages(trlDialect, prompt, calls);
  // Each side runs on from the prompt's calls, not from the other side's.
  const encodedSides = sides.map((side) => encodeMessages(trlDialect, side, { names: [...calls.names] }));
  const context = prompt[0];
  const tools = context?.role === 'context' && context.tools.length > 0 ? { tools: context.tools } : {};
  return { prompt: encodedPrompt, sides: encodedSides, tools };
}

export function decodeTrl(row: Json, fields: readonly string[]) {
  if (!isObject(row)) throw new Error('the row is no object');
  const stray = Object.keys(row).find((key) => !fields.includes(key));
  if (stray !== undefined) throw new Error(`there is a stray field “${stray}”`);
  const tools = row['tools'] ?? [];
  if (!Array.isArray(tools)) throw new Error('tools is no list');
  return {
    prompt: decodeMessages(trlDialect, row['prompt'], { tools: tools as readonly Json[] }),
    side: (name: string): Message[] => {
      checkIds(row['prompt'], row[name]);
      return decodeMessages(trlDialect, row[name]);
    },
  };
}

export function trlUsage(trainer: string, train: string, test: string | undefined): string {
  return [
    '```python',
    'from datasets import load_dataset',
    `from trl import ${trainer}`,
    '',
    '# Name the folder, not the files: the types above are read from this card.',
    'data = load_dataset("path/to/this/folder")',
    `trainer = ${trainer}(model=model, train_dataset=data["train"]${test === undefined ? '' : ', eval_dataset=data["test"]'}, …)`,
    '```',
    '',
    `Messages of different shapes in one column need \`datasets\` 4.7 or newer. Written: \`${train}\`${test === undefined ? '' : `, \`${test}\``}.`,
  ].join('\n');
}
