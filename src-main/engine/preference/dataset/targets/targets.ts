// Every target by its name.
import type { Target } from '#contract/dataset';
import { axolotl } from './axolotl.ts';
import { llamaFactory } from './llama-factory.ts';
import { openai } from './openai.ts';
import type { TargetFormat } from './target.ts';
import { trlDpoStandard } from './trl-dpo-standard.ts';
import { trlDpo } from './trl-dpo.ts';
import { trlKto } from './trl-kto.ts';

export const targets: Readonly<Record<Target, TargetFormat>> = {
  'trl-dpo': trlDpo,
  'trl-dpo-standard': trlDpoStandard,
  'trl-kto': trlKto,
  openai,
  axolotl,
  'llama-factory': llamaFactory,
};
