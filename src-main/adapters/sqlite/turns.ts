// The turn tree in SQLite.
import type { Message, Role, Turn, TurnId } from '#contract/turn';
import type { TurnStore } from '#engine/ports';
import { Problem } from '#engine/problem';
import { searchText } from '#engine/turns/search-text';
import { storedLength } from './chain.ts';
import { fromJson, fromKey, toJson, toKey, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';
import { RecentNumbers } from './recent-numbers.ts';
import type { TurnTree } from './tree.ts';
import { wordText } from './words.ts';

/** A role stands in its row as its place here; never reorder. */
const roles: readonly Role[] = ['context', 'system', 'user', 'assistant', 'tool'];

interface Row {
  readonly n: number;
  readonly id: TextColumn;
  readonly parent: TextColumn | null;
  readonly depth: number;
  readonly message: string;
}

/** A turn on its way into the table. */
interface NewRow {
  readonly id: TurnId;
  readonly key: TextColumn;
  readonly depth: number;
  readonly role: number;
  readonly message: string;
  readonly words: string;
}

/** Numbers of so many turns are remembered. */
const remembered = 10_000;

const columns = 't.n, t.id, p.id AS parent, t.depth, t.message FROM turns t LEFT JOIN turns p ON p.n = t.parent';

export class SqliteTurns implements TurnStore {
  readonly #db: Connection;
  readonly #tree: TurnTree;
  readonly #numbers: RecentNumbers;
  readonly #number: Statement<number>;
  readonly #insert: Statement<object>;
  readonly #insertWords: Statement<object>;
  readonly #get: Statement<Row>;
  readonly #path: Statement<Row>;
  readonly #children: Statement<Row>;
  readonly #newestChildren: Statement<Row>;
  readonly #forks: Statement<{ parent: number; id: TextColumn }>;
  readonly #above: Statement<[number | null, number]>;
  readonly #id: Statement<TextColumn>;
  readonly #count: Statement<number>;

  constructor(db: Connection, tree: TurnTree) {
    this.#db = db;
    this.#tree = tree;
    this.#numbers = new RecentNumbers(db, remembered);
    this.#number = db.pluck('SELECT n FROM turns WHERE id = ?');
    this.#insert = db.prepare('INSERT INTO turns (id, parent, depth, role, message) VALUES (?, ?, ?, ?, ?)');
    this.#insertWords = db.prepare('INSERT INTO turn_words (rowid, text) VALUES (?, ?)');
    this.#get = db.prepare(`SELECT ${columns} WHERE t.id = +?`);
    this.#path = db.prepare(`
      WITH RECURSIVE up (n, parent) AS (
        SELECT n, parent FROM turns WHERE id = ?
        UNION ALL SELECT t.n, t.parent FROM up JOIN turns t ON t.n = up.parent
      )
      SELECT t.n, t.id, NULL AS parent, t.depth, t.message FROM up JOIN turns t ON t.n = up.n ORDER BY t.depth`);
    this.#children = db.prepare(`SELECT ${columns} WHERE t.parent = (SELECT n FROM turns WHERE id = ?) ORDER BY t.n`);
    // Rows are read of the newest alone: of the others their numbers, in the index.
    this.#newestChildren = db.prepare(`
      SELECT ${columns} WHERE t.n IN (
        SELECT n FROM turns WHERE parent = (SELECT n FROM turns WHERE id = ?) ORDER BY n DESC LIMIT ?
      ) ORDER BY t.n`);
    this.#forks = db.prepare(`
      SELECT f.parent, t.id FROM (
        SELECT parent FROM turns WHERE parent > ? AND role = ${roles.indexOf('assistant')} GROUP BY parent HAVING count(*) > 1
        ORDER BY parent LIMIT ?
      ) f JOIN turns t ON t.n = f.parent ORDER BY f.parent`);
    this.#above = db.rows('SELECT parent, depth FROM turns WHERE n = ?');
    this.#id = db.pluck('SELECT id FROM turns WHERE n = ?');
    this.#count = db.pluck('SELECT count(*) FROM turns');
  }

  /** The number of a stored turn. */
  number(id: TurnId): number | undefined {
    return this.#numbers.or(id, () => this.#number.get(toKey(id)));
  }

  /** The number of a turn that another row refers to; undefined stays undefined. */
  reference(id: TurnId | undefined): number | undefined {
    if (id === undefined) return undefined;
    const number = this.number(id);
    if (number === undefined) throw new Problem('NOT_FOUND', `The turn ${id} is not in the workspace.`);
    return number;
  }

  putPath(path: readonly Turn[], texts: readonly string[] = []): number {
    const stored = storedLength(path.length, (index) => {
      const turn = path[index];
      return turn !== undefined && this.number(turn.id) !== undefined;
    });
    if (stored === path.length) return 0;
    const aboveId = stored === 0 ? path[0]?.parent : path[stored - 1]?.id;
    const above = this.reference(aboveId);
    const rows = newRows(path.slice(stored), aboveId, texts.slice(stored));
    this.#db.part(() => this.#append(rows, above));
    this.#db.changed('turns');
    return rows.length;
  }

  #append(rows: readonly NewRow[], above: number | undefined): void {
    let parent = above;
    for (const { id, key, depth, role, message, words } of rows) {
      const number = this.#insert.insert(key, parent, depth, role, message);
      if (words !== '') this.#insertWords.run(number, words);
      this.#tree.add(number, parent ?? 0);
      this.#numbers.set(id, number);
      parent = number;
    }
  }

  get(id: TurnId): Turn | undefined {
    const row = this.#get.get(toKey(id));
    return row === undefined ? undefined : toTurn(row, row.parent === null ? undefined : fromKey(row.parent));
  }

  path(id: TurnId): Turn[] {
    let parent: TurnId | undefined;
    return this.#path.all(toKey(id)).map((row) => {
      const turn = toTurn(row, parent);
      parent = turn.id;
      return turn;
    });
  }

  children(id: TurnId, newest?: number): Turn[] {
    const key = toKey(id);
    const rows = newest === undefined ? this.#children.all(key) : this.#newestChildren.all(key, newest);
    return rows.map((row) => toTurn(row, id));
  }

  forks(after: TurnId | undefined, limit: number): TurnId[] {
    return this.#forks.all(this.reference(after) ?? 0, limit).map((row) => fromKey(row.id));
  }

  commonAncestor(one: TurnId, two: TurnId): TurnId | undefined {
    let left: number | undefined = this.reference(one);
    let right: number | undefined = this.reference(two);
    // A parent has the smaller number, so the greater of two different turns is never their common ancestor.
    while (left !== right) {
      if (left === undefined || right === undefined) return undefined;
      if (left > right) left = this.#parent(left);
      else right = this.#parent(right);
    }
    const id = left === undefined ? undefined : this.#id.get(left);
    return id === undefined ? undefined : fromKey(id);
  }

  count(): number {
    return this.#count.get() ?? 0;
  }

  #parent(number: number): number | undefined {
    return this.#above.get(number)?.[0] ?? undefined;
  }
}

function toTurn(row: Row, parent: TurnId | undefined): Turn {
  const id = fromKey(row.id);
  const message = fromJson<Message>(row.message);
  return parent === undefined ? { id, depth: row.depth, message } : { id, parent, depth: row.depth, message };
}

/** All that can be wrong with turns shows here, before the first is written. */
function newRows(turns: readonly Turn[], aboveId: TurnId | undefined, texts: readonly string[]): NewRow[] {
  let above = aboveId;
  return turns.map((turn, index) => {
    if (turn.parent !== above) {
      throw new Problem('BAD_INPUT', `The turn ${turn.id} is not below the one before it in its path.`);
    }
    above = turn.id;
    return {
      id: turn.id,
      key: toKey(turn.id),
      depth: turn.depth,
      role: roles.indexOf(turn.message.role),
      message: texts[index] ?? toJson(turn.message),
      words: wordText(searchText(turn.message)),
    };
  });
}
