// The shape of the turn tree in memory: each turn's parent, four bytes a turn, read at the first use.
import type { Connection, Statement } from './connection.ts';

/**
 * Searches ask of every trace whether a turn on its path matches; to walk the tree in SQL for that takes seconds where this takes
 * milliseconds. A parent always has a smaller number than its children, so one pass in order of numbers reaches all descendants.
 */
export class TurnTree {
  readonly #turns: Statement<number>;
  readonly #above: Statement<number>;
  #parents: Int32Array<ArrayBuffer> | undefined;
  #last = 0;

  constructor(db: Connection) {
    // The index alone answers these, in its own order: the turns themselves are not read. Two lists of numbers come out twice as fast
    // as one of rows.
    this.#turns = db.pluck('SELECT n FROM turns INDEXED BY turns_parent ORDER BY parent, role, n');
    this.#above = db.pluck('SELECT ifnull(parent, 0) FROM turns INDEXED BY turns_parent ORDER BY parent, role, n');
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
    const turns = this.#turns.all();
    const above = this.#above.all();
    this.#last = turns.reduce((greatest, turn) => Math.max(greatest, turn), 0);
    const parents = new Int32Array(this.#last + 1024);
    for (const [index, turn] of turns.entries()) parents[turn] = above[index] ?? 0;
    this.#parents = parents;
  }
}

function grown(array: Int32Array<ArrayBuffer>, index: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(index + 1, array.length * 2));
  larger.set(array);
  return larger;
}
