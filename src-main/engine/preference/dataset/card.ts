// The dataset card: README.md with the front matter that the Hugging Face Hub and `datasets` read. No times, so that bytes repeat.
import type { ExportedFile, ExportPlan, FrozenChoice, Recipe } from '#contract/dataset';
import { featuresYaml } from './files/shapes.ts';
import { byCodeUnit } from './order.ts';
import type { Prepared } from './prepare.ts';

export interface CardFile extends Pick<ExportedFile, 'rows' | 'bytes' | 'sha256'> {
  readonly name: string;
  readonly side: 'train' | 'test';
}

export function datasetCard({ source, options, format, plan, columns }: Prepared, files: readonly CardFile[]): string {
  const title = source.name ?? 'Preferences';
  const train = files.find((file) => file.side === 'train')?.name;
  const test = files.find((file) => file.side === 'test')?.name;
  const { choices } = source;
  return [
    ...frontMatter(title, format.rows === 'pairs' ? 'dpo' : 'kto', plan.rows, files, featuresYaml(columns)),
    `# ${oneLine(title)}`,
    '',
    `Preference data for ${format.title}, written by Atelier from ${count(choices.length, 'choice')} that people made between two branches of a conversation.`,
    '',
    '| file | rows | bytes | SHA-256 |',
    '| --- | ---: | ---: | --- |',
    ...files.map((file) => `| \`${file.name}\` | ${file.rows} | ${file.bytes} | \`${file.sha256}\` |`),
    '',
    `Version \`${source.hash}\`: the SHA-256 of recipe and choices. The same recipe on the same labels gives the same bytes.`,
    '',
    '## Use',
    '',
    format.usage({ train: train ?? test ?? '', ...(train === undefined || test === undefined ? {} : { test }) }),
    '',
    '## Recipe',
    '',
    ...recipeLines(source.recipe),
    ...(options.split === 0 ? [] : [splitLine(options.split, options.seed, plan)]),
    '',
    '## Labels',
    '',
    ...labelLines(choices),
    '',
    '## What is not as it was',
    '',
    ...(plan.losses.length === 0
      ? ['Nothing: every row equals its source.']
      : plan.losses.map((loss) => `- ${oneLine(loss.what)}: ${loss.effect}, ${count(loss.rows, 'choice')}`)),
    '',
    '## Secrets and personal data',
    '',
    ...scanLines(plan, options.mask),
    ...(plan.notes.length === 0 ? [] : ['', '## Notes', '', ...plan.notes.map((note) => `- ${note}`)]),
    '',
    '## Licence',
    '',
    'Not chosen yet. Say here and in the front matter under which licence this may be used before you publish it.',
    '',
  ].join('\n');
}

function frontMatter(
  title: string,
  method: string,
  rows: number,
  files: readonly CardFile[],
  features: readonly string[],
): string[] {
  return [
    '---',
    `pretty_name: ${JSON.stringify(oneLine(title))}`,
    'task_categories:',
    '- text-generation',
    'tags:',
    '- preference',
    `- ${method}`,
    '- human-feedback',
    '- atelier',
    'size_categories:',
    `- ${sizeCategory(rows)}`,
    'configs:',
    '- config_name: default',
    '  data_files:',
    ...files.flatMap((file) => [`  - split: ${file.side}`, `    path: ${file.name}`]),
    'dataset_info:',
    '  features:',
    ...features,
    '---',
    '',
  ];
}

/** The Hub's own classes. */
function sizeCategory(rows: number): string {
  if (rows < 1000) return 'n<1K';
  if (rows < 10_000) return '1K<n<10K';
  if (rows < 100_000) return '10K<n<100K';
  return rows < 1_000_000 ? '100K<n<1M' : '1M<n<10M';
}

function recipeLines(recipe: Recipe): string[] {
  const units = { decision: 'the first assistant turn of each side', trajectory: 'everything after the prompt' };
  const conflicts = {
    majority: 'the verdict with the most votes; a draw is left out',
    unanimous: 'only what all agree on',
    latest: 'the newest label decides',
  };
  const only = (what: string, values: readonly string[] | undefined): string[] =>
    values === undefined ? [] : [`- ${what}: ${values.map((value) => `\`${oneLine(value)}\``).join(', ')}`];
  return [
    `- A side is ${units[recipe.unit]}.`,
    `- Where annotators disagree: ${conflicts[recipe.conflicts]}.`,
    `- Ties: ${recipe.ties === 'drop' ? 'left out' : 'kept as two desirable completions where the target has such'}.`,
    `- Least strength of a preference: ${recipe.minStrength} of 3.`,
    ...only('Only these kinds of pairs', recipe.kinds),
    ...only('Only these groups', recipe.groups),
    ...only('Only these annotators', recipe.annotators),
    ...only('Only pairs with one of these tags', recipe.tags),
  ];
}

function splitLine(share: number, seed: number, plan: ExportPlan): string {
  const near = plan.nearDuplicates.length;
  return (
    `- Split: ${Math.round(share * 1000) / 10} % asked for test with seed ${seed}, ${count(plan.train, 'row')} to train and ` +
    `${count(plan.test, 'row')} to test. What shares a group or a turn from the first user turn on stays on one side. ` +
    `${near === 0 ? 'No near-duplicates' : `${count(near, 'test row')} with a near-duplicate`} across the split.`
  );
}

function labelLines(choices: readonly FrozenChoice[]): string[] {
  const verdicts = { prefer: 0, tie: 0, bad: 0 };
  const annotators = new Map<string, number>();
  let shared = 0;
  let agreed = 0;
  for (const { verdict, labels } of choices) {
    verdicts[verdict] += 1;
    for (const { annotator } of labels) annotators.set(annotator, (annotators.get(annotator) ?? 0) + 1);
    if (labels.length < 2) continue;
    shared += 1;
    if (labels.every((label) => label.choice === labels[0]?.choice)) agreed += 1;
  }
  const names = [...annotators].toSorted((left, right) => right[1] - left[1] || byCodeUnit(left[0], right[0]));
  return [
    `- ${count(verdicts.prefer, 'preference')}, ${count(verdicts.tie, 'tie')}, ${count(verdicts.bad, 'pair')} with both sides bad.`,
    `- Annotators: ${names.map(([name, labels]) => `${oneLine(name)} (${count(labels, 'label')})`).join(', ')}.`,
    shared === 0
      ? '- No pair was labelled by two annotators, so their agreement is not known.'
      : `- ${count(shared, 'choice')} labelled by two annotators or more; all alike in ${agreed} (${Math.round((agreed / shared) * 100)} %).`,
  ];
}

function scanLines({ findings }: ExportPlan, masked: boolean): string[] {
  if (findings.length === 0)
    return ['A scan by rule found none. It cannot find names, addresses and what has no fixed shape.'];
  return [
    masked
      ? 'Found by rule and masked; the same value has the same mask everywhere in this workspace:'
      : '**Found by rule and left as they are.** Look through them before you share this:',
    '',
    '| rule | kind | found | choices |',
    '| --- | --- | ---: | ---: |',
    ...findings.map(({ rule, kind, count: found, rows }) => `| ${rule} | ${kind} | ${found} | ${rows} |`),
    '',
    'The scan cannot find names, addresses and what has no fixed shape.',
  ];
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
