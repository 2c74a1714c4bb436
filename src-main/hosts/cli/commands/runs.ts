// `atelier runs`: lists runs.
import { runStatuses, type RunFilter, type RunSummary } from '#contract/run';
import type { RunStore } from '#engine/ports';
import type { Command, CommandContext, Outcome } from '../command.ts';
import { count, table } from '../table.ts';
import { duration, figure, localTime, oneLine, shortId } from '../text.ts';
import { someOf, text, wholeNumber } from '../values.ts';

export const runsCommand: Command = {
  name: 'runs',
  positionals: 'none',
  usage: `atelier runs [--status ${runStatuses.join('|')}]… [--agent NAME] [--limit N]`,
  summary: 'Lists runs, the newest first.',
  options: {
    status: { type: 'string', multiple: true },
    agent: { type: 'string' },
    limit: { type: 'string' },
  },
  optionHelp: [
    ['--status STATUS', 'only these; may be repeated'],
    ['--agent NAME', 'only of this agent'],
    ['--limit N', 'at most so many (50)'],
  ],
  run: (context) => Promise.resolve(listRuns(context)),
};

function listRuns({ values, open }: CommandContext): Outcome {
  const status = someOf(values, 'status', runStatuses);
  const agent = text(values, 'agent');
  const filter = { ...(status === undefined ? {} : { status }), ...(agent === undefined ? {} : { agent }) };
  const { runs } = open();
  const { items, next } = newest(runs, filter, wholeNumber(values, 'limit') ?? 50);
  const counts = runs.counts();
  const rows = items.map((run) => [
    shortId(run.id),
    run.agent,
    statusText(run),
    String(run.step),
    figure(run.usage.inputTokens + run.usage.outputTokens),
    localTime(run.createdAt),
    duration(Math.max(0, (run.endedAt ?? run.updatedAt) - run.createdAt)),
    oneLine(run.title, 48),
  ]);
  const more = next === undefined ? '' : `\n${count(counts.total, 'run')} in all; --limit shows more.`;
  return {
    json: { total: counts.total, byStatus: counts.byStatus, runs: items },
    text:
      items.length === 0
        ? 'No run fits. `atelier run FILE` starts one.'
        : table(['ID', 'AGENT', 'STATUS', 'STEP', 'TOKENS', 'STARTED', 'TOOK', 'TITLE'], rows) + more,
  };
}

/** Whoever lists runs has the workspace, and runs none: what says it is under way was cut off. */
function statusText({ status, open }: RunSummary): string {
  if (status === 'running' || status === 'queued') return 'cut off';
  return open > 0 ? `${status} (${open})` : status;
}

/** The first `limit`, and whether there are more. */
function newest(
  runs: RunStore,
  filter: RunFilter,
  limit: number,
): { readonly items: RunSummary[]; readonly next: string | undefined } {
  const items: RunSummary[] = [];
  let after: string | undefined;
  do {
    const page = runs.list(filter, after, Math.max(1, Math.min(500, limit - items.length)));
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined && items.length < limit);
  return { items: items.slice(0, limit), next: items.length > limit ? items[limit - 1]?.id : after };
}
