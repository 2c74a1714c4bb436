// Calls of models in SQLite, with what they used and what was said in them.
import type { KeyUse } from '#contract/gateway';
import type { SpentToday } from '#contract/model';
import type { TurnId } from '#contract/turn';
import type { CallRecord, CallStore, Exchange, SpentFilter, WireDialect } from '#engine/network-ports';
import { callColumns, callOf, callValues, toAnyKey, toCallKey, type CallRow } from './call-rows.ts';
import type { CallSums } from './call-sums.ts';
import type { Connection, Statement } from './connection.ts';
import type { Exchanges } from './exchanges.ts';
import type { Names } from './names.ts';

export interface CallParts {
  readonly names: Names;
  readonly sums: CallSums;
  readonly exchanges: Exchanges;
}

export class SqliteCalls implements CallStore {
  readonly #db: Connection;
  readonly #parts: CallParts;
  readonly #number: Statement<number>;
  readonly #insert: Statement<object>;
  readonly #update: Statement<object>;
  readonly #get: Statement<CallRow>;
  readonly #all: Statement<CallRow>;
  readonly #ofKey: Statement<CallRow>;
  readonly #ofRun: Statement<CallRow>;
  readonly #ofBoth: Statement<CallRow>;
  readonly #open: Statement<CallRow>;

  constructor(db: Connection, parts: CallParts) {
    this.#db = db;
    this.#parts = parts;
    this.#number = db.pluck('SELECT n FROM calls WHERE id = ?');
    this.#insert = db.prepare(
      `INSERT INTO calls (${callColumns.join(', ')}) VALUES (${callColumns.map(() => '?').join(', ')})`,
    );
    this.#update = db.prepare(
      `UPDATE calls SET ${callColumns.map((column) => `${column} = ?`).join(', ')} WHERE n = ?`,
    );
    const newest = (where: string): Statement<CallRow> =>
      db.prepare(`SELECT * FROM calls ${where} ORDER BY n DESC LIMIT ?`);
    this.#get = db.prepare('SELECT * FROM calls WHERE id = ?');
    this.#all = newest('');
    this.#ofKey = newest('WHERE key = ?');
    this.#ofRun = newest('WHERE run = ?');
    this.#ofBoth = newest('WHERE key = ? AND run = ?');
    this.#open = db.prepare('SELECT * FROM calls WHERE state < 2 ORDER BY n LIMIT ?');
  }

  put(calls: readonly CallRecord[]): void {
    if (calls.length === 0) return;
    const put = (): void => {
      for (const call of calls) this.#putOne(call);
    };
    if (this.#db.isInTransaction) this.#db.part(put);
    else this.#db.relaxed(put);
  }

  #putOne(call: CallRecord): void {
    const values = callValues(call, this.#parts.names);
    const known = this.#number.get(toCallKey(call.id));
    if (known !== undefined) {
      this.#parts.sums.count(known, -1);
      this.#update.run(...values, known);
    }
    this.#parts.sums.count(known ?? this.#insert.insert(...values), 1);
  }

  get(id: string): CallRecord | undefined {
    const row = this.#get.get(toCallKey(id));
    return row === undefined ? undefined : callOf(row, this.#parts.names);
  }

  list({ key, run }: { readonly key?: string; readonly run?: string }, limit: number): CallRecord[] {
    const keyNumber = key === undefined ? undefined : this.#parts.names.find(key);
    if (key !== undefined && keyNumber === undefined) return [];
    const runKey = run === undefined ? undefined : toAnyKey(run);
    if (keyNumber === undefined && runKey === undefined) return this.#calls(this.#all.all(limit));
    if (runKey === undefined) return this.#calls(this.#ofKey.all(keyNumber, limit));
    if (keyNumber === undefined) return this.#calls(this.#ofRun.all(runKey, limit));
    return this.#calls(this.#ofBoth.all(keyNumber, runKey, limit));
  }

  #calls(rows: readonly CallRow[]): CallRecord[] {
    return rows.map((row) => callOf(row, this.#parts.names));
  }

  unfinished(limit: number): CallRecord[] {
    return this.#calls(this.#open.all(limit));
  }

  spent(filter: SpentFilter): SpentToday {
    return this.#parts.sums.spent(filter);
  }

  usedByKey(from: number): KeyUse[] {
    return this.#parts.sums.usedByKey(from);
  }

  putExchange(exchange: Exchange): void {
    this.#parts.exchanges.put(exchange);
  }

  exchange(id: string): Exchange | undefined {
    return this.#parts.exchanges.get(id);
  }

  answersTo(read: TurnId, dialect: WireDialect, limit: number): Exchange[] {
    return this.#parts.exchanges.answersTo(read, dialect, limit);
  }

  wroteBy(turn: TurnId, limit: number): CallRecord[] {
    return this.#calls(this.#parts.exchanges.callsThatWrote(turn, limit));
  }
}
