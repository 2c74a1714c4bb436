// Agents that have runs, by name.
import { toText } from './columns.ts';
import type { Connection, Statement } from './connection.ts';

export class RunAgents {
  readonly #find: Statement<number>;
  readonly #insert: Statement<object>;
  readonly #numbers = new Map<string, number>();

  constructor(db: Connection) {
    this.#find = db.pluck('SELECT n FROM run_agents WHERE name = ?');
    this.#insert = db.prepare('INSERT INTO run_agents (name) VALUES (?)');
    db.onRollback(() => this.#numbers.clear());
  }

  number(name: string): number | undefined {
    const known = this.#numbers.get(name) ?? this.#find.get(toText(name));
    if (known !== undefined) this.#numbers.set(name, known);
    return known;
  }

  /** The agent's number, a new one where it has none. */
  add(name: string): number {
    const number = this.number(name) ?? this.#insert.insert(toText(name));
    this.#numbers.set(name, number);
    return number;
  }
}
