// Numbers of rows by their ids, of those seen lately: rows that refer to one another are mostly written together.
import type { Connection } from './connection.ts';

/** For rows that are never deleted. */
export class RecentNumbers {
  readonly #limit: number;
  /** When the one is full it becomes the other, so that no place in an order need be kept for each. */
  #young = new Map<string, number>();
  #old = new Map<string, number>();

  /** Between `limit` and twice as many are kept. */
  constructor(db: Connection, limit: number) {
    this.#limit = limit;
    db.onRollback(() => {
      this.#young.clear();
      this.#old.clear();
    });
  }

  get(id: string): number | undefined {
    const young = this.#young.get(id);
    if (young !== undefined) return young;
    const old = this.#old.get(id);
    if (old !== undefined) this.set(id, old);
    return old;
  }

  set(id: string, number: number): void {
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(id, number);
  }

  /** The known one, or what `find` finds. */
  or(id: string, find: () => number | undefined): number | undefined {
    const known = this.get(id);
    if (known !== undefined) return known;
    const found = find();
    if (found !== undefined) this.set(id, found);
    return found;
  }
}
