// What lists of traces filter, sort and count by, in memory: some 150 bytes a trace, read at the first use, then only what changed.
import { fromText, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';

/** Every array is indexed by the trace's number; NaN stands for what a trace does not have, 0 for no leaf. */
export interface TraceColumns {
  /** The greatest number. */
  readonly last: number;
  /** Stored and not removed. */
  readonly shown: readonly boolean[];
  readonly import: readonly number[];
  readonly position: readonly number[];
  readonly name: readonly string[];
  readonly source: readonly (string | undefined)[];
  readonly model: readonly (string | undefined)[];
  readonly group: readonly (string | undefined)[];
  readonly failed: readonly boolean[];
  readonly leaf: readonly number[];
  readonly date: readonly number[];
  readonly messages: readonly number[];
  readonly duration: readonly number[];
  readonly tokens: readonly number[];
  readonly scores: readonly (readonly ScoreColumn[])[];
}

export interface ScoreColumn {
  readonly name: string;
  readonly value: number;
}

type Row = readonly [
  n: number,
  removed: number,
  import_: number,
  position: number,
  name: TextColumn,
  source: string,
  model: TextColumn | null,
  group: TextColumn | null,
  failed: number,
  leaf: number | null,
  date: number,
  messages: number,
  duration: number | null,
  tokens: number | null,
];

/** More changed traces than this are not read one by one. */
const manyChanged = 5000;
const rowsAtOnce = 10_000;

const columns = `
  n, removed, import, position, name, source, model, "group", error IS NOT NULL, leaf, ifnull(started_at, imported_at), messages,
  ended_at - started_at,
  CASE WHEN input_tokens IS NULL AND output_tokens IS NULL THEN NULL ELSE ifnull(input_tokens, 0) + ifnull(output_tokens, 0) END`;

const noScores: readonly ScoreColumn[] = [];

/** SQL would read all traces anew for every filter that no index serves, and for the facets, after every change. */
export class TraceColumnReader {
  readonly #rowsAfter: Statement<Row>;
  readonly #row: Statement<Row>;
  readonly #scores: Statement<[trace: number, name: TextColumn, value: number]>;
  readonly #changed = new Set<number>();
  /** One copy of each string that many traces have. */
  readonly #strings = new Map<string, string>();
  #columns = newColumns();

  constructor(db: Connection) {
    this.#rowsAfter = db.rows(`SELECT ${columns} FROM traces WHERE n > ? ORDER BY n LIMIT ${rowsAtOnce}`);
    this.#row = db.rows(`SELECT ${columns} FROM traces WHERE n = ?`);
    this.#scores = db.rows('SELECT trace, name, value FROM scores WHERE trace BETWEEN ? AND ? ORDER BY trace, place');
    db.onRollback(() => this.#forget());
  }

  /** Tells that a stored trace is not what it was. */
  changed(trace: number): void {
    if (trace <= this.#columns.last) this.#changed.add(trace);
  }

  read(): TraceColumns {
    if (this.#changed.size > manyChanged) this.#forget();
    for (const trace of this.#changed) {
      this.#columns.scores[trace] = noScores;
      for (const row of this.#row.all(trace)) this.#take(row);
      for (const score of this.#scores.all(trace, trace)) this.#takeScore(score);
    }
    this.#changed.clear();
    for (;;) {
      const { last } = this.#columns;
      for (const row of this.#rowsAfter.all(last)) this.#take(row);
      if (this.#columns.last === last) break;
      for (const score of this.#scores.all(last + 1, this.#columns.last)) this.#takeScore(score);
    }
    return this.#columns;
  }

  #forget(): void {
    this.#columns = newColumns();
    this.#changed.clear();
    this.#strings.clear();
  }

  #take(row: Row): void {
    const [n, removed, import_, position, name, source, model, group, failed, leaf, date, messages, duration, tokens] =
      row;
    const all = this.#columns;
    all.last = Math.max(all.last, n);
    all.shown[n] = removed === 0;
    all.import[n] = import_;
    all.position[n] = position;
    all.name[n] = fromText(name);
    all.source[n] = this.#shared(source);
    all.model[n] = model === null ? undefined : this.#shared(fromText(model));
    all.group[n] = group === null ? undefined : this.#shared(fromText(group));
    all.failed[n] = failed === 1;
    all.leaf[n] = leaf ?? 0;
    all.date[n] = date;
    all.messages[n] = messages;
    all.duration[n] = duration ?? Number.NaN;
    all.tokens[n] = tokens ?? Number.NaN;
    all.scores[n] ??= noScores;
  }

  #takeScore([trace, name, value]: readonly [number, TextColumn, number]): void {
    const score = { name: this.#shared(fromText(name)), value };
    const known = this.#columns.scores[trace] ?? noScores;
    this.#columns.scores[trace] = known.length === 0 ? [score] : [...known, score];
  }

  #shared(text: string): string {
    const known = this.#strings.get(text);
    if (known === undefined) this.#strings.set(text, text);
    return known ?? text;
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] };

function newColumns(): Writable<TraceColumns> {
  return {
    last: 0,
    shown: [false],
    import: [0],
    position: [0],
    name: [''],
    source: [undefined],
    model: [undefined],
    group: [undefined],
    failed: [false],
    leaf: [0],
    date: [0],
    messages: [0],
    duration: [Number.NaN],
    tokens: [Number.NaN],
    scores: [noScores],
  };
}
