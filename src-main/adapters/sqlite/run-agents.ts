// Agents that have runs, by name and by number; there are few, so those seen stay in memory.
import { fromText, toText, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';

export class RunAgents {
  readonly #find: Statement<number>;
  readonly #name: Statement<TextColumn>;
  readonly #insert: Statement<object>;
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<number, string>();

  constructor(db: Connection) {
    this.#find = db.pluck('SELECT n FROM run_agents WHERE name = ?');
    this.#name = db.pluck('SELECT name FROM run_agents WHERE n = ?');
    this.#insert = db.prepare('INSERT INTO run_agents (name) VALUES (?)');
    db.onRollback(() => {
      this.#numbers.clear();
      this.#names.clear();
    });
  }

  number(name: string): number | undefined {
    const known = this.#numbers.get(name) ?? this.#find.get(toText(name));
    if (known !== undefined) this.#numbers.set(name, known);
    return known;
  }

  /** Of a number that a row has. */
  name(number: number): string {
    const known = this.#names.get(number) ?? fromText(this.#name.get(number) ?? '');
    this.#names.set(number, known);
    return known;
  }

  /** The agent's number, a new one where it has none. */
  add(name: string): number {
    const number = this.number(name) ?? this.#insert.insert(toText(name));
    this.#numbers.set(name, number);
    return number;
  }
}
