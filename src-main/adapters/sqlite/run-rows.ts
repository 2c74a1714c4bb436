// Runs between their rows and the contract's form.
import type { Origin, RunError } from '#contract/journal';
import type { RunStatus, RunSummary } from '#contract/run';
import { fromJson, fromKey, fromText, runIdBytes, toJson, toKey, toText, type TextColumn } from './columns.ts';
import type { Bindable } from './connection.ts';

/** A status as it stands in its row; a number is never given to another one. */
export const statusNumbers: Readonly<Record<RunStatus, number>> = {
  queued: 0,
  running: 1,
  paused: 2,
  waiting: 3,
  sleeping: 4,
  finished: 5,
  failed: 6,
  cancelled: 7,
  departed: 8,
};
const statusNames = new Map(Object.entries(statusNumbers).map(([name, number]) => [number, name as RunStatus]));

/** Whole rows. Agents are joined in memory: to join them here takes five times as long as all else. */
export const selectRuns = 'SELECT * FROM runs';

/** Columns that are written whole whenever one of them changes, in the order of `wholeValues`. */
export const wholeColumns = [
  'agent',
  'status',
  'wake_at',
  'created_at',
  'ended_at',
  'open',
  'seed',
  'file',
  'hash',
  'version',
  'title',
  'error',
  'origin',
  'trace',
] as const;

/** Columns that change with nearly every event, in the order of `advanceValues`. None is in an index. */
export const advanceColumns = ['seq', 'step', 'updated_at', 'input_tokens', 'output_tokens', 'cost_usd'] as const;

export interface RunRow {
  readonly n: number;
  readonly id: TextColumn;
  readonly agent: number;
  readonly status: number;
  readonly wake_at: number | null;
  readonly origin_run: number | null;
  readonly shared: number;
  readonly seq: number;
  readonly step: number;
  readonly updated_at: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd: number | null;
  readonly created_at: number;
  readonly ended_at: number | null;
  readonly open: number;
  readonly seed: number;
  readonly file: TextColumn;
  readonly hash: TextColumn;
  readonly version: TextColumn | null;
  readonly title: TextColumn;
  readonly error: string | null;
  readonly origin: string | null;
  readonly trace: TextColumn | null;
}

/** A run as it is kept in memory: its row's number, whose journal it goes on with, and its summary. */
export interface Head {
  readonly n: number;
  /** Of the run whose first events are its own too; undefined where it shares none. */
  readonly parent: number | undefined;
  /** The last event that it shares. */
  readonly shared: number;
  readonly run: RunSummary;
}

export function toRunKey(id: string): TextColumn {
  return toKey(id, runIdBytes);
}

/** `agent`: the name of its agent. */
export function headOf(row: RunRow, agent: string): Head {
  const fork = row.shared > 0 ? (row.origin_run ?? undefined) : undefined;
  return { n: row.n, parent: fork, shared: row.shared, run: toRun(row, agent) };
}

/** Members one by one, as lists read hundreds. */
function toRun(row: RunRow, agent: string): RunSummary {
  // A list of runs must not fail for one that somebody has damaged.
  const status = statusNames.get(row.status) ?? 'failed';
  const usage = { inputTokens: row.input_tokens, outputTokens: row.output_tokens };
  const run: { -readonly [Key in keyof RunSummary]: RunSummary[Key] } = {
    id: fromKey(row.id),
    agent,
    file: fromText(row.file),
    hash: fromKey(row.hash),
    status,
    seed: row.seed,
    title: fromText(row.title),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    step: row.step,
    seq: row.seq,
    usage: row.cost_usd === null ? usage : { ...usage, costUsd: row.cost_usd },
    open: row.open,
  };
  if (row.version !== null) run.version = fromText(row.version);
  if (row.ended_at !== null) run.endedAt = row.ended_at;
  if (row.wake_at !== null) run.wakeAt = row.wake_at;
  if (row.error !== null) run.error = fromJson<RunError>(row.error);
  if (row.origin !== null) run.origin = fromJson<Origin>(row.origin);
  if (row.trace !== null) run.traceId = fromKey(row.trace);
  return run;
}

/** `agent`: the number of its agent. */
export function wholeValues(run: RunSummary, agent: number): Bindable[] {
  return [
    agent,
    statusNumbers[run.status],
    run.wakeAt,
    run.createdAt,
    run.endedAt,
    run.open,
    run.seed,
    toText(run.file),
    toKey(run.hash),
    run.version === undefined ? undefined : toText(run.version),
    toText(run.title),
    run.error === undefined ? undefined : toJson(run.error),
    run.origin === undefined ? undefined : toJson(run.origin),
    run.traceId === undefined ? undefined : toKey(run.traceId),
  ];
}

export function advanceValues(run: RunSummary): Bindable[] {
  return [run.seq, run.step, run.updatedAt, run.usage.inputTokens, run.usage.outputTokens, run.usage.costUsd];
}

/** Whether nothing differs but what `advanceColumns` hold. */
export function isAdvance(before: RunSummary, after: RunSummary): boolean {
  return (
    before.status === after.status &&
    before.wakeAt === after.wakeAt &&
    before.open === after.open &&
    before.agent === after.agent &&
    before.file === after.file &&
    before.hash === after.hash &&
    before.version === after.version &&
    before.seed === after.seed &&
    before.title === after.title &&
    before.createdAt === after.createdAt &&
    before.endedAt === after.endedAt &&
    before.error === after.error &&
    before.origin === after.origin &&
    before.traceId === after.traceId
  );
}
