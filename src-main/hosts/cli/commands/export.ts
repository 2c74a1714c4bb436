// `atelier export`: a dataset that a trainer accepts.
import { resolve } from 'node:path';
import { exportOptionsSchema, fileFormatSchema, recipeSchema, targetSchema, type Recipe } from '#contract/dataset';
import { strengthSchema } from '#contract/label';
import { pairKindSchema } from '#contract/pair';
import { exportDataset } from '#engine/preference/dataset/export';
import type { Command, Values } from '../command.ts';
import { count } from '../table.ts';
import { figure } from '../text.ts';
import { flag, number, oneOf, parsed, someOf, text, texts, usage } from '../values.ts';

export const exportCommand: Command = {
  name: 'export',
  positionals: 'none',
  usage: `atelier export --target ${targetSchema.options.join('|')} --out PATH [--format jsonl|parquet] [--split 0.1 --seed 1] [--mask]`,
  summary: 'Writes the labels as preference data, reads it back and proves it equal.',
  options: {
    target: { type: 'string' },
    out: { type: 'string' },
    format: { type: 'string' },
    split: { type: 'string' },
    seed: { type: 'string' },
    mask: { type: 'boolean' },
    version: { type: 'string' },
    kind: { type: 'string', multiple: true },
    group: { type: 'string', multiple: true },
    annotator: { type: 'string', multiple: true },
    tag: { type: 'string', multiple: true },
    'min-strength': { type: 'string' },
    ties: { type: 'string' },
    conflicts: { type: 'string' },
    unit: { type: 'string' },
  },
  optionHelp: [
    ['--target TARGET', targetSchema.options.join(', ')],
    ['--out PATH', 'a folder, or for one JSONL file its name'],
    ['--format', 'jsonl (default) or parquet (TRL targets)'],
    ['--split SHARE', 'share of rows for the test file, whole subtrees and groups on one side'],
    ['--seed N', 'of the split (1)'],
    ['--mask', 'masks the secrets and personal data that the scan finds'],
    ['--version HASH', 'a frozen version; otherwise the recipe below on the labels as they are'],
    ['--kind, --group, --annotator, --tag', 'only these; may be repeated'],
    ['--min-strength N', '1 (default), 2 or 3'],
    ['--ties', 'drop (default) or both-desirable (KTO)'],
    ['--conflicts', 'majority (default), unanimous or latest'],
    ['--unit', 'trajectory (default): all after the prompt; decision: the first assistant turn of each side'],
  ],
  run: async ({ values, open, task, cwd, note }) => {
    const target = oneOf(values, 'target', targetSchema.options);
    const out = text(values, 'out');
    if (target === undefined) throw usage(`Say --target ${targetSchema.options.join(', ')}.`);
    if (out === undefined) throw usage('Say --out PATH.');
    const options = {
      target,
      format: oneOf(values, 'format', fileFormatSchema.options) ?? 'jsonl',
      split: parsed(exportOptionsSchema.shape.split, number(values, 'split') ?? 0, '--split', 'a share from 0 to 0.9'),
      seed: parsed(exportOptionsSchema.shape.seed, number(values, 'seed') ?? 1, '--seed', 'a whole number from 0 on'),
      mask: flag(values, 'mask'),
    };
    const version = text(values, 'version');
    const source = version === undefined ? { recipe: recipeOf(values) } : { version };
    const summary = await exportDataset(open(), { ...source, options, out: resolve(cwd, out) }, task);
    for (const loss of summary.losses)
      note(`${target} cannot carry: ${loss.what} (${count(loss.rows, 'row')} ${loss.effect})`);
    for (const finding of summary.findings)
      note(
        `${finding.kind} ${finding.rule}: ${finding.count} in ${count(finding.rows, 'row')}${summary.masked ? ', masked' : ', NOT masked (--mask)'}`,
      );
    for (const line of summary.notes) note(line);
    const files = summary.files.map(
      (file) => `  ${file.path}  ${count(file.rows, 'row')}, ${figure(file.bytes)} bytes`,
    );
    return {
      json: summary,
      text: [`${count(summary.rows, 'row')} written, ${summary.verified} read back and proved equal.`, ...files].join(
        '\n',
      ),
    };
  },
};

function recipeOf(values: Values): Recipe {
  const kinds = someOf(values, 'kind', pairKindSchema.options);
  const groups = texts(values, 'group');
  const annotators = texts(values, 'annotator');
  const tags = texts(values, 'tag');
  const recipe = recipeSchema.safeParse({
    ...(kinds === undefined ? {} : { kinds }),
    ...(groups === undefined ? {} : { groups }),
    ...(annotators === undefined ? {} : { annotators }),
    ...(tags === undefined ? {} : { tags }),
    ties: text(values, 'ties') ?? 'drop',
    minStrength: parsed(strengthSchema, number(values, 'min-strength') ?? 1, '--min-strength', '1, 2 or 3'),
    conflicts: text(values, 'conflicts') ?? 'majority',
    unit: text(values, 'unit') ?? 'trajectory',
  });
  if (recipe.success) return recipe.data;
  const issue = recipe.error.issues[0];
  throw usage(
    `--${(issue?.path.join('.') ?? '').replace('minStrength', 'min-strength')}: ${issue?.message ?? 'is wrong'}.`,
  );
}
