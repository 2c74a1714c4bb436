// Turns a run's journal into a trace, in the tables that imports fill, from where it stopped the last time.
import { endedStatuses, type RunSummary } from '#contract/run';
import type { TraceSummary } from '#contract/trace';
import type { Store } from '../../ports.ts';
import { sha256 } from '../../turns/canonical.ts';
import { isEmptyContext } from '../../turns/path.ts';
import { errorText } from './attributes.ts';
import { newProgress, progressFromJson, progressToJson, type Progress } from './progress.ts';
import { SpanMaker } from './span-maker.ts';
import { noCounts } from '../no-counts.ts';

/** The import that all traces of runs belong to. */
export const runImport = 'runs';
/** Deeper transcripts keep the root they had: nothing is looked up that grows with them. */
const shallow = 64;

/**
 * Takes at most `limit` further events of the run in: spans, turns read and written, figures of its trace (whose id is the run's), and
 * the run's `traceId`. Returns whether events are left. Inside the caller's transaction; doing it again adds nothing. A run's trace holds
 * the part that a fork shares with its parent, too.
 */
export function projectRun(store: Store, runId: string, limit: number): boolean {
  const run = store.runs.get(runId);
  if (run === undefined) return false;
  const name = settingOf(runId);
  const progress = progressFromJson(store.settings.get(name)) ?? newProgress();
  const events = store.runs.events(runId, progress.seq, limit);
  if (events.length === 0) return false;
  const maker = new SpanMaker(store, run, progress);
  for (const event of events) maker.take(event);
  const before = traceOf(store, run);
  progress.spans += store.traces.putSpans(runId, maker.spans);
  store.traces.update(summaryOf(store, run, progress, before));
  const isLeft = progress.seq < run.seq;
  store.settings.set(name, isLeft || !endedStatuses.includes(run.status) ? progressToJson(progress) : undefined);
  if (run.traceId === undefined) store.runs.update({ ...run, traceId: runId });
  return isLeft;
}

/** Whether the trace tells all that the journal does. */
export function isProjected(store: Store, run: RunSummary): boolean {
  const progress = progressFromJson(store.settings.get(settingOf(run.id)));
  if (endedStatuses.includes(run.status)) return run.traceId !== undefined && progress === undefined;
  return progress !== undefined && progress.seq >= run.seq;
}

function settingOf(runId: string): string {
  return `trace of run ${runId}`;
}

/** The trace as it stands, made where there is none; one that a person removed stays removed. */
function traceOf(store: Store, run: RunSummary): TraceSummary {
  const known = store.traces.get(run.id)?.summary;
  if (known !== undefined) return known;
  const recordId = sha256(`atelier\n${run.id}`);
  putImport(store, run.createdAt);
  store.traces.putRecord({ id: recordId, importId: runImport, position: run.createdAt });
  const summary: TraceSummary = {
    id: run.id,
    name: nameOf(run),
    source: 'atelier',
    importId: runImport,
    // In the order they were started.
    position: run.createdAt,
    messageCount: 0,
    spanCount: 0,
    toolCallCount: 0,
    importedAt: run.createdAt,
    scores: [],
  };
  store.traces.put({ summary, recordId, side: '' });
  return summary;
}

function putImport(store: Store, now: number): void {
  if (store.imports.get(runImport) !== undefined) return;
  store.imports.put({
    id: runImport,
    file: 'Runs',
    format: 'atelier',
    bytes: 0,
    startedAt: now,
    finishedAt: now,
    state: 'done',
    ...noCounts,
  });
}

function summaryOf(store: Store, run: RunSummary, progress: Progress, before: TraceSummary): TraceSummary {
  const { leaf, model, group, inputTokens, outputTokens } = progress;
  return {
    id: before.id,
    name: nameOf(run),
    source: 'atelier',
    importId: before.importId,
    position: before.position,
    messageCount: leaf === undefined ? 0 : messagesOf(store, leaf, before),
    // A journal that is gone through afresh adds no span.
    spanCount: Math.max(before.spanCount, progress.spans),
    toolCallCount: progress.toolCalls,
    startedAt: run.createdAt,
    importedAt: before.importedAt,
    scores: before.scores,
    ...(group === undefined ? {} : { group }),
    ...(model === undefined ? {} : { model }),
    ...(run.error === undefined ? {} : { error: errorText(run.error) }),
    ...(leaf === undefined ? {} : { leaf: leaf.id }),
    ...(run.endedAt === undefined ? {} : { endedAt: run.endedAt }),
    ...(model === undefined ? {} : { inputTokens, outputTokens }),
  };
}

/** Messages of the path to the leaf; an empty context is none. */
function messagesOf(store: Store, leaf: { readonly id: string; readonly depth: number }, before: TraceSummary): number {
  if (before.leaf === leaf.id) return before.messageCount;
  const beforeDepth = before.leaf === undefined ? undefined : store.turns.get(before.leaf)?.depth;
  // A transcript that goes on has the root it had.
  if (leaf.depth > shallow && beforeDepth !== undefined) return leaf.depth + (before.messageCount - beforeDepth);
  const [root] = store.turns.path(leaf.id);
  return leaf.depth + (root === undefined || isEmptyContext(root.message) ? 0 : 1);
}

function nameOf(run: RunSummary): string {
  return run.title === '' ? run.agent : `${run.agent}: ${run.title}`;
}
