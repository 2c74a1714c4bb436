// Runs between their rows and the contract's form.
import type { Origin, RunError } from '#contract/journal';
import type { RunStatus, RunSummary } from '#contract/run';
import { defined, fromJson, fromKey, fromText, runIdBytes, toJson, toKey, toText, type TextColumn } from './columns.ts';
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

/** What is read of a run; `a` is its agent's row. */
export const runColumns = `r.n, r.id, a.name AS agent, r.status, r.wake_at, r.origin_run, r.shared, r.seq, r.step, r.updated_at,
  r.input_tokens, r.output_tokens, r.cost_usd, r.created_at, r.ended_at, r.open, r.seed, r.file, r.hash, r.version, r.title, r.error,
  r.origin, r.trace FROM runs r JOIN run_agents a ON a.n = r.agent`;

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
  readonly agent: TextColumn;
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

export function headOf(row: RunRow): Head {
  const fork = row.shared > 0 ? (row.origin_run ?? undefined) : undefined;
  return { n: row.n, parent: fork, shared: row.shared, run: toRun(row) };
}

function toRun(row: RunRow): RunSummary {
  const status = statusNames.get(row.status);
  if (status === undefined) throw new RangeError(`There is no status ${row.status} of runs.`);
  const usage = { inputTokens: row.input_tokens, outputTokens: row.output_tokens };
  return defined<RunSummary>({
    id: fromKey(row.id),
    agent: fromText(row.agent),
    file: fromText(row.file),
    hash: fromKey(row.hash),
    version: row.version === null ? undefined : fromText(row.version),
    status,
    seed: row.seed,
    title: fromText(row.title),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    endedAt: row.ended_at ?? undefined,
    step: row.step,
    seq: row.seq,
    usage: row.cost_usd === null ? usage : { ...usage, costUsd: row.cost_usd },
    open: row.open,
    wakeAt: row.wake_at ?? undefined,
    error: row.error === null ? undefined : fromJson<RunError>(row.error),
    origin: row.origin === null ? undefined : fromJson<Origin>(row.origin),
    traceId: row.trace === null ? undefined : fromKey(row.trace),
  });
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
