// `atelier import`: agent logs in.
import { resolve } from 'node:path';
import {
  fileFormats,
  importFormatSchema,
  type ImportCounts,
  type ImportFormat,
  type ImportSummary,
} from '#contract/import';
import { formatNames } from '#contract/trace';
import { Problem } from '#engine/problem';
import { detectFormat } from '#engine/trace/import/formats';
import { openRecords } from '#engine/trace/import/reader';
import { importFiles } from '#engine/trace/import/run';
import type { Command } from '../command.ts';
import { count } from '../table.ts';
import { figure } from '../text.ts';
import { flag, parsed, text, usage } from '../values.ts';

const formats = ['auto', ...fileFormats.options];

export const importCommand: Command = {
  name: 'import',
  positionals: 'many',
  usage: 'atelier import FILE… [--workspace DIR] [--format auto|FORMAT] [--strict]',
  summary: 'Reads agent logs into the workspace; again is harmless.',
  options: { format: { type: 'string' }, strict: { type: 'boolean' } },
  optionHelp: [
    ['--format FORMAT', `${formats.join(', ')}; auto looks at the content`],
    ['--strict', 'exit code 1 where a record was set aside'],
  ],
  run: async ({ positionals, values, clock, task, cwd, open, redactor, note }) => {
    if (positionals.length === 0) throw usage('Name at least one file to import.');
    const format = parsed(importFormatSchema, text(values, 'format') ?? 'auto', '--format', formats.join(', '));
    const files = positionals.map((file) => resolve(cwd, file));
    await refuseUnreadable(files, format);
    const store = open({ create: true });
    const summaries = await importFiles(store, clock, files, { format, redactor: await redactor() }, task);
    for (const summary of summaries) {
      for (const reject of store.imports.rejects(summary.id, 0, 20).items)
        note(`${reject.file}:${reject.line}: ${reject.cause}`);
      if (isBarren(summary) && format !== 'auto')
        note(`${summary.file}: no record is ${formatNames[format]}; try --format auto, which looks at the content.`);
      if (summary.rejected > 20) note(`… and ${count(summary.rejected - 20, 'more record')} set aside.`);
    }
    const total = sum(summaries);
    const failed =
      summaries.some((summary) => summary.state === 'failed' || isBarren(summary)) ||
      (flag(values, 'strict') && total.rejected > 0);
    return { json: { ...total, imports: summaries }, text: sentence(total, summaries), code: failed ? 1 : 0 };
  },
};

/** A folder becomes a workspace only where there is something to put into it. Throws a Problem where no file can be read. */
async function refuseUnreadable(files: readonly string[], format: ImportFormat): Promise<void> {
  const problems: Problem[] = [];
  for (const path of files) {
    try {
      const file = await openRecords(path);
      if (format === 'auto') await detectFormat(file);
      return;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push(error);
    }
  }
  const [first, ...more] = problems;
  if (first === undefined) return;
  if (more.length === 0) throw first;
  const hint = [...new Set(problems.flatMap(({ hint: one }) => one ?? []))].join(' ');
  const said = problems.map(({ message }) => message).join('\n');
  throw new Problem(first.code, `None of these files can be read.\n${said}`, hint === '' ? undefined : hint);
}

/** Nothing at all came in, and something was set aside. */
function isBarren(summary: ImportSummary): boolean {
  return summary.state === 'done' && summary.traces === 0 && summary.rejected > 0;
}

function sum(summaries: readonly ImportSummary[]): ImportCounts {
  const add = (key: keyof ImportCounts): number => summaries.reduce((total, summary) => total + summary[key], 0);
  return {
    traces: add('traces'),
    newTraces: add('newTraces'),
    messages: add('messages'),
    turns: add('turns'),
    newTurns: add('newTurns'),
    spans: add('spans'),
    scores: add('scores'),
    pairs: add('pairs'),
    newPairs: add('newPairs'),
    rejected: add('rejected'),
  };
}

function sentence(total: ImportCounts, summaries: readonly ImportSummary[]): string {
  const problems = summaries.flatMap((summary) =>
    summary.problem === undefined ? [] : [`${summary.file}: ${summary.problem}`],
  );
  const found = [
    `${count(total.traces, 'trace')} (${figure(total.newTraces)} new)`,
    count(total.messages, 'message'),
    `${count(total.turns, 'turn')} (${figure(total.newTurns)} new)`,
    ...(total.spans > 0 ? [count(total.spans, 'span')] : []),
    ...(total.pairs > 0 ? [`${count(total.pairs, 'labelled pair')} (${figure(total.newPairs)} new)`] : []),
    `${count(total.rejected, 'record')} set aside`,
  ];
  return [...problems, `${found.join(', ')}.`].join('\n');
}
