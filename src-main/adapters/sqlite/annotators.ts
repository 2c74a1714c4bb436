// Annotators by name, in SQLite.
import type { Annotator } from '#contract/label';
import { fromText, toText, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';

export class Annotators {
  readonly #number: Statement<number>;
  readonly #add: Statement<object>;
  readonly #list: Statement<{ readonly name: TextColumn; readonly created_at: number }>;

  constructor(db: Connection) {
    this.#number = db.pluck('SELECT n FROM annotators WHERE name = ?');
    this.#add = db.prepare('INSERT INTO annotators (name, created_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING');
    this.#list = db.prepare('SELECT name, created_at FROM annotators ORDER BY n');
  }

  number(name: string): number | undefined {
    return this.#number.get(toText(name));
  }

  /** The annotator's number; one who was not known is added. */
  ensure(name: string, at: number): number {
    return this.number(name) ?? this.#add.insert(toText(name), at);
  }

  add(annotator: Annotator): void {
    this.#add.run(toText(annotator.name), annotator.createdAt);
  }

  /** In order of arrival. */
  list(): Annotator[] {
    return this.#list.all().map((row) => ({ name: fromText(row.name), createdAt: row.created_at }));
  }
}
