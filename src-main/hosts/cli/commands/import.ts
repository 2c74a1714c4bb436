// `atelier import`: agent logs in.
import { resolve } from 'node:path';
import { importFormatSchema, type ImportCounts, type ImportSummary } from '#contract/import';
import { importFiles } from '#engine/trace/import/run';
import type { Command } from '../command.ts';
import { count } from '../table.ts';
import { flag, parsed, text, usage } from '../values.ts';

const formats = ['auto', 'openai-chat', 'tau-bench', 'anthropic', 'trl', 'hh-rlhf', 'otlp'];

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
  run: async ({ positionals, values, clock, task, cwd, open, note }) => {
    if (positionals.length === 0) throw usage('Name at least one file to import.');
    const format = parsed(importFormatSchema, text(values, 'format') ?? 'auto', '--format', formats.join(', '));
    const files = positionals.map((file) => resolve(cwd, file));
    const store = open({ create: true });
    const summaries = await importFiles(store, clock, files, { format }, task);
    for (const summary of summaries) {
      for (const reject of store.imports.rejects(summary.id, 0, 20).items)
        note(`${reject.file}:${reject.line}: ${reject.cause}`);
      if (summary.rejected > 20) note(`… and ${count(summary.rejected - 20, 'more record')} set aside.`);
    }
    const total = sum(summaries);
    const failed =
      summaries.some((summary) => summary.state === 'failed') || (flag(values, 'strict') && total.rejected > 0);
    return { json: { ...total, imports: summaries }, text: sentence(total, summaries), code: failed ? 1 : 0 };
  },
};

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
    `${count(total.traces, 'trace')} (${total.newTraces.toLocaleString('en-US')} new)`,
    count(total.messages, 'message'),
    `${count(total.turns, 'turn')} (${total.newTurns.toLocaleString('en-US')} new)`,
    ...(total.spans > 0 ? [count(total.spans, 'span')] : []),
    ...(total.pairs > 0
      ? [`${count(total.pairs, 'labelled pair')} (${total.newPairs.toLocaleString('en-US')} new)`]
      : []),
    `${count(total.rejected, 'record')} set aside`,
  ];
  return [...problems, `${found.join(', ')}.`].join('\n');
}
