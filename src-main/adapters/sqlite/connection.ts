// One connection: typed statements, nested transactions, and who is told when a transaction is rolled back.
import type Database from 'better-sqlite3';
import type { Column } from './columns.ts';
import { problemOf } from './failures.ts';

/** What may be bound to a statement; better-sqlite3 binds undefined as NULL. */
export type Bindable = Column | undefined;

/** What changed is counted by part of the store, so that what was computed from it is known to be stale. */
export type Part = 'turns' | 'traces' | 'pairs' | 'labels';

/**
 * A prepared statement whose failures are problems. In one that joins tables write `= +?`: SQLite (3.54) otherwise prepares it anew each time a
 * value is bound to what it searches by, which takes ten times as long as the search.
 */
export class Statement<Row> {
  readonly #statement: Database.Statement<unknown[], Row>;

  constructor(statement: Database.Statement<unknown[], Row>) {
    this.#statement = statement;
  }

  get(...values: Bindable[]): Row | undefined {
    try {
      return this.#statement.get(...values);
    } catch (error) {
      throw problemOf(error);
    }
  }

  all(...values: Bindable[]): Row[] {
    try {
      return this.#statement.all(...values);
    } catch (error) {
      throw problemOf(error);
    }
  }

  /** Returns how many rows changed. */
  run(...values: Bindable[]): number {
    try {
      return this.#statement.run(...values).changes;
    } catch (error) {
      throw problemOf(error);
    }
  }

  /** Runs an INSERT that may do nothing; returns the new row's integer key where there is one. */
  insertNew(...values: Bindable[]): number | undefined {
    try {
      const { changes, lastInsertRowid } = this.#statement.run(...values);
      return changes === 0 ? undefined : Number(lastInsertRowid);
    } catch (error) {
      throw problemOf(error);
    }
  }

  /** Runs an INSERT and returns the new row's integer key. */
  insert(...values: Bindable[]): number {
    try {
      return Number(this.#statement.run(...values).lastInsertRowid);
    } catch (error) {
      throw problemOf(error);
    }
  }
}

export class Connection {
  readonly #database: Database.Database;
  readonly #versions: Record<Part, number> = { turns: 0, traces: 0, pairs: 0, labels: 0 };
  readonly #onRollback: (() => void)[] = [];
  /** What has gone wrong for the innermost transaction: it will fail, and takes nothing more until it has. */
  #broken: { readonly error: unknown } | undefined;

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Rows as objects by column name. */
  prepare<Row extends object>(sql: string): Statement<Row> {
    return new Statement(this.#database.prepare<unknown[], Row>(sql));
  }

  /** Only the first column of each row. */
  pluck<Value extends Column>(sql: string): Statement<Value> {
    return new Statement(this.#database.prepare<unknown[], Value>(sql).pluck());
  }

  /** Rows as arrays. */
  rows<Row extends readonly Column[]>(sql: string): Statement<Row> {
    return new Statement(this.#database.prepare<unknown[], Row>(sql).raw());
  }

  exec(sql: string): void {
    try {
      this.#database.exec(sql);
    } catch (error) {
      throw problemOf(error);
    }
  }

  /** A counter that grows with every change of that part. */
  version(part: Part): number {
    return this.#versions[part];
  }

  changed(part: Part): void {
    this.#versions[part] += 1;
  }

  /** `listener` runs after anything was rolled back: what it keeps in memory may never have happened. */
  onRollback(listener: () => void): void {
    this.#onRollback.push(listener);
  }

  get isInTransaction(): boolean {
    return this.#database.inTransaction;
  }

  /** All of `work` or nothing. Inside another transaction a savepoint: the outermost commits, and is on disk when it returns. */
  transaction<T>(work: () => T): T {
    this.#refuseMore();
    const nested = this.#database.inTransaction;
    this.exec(nested ? 'SAVEPOINT nested' : 'BEGIN IMMEDIATE');
    try {
      const result = work();
      if (result instanceof Promise)
        throw new TypeError('The work of a transaction must be done when it returns, not later.');
      this.#refuseMore();
      this.exec(nested ? 'RELEASE nested' : 'COMMIT');
      return result;
    } catch (error) {
      // A full disk may make SQLite roll everything back by itself, the outer transactions too.
      const open = this.#database.inTransaction;
      this.#broken = nested && !open ? { error } : undefined;
      if (open) this.exec(nested ? 'ROLLBACK TO nested; RELEASE nested' : 'ROLLBACK');
      this.#forget();
      throw error;
    }
  }

  /**
   * As `transaction`, without waiting for the disk: it outlives this process, however that ends; a power failure may take the last ones.
   * Inside another transaction a part of that.
   */
  relaxed<T>(work: () => T): T {
    if (this.#database.inTransaction) return this.transaction(work);
    this.exec('PRAGMA synchronous = NORMAL');
    try {
      return this.transaction(work);
    } finally {
      this.exec('PRAGMA synchronous = FULL');
    }
  }

  /**
   * As `transaction`, but inside another one simply a part of it: the full-text index writes all it has gathered to disk at every
   * savepoint, which costs an import a third of its time. What may go wrong with the values must show before `work`; what still fails in
   * it is the disk, and takes the outer transaction with it, even where that catches the failure.
   */
  part<T>(work: () => T): T {
    this.#refuseMore();
    if (!this.#database.inTransaction) return this.transaction(work);
    try {
      return work();
    } catch (error) {
      this.#broken = { error };
      throw error;
    }
  }

  close(): void {
    if (this.#database.open) this.#database.close();
  }

  #refuseMore(): void {
    if (this.#broken !== undefined) throw this.#broken.error;
  }

  #forget(): void {
    for (const part of ['turns', 'traces', 'pairs', 'labels'] as const) this.changed(part);
    for (const listener of this.#onRollback) listener();
  }
}
