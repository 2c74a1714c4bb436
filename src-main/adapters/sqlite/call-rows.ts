// Calls between their rows and the port's form.
import type { CallRecord } from '#engine/network-ports';
import { defined, fromKey, fromText, runIdBytes, toKey, toText, type TextColumn } from './columns.ts';
import type { Bindable } from './connection.ts';
import type { Names } from './names.ts';

/** A state as it stands in its row; below 2 it is under way. */
const stateNumbers: Readonly<Record<CallRecord['state'], number>> = {
  waiting: 0,
  streaming: 1,
  done: 2,
  failed: 3,
  cancelled: 4,
};
const stateNames = new Map(Object.entries(stateNumbers).map(([name, number]) => [number, name as CallRecord['state']]));
const upstream = 0;
const record = 1;

export const callColumns = [
  'id',
  'key',
  'run',
  'at',
  'endpoint',
  'model',
  'provider',
  'stream',
  'state',
  'status',
  'source',
  'first_byte_ms',
  'ms',
  'input_tokens',
  'output_tokens',
  'cached_tokens',
  'cost_usd',
  'trace',
  'problem',
] as const;

export interface CallRow {
  readonly id: TextColumn;
  readonly key: number;
  readonly run: TextColumn | null;
  readonly at: number;
  readonly endpoint: number;
  readonly model: number | null;
  readonly provider: number | null;
  readonly stream: number;
  readonly state: number;
  readonly status: number | null;
  readonly source: number | null;
  readonly first_byte_ms: number | null;
  readonly ms: number | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cached_tokens: number | null;
  readonly cost_usd: number | null;
  readonly trace: TextColumn | null;
  readonly problem: TextColumn | null;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A UUID in small letters takes 16 bytes; any other id stays a string. */
export function toCallKey(id: string): TextColumn {
  return uuidPattern.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : toText(id);
}

export function fromCallKey(column: TextColumn): string {
  if (typeof column === 'string' || column.length !== 16) return fromText(column);
  const digits = fromKey(column);
  const parts = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)];
  return parts.join('-');
}

/** Ids of runs have 16 bytes, those of traces 16 or 32. */
export function toAnyKey(id: string): TextColumn {
  return toKey(id, id.length === runIdBytes * 2 ? runIdBytes : undefined);
}

/** In the order of `callColumns`. */
export function callValues(call: CallRecord, names: Names): Bindable[] {
  return [
    toCallKey(call.id),
    names.add(call.key),
    call.run === undefined ? undefined : toAnyKey(call.run),
    call.at,
    names.add(call.endpoint),
    names.addSome(call.model),
    names.addSome(call.provider),
    call.stream ? 1 : 0,
    stateNumbers[call.state],
    call.status,
    call.from === undefined ? undefined : sourceNumber(call.from),
    call.firstByteMs,
    call.ms,
    call.inputTokens,
    call.outputTokens,
    call.cachedTokens,
    call.costUsd,
    call.traceId === undefined ? undefined : toAnyKey(call.traceId),
    call.problem === undefined ? undefined : toText(call.problem),
  ];
}

function sourceNumber(from: NonNullable<CallRecord['from']>): number {
  return from === 'record' ? record : upstream;
}

export function callOf(row: CallRow, names: Names): CallRecord {
  return defined<CallRecord>({
    id: fromCallKey(row.id),
    key: names.of(row.key),
    run: row.run === null ? undefined : fromKey(row.run),
    at: row.at,
    endpoint: names.of(row.endpoint),
    model: names.ofSome(row.model),
    provider: names.ofSome(row.provider),
    stream: row.stream === 1,
    // A list of calls must not fail for one that somebody has damaged.
    state: stateNames.get(row.state) ?? 'failed',
    status: row.status ?? undefined,
    from: row.source === null ? undefined : row.source === record ? 'record' : 'upstream',
    firstByteMs: row.first_byte_ms ?? undefined,
    ms: row.ms ?? undefined,
    inputTokens: row.input_tokens ?? undefined,
    outputTokens: row.output_tokens ?? undefined,
    cachedTokens: row.cached_tokens ?? undefined,
    costUsd: row.cost_usd ?? undefined,
    traceId: row.trace === null ? undefined : fromKey(row.trace),
    problem: row.problem === null ? undefined : fromText(row.problem),
  });
}
