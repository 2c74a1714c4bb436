// Labels, skips and the acts that undo walks back, in SQLite.
import type { Annotator, Label } from '#contract/label';
import type { Pair, PairFilter } from '#contract/pair';
import type { Page } from '#contract/trace';
import type { Act, LabelStore } from '#engine/ports';
import { Problem } from '#engine/problem';
import type { Annotators } from './annotators.ts';
import { fromKey, toJson, toKey, toText, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';
import type { LabelMarks } from './label-marks.ts';
import type { LabelRows } from './label-rows.ts';
import type { PairFilters } from './pair-filter.ts';
import type { PairRows } from './pair-rows.ts';
import type { SqlitePairs } from './pairs.ts';
import type { SqliteTurns } from './turns.ts';

/** The median is over this many newest labels: it says how one labels now, and costs the same however many there are. */
const medianOver = 1000;
/** Pairs read at once while a dataset is made of them. */
const pairsAtOnce = 500;

interface ActRow {
  readonly n: number;
  readonly at: number;
  readonly pair: TextColumn;
  readonly label: TextColumn | null;
}

interface ActKey {
  readonly annotator: number;
  readonly pair: number;
  readonly label: number | null;
}

export interface LabelParts {
  readonly annotators: Annotators;
  readonly turns: SqliteTurns;
  readonly pairs: SqlitePairs;
  readonly rows: LabelRows;
  readonly pairRows: PairRows;
  readonly filters: PairFilters;
  readonly marks: LabelMarks;
}

export class SqliteLabels implements LabelStore {
  readonly #db: Connection;
  readonly #parts: LabelParts;
  readonly #number: Statement<number>;
  readonly #insert: Statement<object>;
  readonly #insertTag: Statement<object>;
  readonly #firstLabel: Statement<number>;
  readonly #setRepeated: Statement<object>;
  readonly #insertAct: Statement<object>;
  readonly #lastAct: Statement<ActRow>;
  readonly #act: Statement<ActKey>;
  readonly #deleteAct: Statement<object>;
  readonly #setUndone: Statement<object>;
  readonly #repeatedBy: Statement<number | null>;
  readonly #labelledPairs: Statement<number>;
  readonly #ofPairs: Statement<[number, number]>;
  readonly #since: Statement<number>;
  readonly #times: Statement<number>;
  readonly #newest: Statement<number>;
  readonly #repeatable: Statement<number>;

  constructor(db: Connection, parts: LabelParts) {
    this.#db = db;
    this.#parts = parts;
    this.#number = db.pluck('SELECT n FROM labels WHERE id = ?');
    this.#insert = db.prepare(`
      INSERT INTO labels (id, pair, annotator, choice, strength, tags, rationale, edit, swapped, elapsed_ms, repeats, human,
        created_at, undone_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#insertTag = db.prepare('INSERT INTO label_tags (tag, label) VALUES (?, ?) ON CONFLICT DO NOTHING');
    // The index is named where the planner, which knows no counts, would go through all labels of the annotator.
    this.#firstLabel = db.pluck(`
      SELECT n FROM labels INDEXED BY labels_pair
      WHERE pair = ? AND annotator = ? AND undone_at IS NULL AND human = 1 AND repeats IS NULL`);
    this.#setRepeated = db.prepare('UPDATE labels SET repeated = ? WHERE n = ?');
    this.#insertAct = db.prepare('INSERT INTO acts (annotator, at, pair, label) VALUES (?, ?, ?, ?)');
    this.#lastAct = db.prepare(`
      SELECT act.n, act.at, p.id AS pair, l.id AS label FROM acts act JOIN pairs p ON p.n = act.pair
      LEFT JOIN labels l ON l.n = act.label WHERE act.annotator = ? ORDER BY act.n DESC LIMIT 1`);
    this.#act = db.prepare('SELECT annotator, pair, label FROM acts WHERE n = ?');
    this.#deleteAct = db.prepare('DELETE FROM acts WHERE n = ?');
    this.#setUndone = db.prepare('UPDATE labels SET undone_at = ? WHERE n = ?');
    this.#repeatedBy = db.pluck('SELECT repeats FROM labels WHERE n = ?');
    this.#labelledPairs = db.pluck(
      `SELECT DISTINCT pair FROM labels WHERE undone_at IS NULL AND pair > ? ORDER BY pair LIMIT ${pairsAtOnce}`,
    );
    this.#ofPairs = db.rows(`
      SELECT l.pair, l.n FROM json_each(?) wanted JOIN labels l ON l.pair = wanted.value WHERE l.undone_at IS NULL
      ORDER BY l.pair, l.n`);
    this.#since = db.pluck(
      'SELECT count(*) FROM labels WHERE annotator = ? AND created_at >= ? AND undone_at IS NULL AND human = 1',
    );
    const ofHuman = 'FROM labels WHERE annotator = ? AND undone_at IS NULL AND human = 1';
    this.#times = db.pluck(`SELECT elapsed_ms ${ofHuman} AND elapsed_ms > 0 ORDER BY n DESC LIMIT ${medianOver}`);
    this.#newest = db.pluck(`SELECT n ${ofHuman} ORDER BY n DESC LIMIT 1 OFFSET ?`);
    // A repeat that was skipped stands as a skip after the act of the label itself.
    this.#repeatable = db.pluck(`
      SELECT n FROM labels INDEXED BY labels_repeatable
      WHERE annotator = ? AND undone_at IS NULL AND human = 1 AND repeats IS NULL AND repeated = 0 AND n <= ? AND NOT EXISTS (
        SELECT 1 FROM acts mine JOIN acts skip ON skip.annotator = mine.annotator AND skip.pair = mine.pair
        WHERE mine.annotator = labels.annotator AND mine.pair = labels.pair AND mine.label = labels.n
          AND skip.label IS NULL AND skip.n > mine.n
      ) ORDER BY n LIMIT ?`);
  }

  annotators(): Annotator[] {
    return this.#parts.annotators.list();
  }

  addAnnotator(annotator: Annotator): void {
    this.#parts.annotators.add(annotator);
  }

  add(label: Label): void {
    if (this.#number.get(toKey(label.id)) !== undefined) return;
    const pair = this.#parts.pairs.reference(label.pairId);
    const edit = this.#parts.turns.reference(label.edit);
    const repeats = label.repeats === undefined ? undefined : this.#reference(label.repeats);
    const human = label.source === 'human';
    const annotator = this.#db.transaction(() => {
      const annotator = this.#parts.annotators.ensure(label.annotator, label.createdAt);
      const live = label.undoneAt === undefined;
      if (human && live && repeats === undefined && this.#firstLabel.get(pair, annotator) !== undefined) {
        throw new Problem('CONFLICT', `${label.annotator} has labelled this pair already.`, 'Undo that label first.');
      }
      const number = this.#insert.insert(
        toKey(label.id),
        pair,
        annotator,
        label.choice,
        label.strength,
        toJson(label.tags),
        label.rationale === undefined ? undefined : toText(label.rationale),
        edit,
        label.swapped ? 1 : 0,
        label.elapsedMs,
        repeats,
        human ? 1 : 0,
        label.createdAt,
        label.undoneAt,
      );
      for (const tag of label.tags) this.#insertTag.run(toText(tag), number);
      if (repeats !== undefined && live) this.#setRepeated.run(1, repeats);
      if (human && live) this.#insertAct.run(annotator, label.createdAt, pair, number);
      return annotator;
    });
    this.#changed(annotator, pair, human && label.undoneAt === undefined ? 1 : 0);
  }

  addSkip(annotator: string, pairId: string, at: number): void {
    const pair = this.#parts.pairs.reference(pairId);
    const number = this.#db.transaction(() => {
      const number = this.#parts.annotators.ensure(annotator, at);
      this.#insertAct.run(number, at, pair, undefined);
      return number;
    });
    this.#changed(number, pair, 1);
  }

  lastAct(annotator: string): Act | undefined {
    const row = this.#lastAct.get(this.#parts.annotators.number(annotator));
    if (row === undefined) return undefined;
    const act = { sequence: row.n, annotator, at: row.at, pairId: fromKey(row.pair) };
    return row.label === null ? { ...act, kind: 'skip' } : { ...act, kind: 'label', labelId: fromKey(row.label) };
  }

  undo(act: Act, at: number): void {
    const row = this.#act.get(act.sequence);
    if (row === undefined) throw new Problem('CONFLICT', 'This has been undone already.');
    this.#db.transaction(() => {
      this.#deleteAct.run(act.sequence);
      if (row.label === null) return;
      this.#setUndone.run(at, row.label);
      const repeated = this.#repeatedBy.get(row.label);
      if (typeof repeated === 'number') this.#setRepeated.run(0, repeated);
    });
    this.#changed(row.annotator, row.pair, -1);
  }

  #changed(annotator: number, pair: number, acts: number): void {
    this.#parts.marks.changed(annotator, pair, acts);
    this.#db.changed('labels');
  }

  undoDepth(annotator: string): number {
    const number = this.#parts.annotators.number(annotator);
    return number === undefined ? 0 : this.#parts.marks.by(number).acts;
  }

  get(id: string): Label | undefined {
    const number = this.#number.get(toKey(id));
    return number === undefined ? undefined : this.#parts.rows.labels([number])[0];
  }

  #reference(id: string): number {
    const number = this.#number.get(toKey(id));
    if (number === undefined) throw new Problem('NOT_FOUND', `The label ${id} is not in the workspace.`);
    return number;
  }

  list(filter: { readonly annotator?: string; readonly pairId?: string }, offset: number, limit: number): Page<Label> {
    const conditions = ['undone_at IS NULL'];
    const values: (string | number | Uint8Array | undefined)[] = [];
    if (filter.annotator !== undefined) {
      conditions.push('annotator = ?');
      values.push(this.#parts.annotators.number(filter.annotator));
    }
    if (filter.pairId !== undefined) {
      conditions.push('pair = (SELECT n FROM pairs WHERE id = ?)');
      values.push(toKey(filter.pairId));
    }
    const from = `FROM labels WHERE ${conditions.join(' AND ')}`;
    const numbers = this.#db
      .pluck<number>(`SELECT n ${from} ORDER BY n LIMIT ? OFFSET ?`)
      .all(...values, limit, offset);
    const total = this.#db.pluck<number>(`SELECT count(*) ${from}`).get(...values) ?? 0;
    return { items: this.#parts.rows.labels(numbers), total };
  }

  /** Reads some pairs at a time and holds no statement open, so that the reader may write in between. */
  *byPair(): Generator<{ readonly pair: Pair; readonly labels: readonly Label[] }> {
    let after = 0;
    for (;;) {
      const numbers = this.#labelledPairs.all(after);
      const rows = this.#ofPairs.all(toJson(numbers));
      const labels = this.#parts.rows.labels(rows.map(([, label]) => label));
      const byPair = new Map<number, Label[]>(numbers.map((number) => [number, []]));
      for (const [index, [pair]] of rows.entries()) {
        const label = labels[index];
        if (label !== undefined) byPair.get(pair)?.push(label);
      }
      const pairs = this.#parts.pairRows.pairs(numbers);
      for (const [index, number] of numbers.entries()) {
        const pair = pairs[index];
        if (pair !== undefined) yield { pair, labels: byPair.get(number) ?? [] };
        after = number;
      }
      if (numbers.length < pairsAtOnce) return;
    }
  }

  stats(
    annotator: string,
    filter: PairFilter,
    since: number,
  ): { labelled: number; skipped: number; today: number; medianMs?: number } {
    const number = this.#parts.annotators.number(annotator);
    if (number === undefined) return { labelled: 0, skipped: 0, today: 0 };
    const { labelled, skipped } = this.#parts.marks.by(number);
    const candidates = this.#parts.filters.candidates(filter);
    const fits = this.#parts.filters.labelTest(filter);
    const all = fits === undefined && candidates.length === this.#parts.filters.candidates({}).length;
    const counts = { labelled: labelled.size, skipped: skipped.size };
    if (!all) {
      counts.labelled = 0;
      counts.skipped = 0;
      for (const pair of candidates) {
        if (labelled.has(pair)) counts.labelled += fits === undefined || fits(pair) ? 1 : 0;
        else if (skipped.has(pair)) counts.skipped += fits === undefined || fits(pair) ? 1 : 0;
      }
    }
    const today = this.#since.get(number, since) ?? 0;
    const medianMs = median(this.#times.all(number));
    return medianMs === undefined ? { ...counts, today } : { ...counts, today, medianMs };
  }

  repeatable(annotator: string, lag: number, limit: number): Label[] {
    const number = this.#parts.annotators.number(annotator);
    const newest = number === undefined ? undefined : this.#newest.get(number, lag);
    if (newest === undefined) return [];
    return this.#parts.rows.labels(this.#repeatable.all(number, newest, limit));
  }
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((one, two) => one - two);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted.length % 2 === 0 ? sorted[middle - 1] : upper;
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}
