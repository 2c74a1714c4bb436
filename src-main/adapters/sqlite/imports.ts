// Imports and what they set aside, in SQLite.
import type { ImportSummary, Reject } from '#contract/import';
import type { Page } from '#contract/trace';
import type { ImportStore } from '#engine/ports';
import { Problem } from '#engine/problem';
import { fromJson, toJson, toKey } from './columns.ts';
import type { Connection, Statement } from './connection.ts';
import { RecentNumbers } from './recent-numbers.ts';

/** Numbers of so many imports are remembered. */
const remembered = 100;

export class SqliteImports implements ImportStore {
  readonly #db: Connection;
  readonly #numbers: RecentNumbers;
  readonly #number: Statement<number>;
  readonly #put: Statement<object>;
  readonly #get: Statement<string>;
  readonly #list: Statement<string>;
  readonly #addReject: Statement<object>;
  readonly #rejects: Statement<string>;
  readonly #countRejects: Statement<number>;

  constructor(db: Connection) {
    this.#db = db;
    this.#numbers = new RecentNumbers(db, remembered);
    this.#number = db.pluck('SELECT n FROM imports WHERE id = ?');
    this.#put = db.prepare(
      'INSERT INTO imports (id, summary) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET summary = excluded.summary',
    );
    this.#get = db.pluck('SELECT summary FROM imports WHERE id = ?');
    this.#list = db.pluck('SELECT summary FROM imports ORDER BY n DESC');
    this.#addReject = db.prepare('INSERT INTO rejects (import, reject) VALUES (?, ?)');
    this.#rejects = db.pluck(
      'SELECT reject FROM rejects WHERE import = (SELECT n FROM imports WHERE id = ?) ORDER BY n LIMIT ? OFFSET ?',
    );
    this.#countRejects = db.pluck('SELECT count(*) FROM rejects WHERE import = (SELECT n FROM imports WHERE id = ?)');
  }

  /** The number of a stored import that another row refers to. */
  reference(id: string): number {
    const number = this.#numbers.or(id, () => this.#number.get(toKey(id)));
    if (number === undefined) throw new Problem('NOT_FOUND', `The import ${id} is not in the workspace.`);
    return number;
  }

  put(summary: ImportSummary): void {
    this.#put.run(toKey(summary.id), toJson(summary));
  }

  get(id: string): ImportSummary | undefined {
    const text = this.#get.get(toKey(id));
    return text === undefined ? undefined : fromJson<ImportSummary>(text);
  }

  list(): ImportSummary[] {
    return this.#list.all().map((text) => fromJson<ImportSummary>(text));
  }

  addRejects(importId: string, rejects: readonly Reject[]): void {
    if (rejects.length === 0) return;
    const number = this.reference(importId);
    this.#db.transaction(() => {
      for (const reject of rejects) this.#addReject.run(number, toJson(reject));
    });
  }

  rejects(importId: string, offset: number, limit: number): Page<Reject> {
    const key = toKey(importId);
    const items = this.#rejects.all(key, limit, offset).map((text) => fromJson<Reject>(text));
    return { items, total: this.#countRejects.get(key) ?? 0 };
  }
}
