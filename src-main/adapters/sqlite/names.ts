// Strings that rows repeat, by number and by name; those seen lately stay in memory.
import { fromText, toText, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';

/** Clients choose some of them (models): what is kept in memory is bounded. */
const keptNames = 10_000;

export class Names {
  readonly #find: Statement<number>;
  readonly #name: Statement<TextColumn>;
  readonly #insert: Statement<object>;
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<number, string>();

  constructor(db: Connection) {
    this.#find = db.pluck('SELECT n FROM names WHERE name = ?');
    this.#name = db.pluck('SELECT name FROM names WHERE n = ?');
    this.#insert = db.prepare('INSERT INTO names (name) VALUES (?)');
    db.onRollback(() => this.#forget());
  }

  /** undefined where no row ever had this name. */
  find(name: string): number | undefined {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const found = this.#find.get(toText(name));
    if (found !== undefined) this.#keep(found, name);
    return found;
  }

  /** The name's number, a new one where it has none. */
  add(name: string): number {
    const known = this.find(name);
    if (known !== undefined) return known;
    const number = this.#insert.insert(toText(name));
    this.#keep(number, name);
    return number;
  }

  /** As `add`; undefined stays undefined. */
  addSome(name: string | undefined): number | undefined {
    return name === undefined ? undefined : this.add(name);
  }

  /** Of a number that a row has; empty where the name is gone. */
  of(number: number): string {
    const known = this.#names.get(number);
    if (known !== undefined) return known;
    const column = this.#name.get(number);
    if (column === undefined) return '';
    const name = fromText(column);
    this.#keep(number, name);
    return name;
  }

  ofSome(number: number | null): string | undefined {
    return number === null ? undefined : this.of(number);
  }

  #keep(number: number, name: string): void {
    if (this.#names.size >= keptNames) this.#forget();
    this.#numbers.set(name, number);
    this.#names.set(number, name);
  }

  #forget(): void {
    this.#numbers.clear();
    this.#names.clear();
  }
}
