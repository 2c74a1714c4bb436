// TRL, unpaired preference in conversational form, for KTOTrainer and BCOTrainer: prompt, completion, label.
// Format: https://huggingface.co/docs/trl/dataset_formats (Unpaired preference); as read by TRL 1.13 (trainer/kto_trainer.py).
import { isObject } from '../../../trace/json.ts';
import type { Step, TargetFormat } from './target.ts';
import { decodeTrl, encodeTrl, trlSteps, trlUsage } from './trl-dpo.ts';

/** Each completion has a prompt of its own here, so what the assistant did not say can stand in it. */
const promptToAssistant: Step = {
  kind: 'change',
  what: 'Sides that begin with a user or tool turn: those turns stand in the prompt',
  effect: 'changed',
  apply: (example) => {
    const side = example.sides[0] ?? [];
    const first = side.findIndex((message) => message.role === 'assistant');
    if (first <= 0) return example;
    return { ...example, prompt: [...example.prompt, ...side.slice(0, first)], sides: [side.slice(first)] };
  },
};

/** A preference is a desirable and an undesirable row; both bad are two undesirable ones; a kept tie is two desirable ones. */
export const trlKto: TargetFormat = {
  target: 'trl-kto',
  title: 'TRL KTO',
  formats: ['jsonl', 'parquet'],
  columns: [
    { name: 'prompt', type: 'messages' },
    { name: 'completion', type: 'messages' },
    { name: 'label', type: 'bool' },
    { name: 'tools', type: 'json' },
  ],
  rows: 'completions',
  steps: trlSteps(promptToAssistant),
  encode(example) {
    const { prompt, sides, tools } = encodeTrl(example);
    return { prompt, completion: sides[0] ?? [], label: example.label === true, ...tools };
  },
  decode(row) {
    const { prompt, side } = decodeTrl(row, ['prompt', 'completion', 'label', 'tools']);
    const label = isObject(row) ? row['label'] : undefined;
    if (typeof label !== 'boolean') throw new Error('label is neither true nor false');
    return { prompt, sides: [side('completion')], label };
  },
  usage: ({ train, test }) => trlUsage('KTOTrainer', train, test),
};
