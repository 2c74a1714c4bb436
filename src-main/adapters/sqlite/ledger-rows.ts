// Entries of the ledger between their rows and the contract's form: what a row says is what its hash is made of.
import type { LedgerEntry, Purpose } from '#contract/egress';
import { toAnyKey } from './call-rows.ts';
import { fromKey, toKey, type TextColumn } from './columns.ts';
import type { Bindable } from './connection.ts';
import type { Names } from './names.ts';

/** A kind as it stands in its row. */
export const kindNumbers: Readonly<Record<LedgerEntry['kind'], number>> = { open: 0, close: 1, refused: 2 };
const kindNames = new Map(Object.entries(kindNumbers).map(([name, number]) => [number, name as LedgerEntry['kind']]));

export const ledgerColumns = [
  'n',
  'at',
  'kind',
  'opens',
  'host',
  'port',
  'method',
  'path',
  'purpose',
  'run',
  'key',
  'model',
  'secret',
  'sent',
  'received',
  'status',
  'ms',
  'reason',
  'hash',
] as const;

export interface LedgerRow {
  readonly n: number;
  readonly at: number;
  readonly kind: number;
  readonly opens: number | null;
  readonly host: number;
  readonly port: number;
  readonly method: number | null;
  readonly path: number | null;
  readonly purpose: number;
  readonly run: TextColumn | null;
  readonly key: number | null;
  readonly model: number | null;
  readonly secret: number | null;
  readonly sent: number | null;
  readonly received: number | null;
  readonly status: number | null;
  readonly ms: number | null;
  readonly reason: number | null;
  readonly hash: TextColumn;
}

/** In the order of `ledgerColumns`. */
export function ledgerValues(entry: LedgerEntry, names: Names): Bindable[] {
  return [
    entry.n,
    entry.at,
    kindNumbers[entry.kind],
    entry.opens,
    names.add(entry.host),
    entry.port,
    names.addSome(entry.method),
    names.addSome(entry.path),
    names.add(entry.purpose),
    entry.run === undefined ? undefined : toAnyKey(entry.run),
    names.addSome(entry.key),
    names.addSome(entry.model),
    names.addSome(entry.secret),
    entry.sent,
    entry.received,
    entry.status,
    entry.ms,
    names.addSome(entry.reason),
    toKey(entry.hash),
  ];
}

/**
 * Whatever somebody has made of the row, an entry: its hash tells that it is not the one that was written. Members one by one, as a check reads
 * millions.
 */
export function entryOf(row: LedgerRow, names: Names): LedgerEntry {
  const entry: { -readonly [Name in keyof LedgerEntry]: LedgerEntry[Name] } = {
    n: row.n,
    at: row.at,
    kind: kindNames.get(row.kind) ?? (`kind ${row.kind}` as LedgerEntry['kind']),
    host: names.of(row.host),
    port: row.port,
    purpose: names.of(row.purpose) as Purpose,
    hash: keyOf(row.hash),
  };
  if (row.opens !== null) entry.opens = row.opens;
  if (row.method !== null) entry.method = names.of(row.method);
  if (row.path !== null) entry.path = names.of(row.path);
  if (row.run !== null) entry.run = keyOf(row.run);
  if (row.key !== null) entry.key = names.of(row.key);
  if (row.model !== null) entry.model = names.of(row.model);
  if (row.secret !== null) entry.secret = names.of(row.secret);
  if (row.sent !== null) entry.sent = row.sent;
  if (row.received !== null) entry.received = row.received;
  if (row.status !== null) entry.status = row.status;
  if (row.ms !== null) entry.ms = row.ms;
  if (row.reason !== null) entry.reason = names.of(row.reason);
  return entry;
}

/** A column that somebody has changed may hold a number. */
function keyOf(column: TextColumn): string {
  return typeof column === 'number' ? String(column) : fromKey(column);
}
