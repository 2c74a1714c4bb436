// The shape of the turn tree in memory: each turn's parent, four bytes a turn, read at the first use.
import type { Connection, Statement } from './connection.ts';

/**
 * Searches ask of every trace whether a turn on its path matches; to walk the tree in SQL for that takes seconds where this takes
 * milliseconds. A parent always has a smaller number than its children, so one pass in order of numbers reaches all descendants.
 */
export class TurnTree {
  readonly #all: Statement<[number, number | null]>;
  #parents: Int32Array<ArrayBuffer> | undefined;
  #last = 0;

  constructor(db: Connection) {
    // The index alone answers this: the turns themselves are not read.
    this.#all = db.rows('SELECT n, parent FROM turns INDEXED BY turns_parent');
    db.onRollback(() => {
      this.#parents = undefined;
    });
  }

  /** By turn number: the parent's number, 0 above a root. As long as `count() + 1` or longer. */
  parents(): Int32Array {
    if (this.#parents === undefined) this.#load();
    return this.#parents ?? new Int32Array(1);
  }

  /** The greatest turn number. */
  last(): number {
    this.parents();
    return this.#last;
  }

  /** Tells of a turn just stored. */
  add(turn: number, parent: number): void {
    if (this.#parents === undefined) return;
    if (turn >= this.#parents.length) this.#parents = grown(this.#parents, turn);
    this.#parents[turn] = parent;
    this.#last = Math.max(this.#last, turn);
  }

  /** Whether `ancestor` is `turn` or above it. */
  isAbove(ancestor: number, turn: number): boolean {
    const parents = this.parents();
    let at = turn;
    while (at > ancestor) at = parents[at] ?? 0;
    return at === ancestor;
  }

  #load(): void {
    let parents = new Int32Array(1024);
    this.#last = 0;
    this.#all.each(([turn, parent]) => {
      if (turn >= parents.length) parents = grown(parents, turn);
      parents[turn] = parent ?? 0;
      if (turn > this.#last) this.#last = turn;
    });
    this.#parents = parents;
  }
}

function grown(array: Int32Array<ArrayBuffer>, index: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(index + 1, array.length * 2));
  larger.set(array);
  return larger;
}
