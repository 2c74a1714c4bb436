// The ledger of what left the machine, in SQLite: entries are only ever added.
import type { EgressReport, LedgerEntry, LedgerFilter, LedgerPage, Purpose } from '#contract/egress';
import type { LedgerSpan, LedgerStore } from '#engine/network-ports';
import { Problem } from '#engine/problem';
import { toAnyKey } from './call-rows.ts';
import type { Bindable, Connection, Statement } from './connection.ts';
import { entryOf, kindNumbers, ledgerColumns, ledgerValues, type LedgerRow } from './ledger-rows.ts';
import type { Names } from './names.ts';

interface HostRow {
  readonly host: number;
  readonly port: number;
  readonly connections: number;
  readonly sent: number;
  readonly received: number;
  readonly refused: number;
}

interface UsedRow {
  readonly host: number;
  readonly port: number;
  readonly value: number;
}

export class SqliteLedger implements LedgerStore {
  readonly #db: Connection;
  readonly #names: Names;
  readonly #insert: Statement<object>;
  readonly #last: Statement<LedgerRow>;
  readonly #count: Statement<number>;
  readonly #entries: Statement<LedgerRow>;
  /** By the shape of the filter; there are as many as people ask for. */
  readonly #filtered = new Map<string, { readonly items: Statement<LedgerRow>; readonly total: Statement<number> }>();

  constructor(db: Connection, names: Names) {
    this.#db = db;
    this.#names = names;
    const places = ledgerColumns.map(() => '?').join(', ');
    this.#insert = db.prepare(`INSERT INTO ledger (${ledgerColumns.join(', ')}) VALUES (${places})`);
    this.#last = db.prepare('SELECT * FROM ledger ORDER BY n DESC LIMIT 1');
    this.#count = db.pluck('SELECT ifnull(max(n), 0) FROM ledger');
    this.#entries = db.prepare('SELECT * FROM ledger WHERE n > ? ORDER BY n LIMIT ?');
  }

  append(make: (last: LedgerEntry | undefined) => readonly LedgerEntry[]): readonly LedgerEntry[] {
    return this.#db.relaxed(() => {
      const last = this.last();
      const entries = make(last);
      let n = last?.n ?? 0;
      for (const entry of entries) {
        if (entry.n <= n) throw new Problem('INTERNAL', `The ledger's entry ${entry.n} does not come after ${n}.`);
        n = entry.n;
        this.#insert.run(...ledgerValues(entry, this.#names));
      }
      return entries;
    });
  }

  last(): LedgerEntry | undefined {
    const row = this.#last.get();
    return row === undefined ? undefined : entryOf(row, this.#names);
  }

  list(filter: LedgerFilter, offset: number, limit: number): LedgerPage {
    const conditions = this.#conditions(filter);
    if (conditions === undefined) return { items: [], total: 0 };
    const values = conditions.map(([, value]) => value);
    const { items, total } = this.#statements(conditions.map(([sql]) => sql));
    return {
      items: items.all(...values, limit, offset).map((row) => entryOf(row, this.#names)),
      total: conditions.length === 0 ? this.count() : (total.get(...values) ?? 0),
    };
  }

  /** undefined where a name was never written, so that nothing fits. */
  #conditions(filter: LedgerFilter): (readonly [sql: string, value: Bindable])[] | undefined {
    const named = { host: filter.host, key: filter.key, purpose: filter.purpose };
    const conditions: (readonly [string, Bindable])[] = [];
    for (const [column, name] of Object.entries(named)) {
      if (name === undefined) continue;
      const number = this.#names.find(name);
      if (number === undefined) return undefined;
      conditions.push([`${column} = ?`, number]);
    }
    // As a part of the text: the index of the refused is a partial one.
    if (filter.kind !== undefined) conditions.push([`kind = ${kindNumbers[filter.kind]} AND ? IS NULL`, null]);
    if (filter.port !== undefined) conditions.push(['port = ?', filter.port]);
    if (filter.run !== undefined) conditions.push(['run = ?', toAnyKey(filter.run)]);
    if (filter.from !== undefined) conditions.push(['at >= ?', filter.from]);
    if (filter.to !== undefined) conditions.push(['at < ?', filter.to]);
    return conditions;
  }

  #statements(conditions: readonly string[]): {
    readonly items: Statement<LedgerRow>;
    readonly total: Statement<number>;
  } {
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const known = this.#filtered.get(where);
    if (known !== undefined) return known;
    const made = {
      items: this.#db.prepare<LedgerRow>(`SELECT * FROM ledger ${where} ORDER BY n DESC LIMIT ? OFFSET ?`),
      total: this.#db.pluck<number>(`SELECT count(*) FROM ledger ${where}`),
    };
    this.#filtered.set(where, made);
    return made;
  }

  entries(after: number, limit: number): LedgerEntry[] {
    return this.#entries.all(after, limit).map((row) => entryOf(row, this.#names));
  }

  count(): number {
    return this.#count.get() ?? 0;
  }

  hosts(span: LedgerSpan): EgressReport['hosts'] {
    const { where, values } = spanned(span);
    const { open, close, refused } = kindNumbers;
    const rows = this.#db
      .prepare<HostRow>(`
        SELECT host, port, sum(kind = ${open}) AS connections, sum(kind = ${refused}) AS refused,
          ifnull(sum(iif(kind = ${close}, sent, 0)), 0) AS sent,
          ifnull(sum(iif(kind = ${close}, received, 0)), 0) AS received
        FROM ledger WHERE ${where} GROUP BY host, port ORDER BY sent DESC, min(n)`)
      .all(...values);
    const used = (column: 'secret' | 'purpose'): UsedRow[] =>
      this.#db
        .prepare<UsedRow>(`
          SELECT host, port, ${column} AS value FROM ledger WHERE ${where} AND ${column} IS NOT NULL
          GROUP BY host, port, ${column} ORDER BY min(n)`)
        .all(...values);
    const secrets = used('secret');
    const purposes = used('purpose');
    const namesOf = (all: readonly UsedRow[], row: HostRow): string[] =>
      all.filter(({ host, port }) => host === row.host && port === row.port).map(({ value }) => this.#names.of(value));
    return rows.map((row) => ({
      host: this.#names.of(row.host),
      port: row.port,
      connections: row.connections,
      sent: row.sent,
      received: row.received,
      refused: row.refused,
      secrets: namesOf(secrets, row),
      purposes: namesOf(purposes, row) as Purpose[],
    }));
  }

  unclosed(span: LedgerSpan): number[] {
    const { where, values } = spanned(span);
    return this.#db
      .pluck<number>(`
        SELECT n FROM ledger o WHERE ${where} AND kind = ${kindNumbers.open}
          AND NOT EXISTS (SELECT 1 FROM ledger c WHERE c.opens = o.n) ORDER BY n`)
      .all(...values);
  }
}

function spanned({ from, to, run }: LedgerSpan): { readonly where: string; readonly values: readonly Bindable[] } {
  if (run === undefined) return { where: 'at >= ? AND at < ?', values: [from, to] };
  return { where: 'run = ? AND at >= ? AND at < ?', values: [toAnyKey(run), from, to] };
}
