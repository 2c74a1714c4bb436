// Full-text search over turns: which turns match, and which have a match on the way to them.
import type { Connection, Statement } from './connection.ts';
import { Recent } from './recent.ts';
import type { TurnTree } from './tree.ts';
import type { Words } from './words.ts';

/** 1 at the number of each turn that matches. */
export type Marks = Uint8Array;

const keptSearches = 4;

export class TurnSearch {
  readonly #db: Connection;
  readonly #words: Words;
  readonly #tree: TurnTree;
  readonly #match: Statement<number>;
  readonly #matches = new Recent<Marks>(keptSearches);
  readonly #paths = new Recent<Marks>(keptSearches);

  constructor(db: Connection, words: Words, tree: TurnTree) {
    this.#db = db;
    this.#words = words;
    this.#tree = tree;
    this.#match = db.pluck('SELECT rowid FROM turn_words WHERE turn_words MATCH ?');
  }

  /** The turns whose own text has all words of `text`. */
  matches(text: string): Marks {
    return this.#matches.get(text, this.#db.version('turns'), () => {
      const marks = new Uint8Array(this.#tree.last() + 1);
      const query = this.#words.query(text);
      if (query !== undefined) {
        for (const turn of this.#match.all(query)) marks[turn] = 1;
      }
      return marks;
    });
  }

  /** The turns that match or have a match above them: a trace matches where its leaf is one of these. */
  onPath(text: string): Marks {
    return this.#paths.get(text, this.#db.version('turns'), () => {
      const marks = this.matches(text).slice();
      const parents = this.#tree.parents();
      for (let turn = 1; turn < marks.length; turn += 1) {
        if (marks[parents[turn] ?? 0] === 1) marks[turn] = 1;
      }
      return marks;
    });
  }
}
