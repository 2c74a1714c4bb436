// What the dataset screen calls things: targets, formats, recipe choices, effects of a loss.
import type { FileFormat, Loss, Recipe, Target } from '#contract/dataset';
import type { PairKind } from '#contract/pair';

export interface TargetInfo {
  readonly target: Target;
  readonly name: string;
  /** What a row looks like and what it is for, in one sentence. */
  readonly about: string;
  readonly formats: readonly FileFormat[];
}

export const targets: readonly TargetInfo[] = [
  {
    target: 'trl-dpo',
    name: 'TRL DPO, conversational',
    about: 'prompt, chosen and rejected as lists of messages, with tools. Carries everything an agent does.',
    formats: ['jsonl', 'parquet'],
  },
  {
    target: 'trl-dpo-standard',
    name: 'TRL DPO, plain text',
    about: 'prompt, chosen and rejected as plain strings, for models without a chat template.',
    formats: ['jsonl', 'parquet'],
  },
  {
    target: 'trl-kto',
    name: 'TRL KTO',
    about: 'One row a side, marked desirable or not. Also uses pairs where both sides are bad.',
    formats: ['jsonl', 'parquet'],
  },
  {
    target: 'openai',
    name: 'OpenAI preference',
    about: 'input, preferred_output and non_preferred_output, as the fine-tuning service takes them.',
    formats: ['jsonl'],
  },
  {
    target: 'axolotl',
    name: 'Axolotl chat_template',
    about: 'conversation, chosen and rejected for the chat_template.default strategy.',
    formats: ['jsonl'],
  },
  {
    target: 'llama-factory',
    name: 'LLaMA-Factory ranking',
    about: 'conversations, chosen and rejected in ShareGPT form, with its dataset_info.json.',
    formats: ['jsonl'],
  },
];

/** The target's entry; every target has one. */
export function targetInfo(target: Target): TargetInfo {
  const info = targets.find((known) => known.target === target);
  if (info === undefined) throw new Error(`no words for the target ${target}`);
  return info;
}

export const formatNames: Readonly<Record<FileFormat, string>> = { jsonl: 'JSONL', parquet: 'Parquet' };

export const kindNames: Readonly<Record<PairKind, string>> = {
  sibling: 'Siblings',
  outcome: 'Different outcome',
  imported: 'Imported',
};

export const unitNames: Readonly<Record<Recipe['unit'], string>> = {
  decision: 'Next turn',
  trajectory: 'Whole branch',
};
export const unitHelp: Readonly<Record<Recipe['unit'], string>> = {
  decision: 'Each side is the assistant’s first turn after the prompt.',
  trajectory: 'Each side is everything after the prompt, tool results included.',
};

export const conflictNames: Readonly<Record<Recipe['conflicts'], string>> = {
  majority: 'Majority',
  unanimous: 'Unanimous',
  latest: 'Latest label',
};
export const conflictHelp: Readonly<Record<Recipe['conflicts'], string>> = {
  majority: 'The answer most labels give; a draw makes no row.',
  unanimous: 'Only pairs on which every label agrees.',
  latest: 'The newest label on the pair wins.',
};

export const tieNames: Readonly<Record<Recipe['ties'], string>> = { drop: 'Leave out', 'both-desirable': 'Both good' };
export const tieHelp: Readonly<Record<Recipe['ties'], string>> = {
  drop: 'A tie makes no row.',
  'both-desirable': 'KTO takes both sides of a tie as desirable; other targets leave ties out.',
};

export const effectNames: Readonly<Record<Loss['effect'], string>> = {
  dropped: 'Left off the row',
  skipped: 'Row not written',
  changed: 'Carried in another shape',
};

/** What a new dataset starts from: everything labelled, nothing cut. */
export const firstRecipe: Recipe = { ties: 'drop', minStrength: 1, conflicts: 'majority', unit: 'trajectory' };

/** A name nobody uses yet: `Preferences`, `Preferences 2` … */
export function freeName(taken: readonly string[], base = 'Preferences'): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? base : `${base} ${String(count)}`;
    if (!taken.includes(name)) return name;
  }
}

/** The first digits of a hash, enough to tell versions apart at a glance. */
export function shortHash(hash: string): string {
  return hash.slice(0, 8);
}
