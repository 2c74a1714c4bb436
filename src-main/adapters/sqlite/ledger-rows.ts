// Entries of the ledger between their rows and the contract's form: what a row says is what its hash is made of.
import type { LedgerEntry, Purpose } from '#contract/egress';
import { toAnyKey } from './call-rows.ts';
import { defined, fromKey, toKey, type TextColumn } from './columns.ts';
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

/** Whatever somebody has made of the row, an entry: its hash tells that it is not the one that was written. */
export function entryOf(row: LedgerRow, names: Names): LedgerEntry {
  return defined<LedgerEntry>({
    n: row.n,
    at: row.at,
    kind: kindNames.get(row.kind) ?? (`kind ${row.kind}` as LedgerEntry['kind']),
    opens: row.opens ?? undefined,
    host: names.of(row.host),
    port: row.port,
    method: names.ofSome(row.method),
    path: names.ofSome(row.path),
    purpose: names.of(row.purpose) as Purpose,
    run: row.run === null ? undefined : keyOf(row.run),
    key: names.ofSome(row.key),
    model: names.ofSome(row.model),
    secret: names.ofSome(row.secret),
    sent: row.sent ?? undefined,
    received: row.received ?? undefined,
    status: row.status ?? undefined,
    ms: row.ms ?? undefined,
    reason: names.ofSome(row.reason),
    hash: keyOf(row.hash),
  });
}

/** A column that somebody has changed may hold a number. */
function keyOf(column: TextColumn): string {
  return typeof column === 'number' ? String(column) : fromKey(column);
}
