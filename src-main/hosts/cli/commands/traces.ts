// `atelier traces`: lists traces, shows one, writes them out again.
import { resolve } from 'node:path';
import { formatSchema, transcriptTargetSchema, type TraceFilter, type TraceSummary } from '#contract/trace';
import type { Command, CommandContext, Outcome, Values } from '../command.ts';
import { exportTranscriptsTo } from '#engine/trace/export/run';
import { traceDetail } from '#engine/trace/detail';
import { Problem } from '#engine/problem';
import { count, table } from '../table.ts';
import { oneLine, shortId } from '../text.ts';
import { idFrom } from '../ids.ts';
import { flag, oneOf, someOf, text, texts, wholeNumber } from '../values.ts';
import { transcriptText } from '../transcript.ts';

export const tracesCommand: Command = {
  name: 'traces',
  positionals: 'one',
  usage:
    'atelier traces [TRACE] [--group G] [--model M] [--source FORMAT] [--error] [--find WORDS] [--limit N] [--out FILE --as source|openai-chat [--force]]',
  summary: 'Lists traces, shows one, or writes them to a file.',
  options: {
    group: { type: 'string', multiple: true },
    model: { type: 'string', multiple: true },
    source: { type: 'string', multiple: true },
    error: { type: 'boolean' },
    find: { type: 'string' },
    limit: { type: 'string' },
    out: { type: 'string' },
    as: { type: 'string' },
    force: { type: 'boolean' },
  },
  optionHelp: [
    ['TRACE', 'shows this trace: its messages, or with --json all of it'],
    ['--group, --model, --source', 'only these; may be repeated'],
    ['--error', 'only traces with an error'],
    ['--find WORDS', 'full text over turns and span names'],
    ['--limit N', 'at most so many (100)'],
    ['--out FILE', 'writes the traces instead of listing them'],
    ['--as source|openai-chat', 'as they came in (default), or as OpenAI chat JSONL'],
    ['--force', 'replaces a file that exists and holds something else'],
  ],
  run: async (context) => {
    const { positionals, values } = context;
    if (positionals[0] !== undefined) return showTrace(context, positionals[0]);
    if (text(values, 'out') !== undefined) return writeTraces(context);
    return listTraces(context);
  },
};

function filterOf(values: Values): TraceFilter {
  const group = texts(values, 'group');
  const model = texts(values, 'model');
  const source = someOf(values, 'source', formatSchema.options);
  const find = text(values, 'find');
  return {
    ...(group === undefined ? {} : { group }),
    ...(model === undefined ? {} : { model }),
    ...(source === undefined ? {} : { source }),
    ...(find === undefined ? {} : { text: find }),
    ...(flag(values, 'error') ? { error: true } : {}),
  };
}

function listTraces({ values, open }: CommandContext): Outcome {
  const page = open().traces.list(
    filterOf(values),
    { by: 'position', descending: false },
    0,
    wholeNumber(values, 'limit') ?? 100,
  );
  const rows = page.items.map((trace) => [
    shortId(trace.id),
    trace.source,
    trace.group ?? '',
    trace.model ?? '',
    scores(trace),
    String(trace.messageCount),
    oneLine(trace.name, 60),
  ]);
  const more = page.total > page.items.length ? `\n${count(page.total, 'trace')} in all; --limit shows more.` : '';
  return {
    json: { total: page.total, traces: page.items },
    text:
      page.total === 0
        ? 'No trace fits.'
        : table(['ID', 'SOURCE', 'GROUP', 'MODEL', 'SCORE', 'MESSAGES', 'NAME'], rows) + more,
  };
}

function scores(trace: TraceSummary): string {
  return trace.scores.map((score) => `${score.name} ${score.value}`).join(', ');
}

function showTrace({ open }: CommandContext, id: string): Outcome {
  const store = open();
  const detail = traceDetail(store, idFrom(store.traces, id, 'trace'));
  return { json: detail, text: transcriptText(detail) };
}

async function writeTraces({ values, open, cwd, task }: CommandContext): Promise<Outcome> {
  const file = resolve(cwd, text(values, 'out') ?? '');
  const target = oneOf(values, 'as', transcriptTargetSchema.options) ?? 'source';
  const destination = { path: file, overwrite: flag(values, 'force') };
  try {
    const written = await exportTranscriptsTo(open(), filterOf(values), target, destination, task);
    return { json: { ...written, file }, text: `${count(written.records, 'record')} written to ${file}.` };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'CONFLICT') throw error;
    throw new Problem(error.code, error.message, 'Give another name, or --force to replace it.', { cause: error });
  }
}
