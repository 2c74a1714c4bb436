// Spans of traces, in SQLite.
import type { Span, SpanKind } from '#contract/trace';
import type { JsonObject } from '#contract/turn';
import { defined, fromJson, fromKey, fromText, toJson, toKey, toText, type TextColumn } from './columns.ts';
import type { Bindable, Connection, Statement } from './connection.ts';
import type { SqliteTurns } from './turns.ts';
import { wordText } from './words.ts';

interface SpanRow {
  readonly id: TextColumn;
  readonly parent: TextColumn | null;
  readonly name: TextColumn;
  readonly kind: SpanKind;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly error: TextColumn | null;
  readonly read: TextColumn | null;
  readonly wrote: TextColumn | null;
  readonly attributes: string;
}

export class SqliteSpans {
  readonly #db: Connection;
  readonly #turns: SqliteTurns;
  readonly #put: Statement<object>;
  readonly #name: Statement<number>;
  readonly #addName: Statement<object>;
  readonly #addNameWords: Statement<object>;
  readonly #addTraceName: Statement<object>;
  readonly #ofTrace: Statement<SpanRow>;

  constructor(db: Connection, turns: SqliteTurns) {
    this.#db = db;
    this.#turns = turns;
    this.#put = db.prepare(`
      INSERT INTO spans (trace, id, parent, name, kind, started_at, ended_at, error, read, wrote, attributes)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (trace, id) DO NOTHING`);
    this.#name = db.pluck('SELECT n FROM span_names WHERE name = ?');
    this.#addName = db.prepare('INSERT INTO span_names (name) VALUES (?)');
    this.#addNameWords = db.prepare('INSERT INTO span_name_words (rowid, name) VALUES (?, ?)');
    this.#addTraceName = db.prepare('INSERT INTO trace_span_names (name, trace) VALUES (?, ?) ON CONFLICT DO NOTHING');
    this.#ofTrace = db.prepare(`
      SELECT s.id, s.parent, m.name, s.kind, s.started_at, s.ended_at, s.error, r.id AS read, w.id AS wrote, s.attributes
      FROM spans s JOIN span_names m ON m.n = s.name LEFT JOIN turns r ON r.n = s.read LEFT JOIN turns w ON w.n = s.wrote
      WHERE s.trace = (SELECT n FROM traces WHERE id = ?) ORDER BY s.n`);
  }

  /** Returns how many were new. What is wrong with a span shows before the first is written. */
  put(trace: number, spans: readonly Span[]): number {
    const rows = spans.map((span): [Span, Bindable[]] => [
      span,
      [
        span.kind,
        span.startedAt,
        span.endedAt,
        span.error === undefined ? undefined : toText(span.error),
        this.#turns.reference(span.read),
        this.#turns.reference(span.wrote),
        toJson(span.attributes),
      ],
    ]);
    const names = new Map<string, number>();
    return this.#db.part(() => rows.filter(([span, values]) => this.#putOne(trace, span, values, names)).length);
  }

  /** `names`: numbers of names that the trace is known to have. */
  #putOne(trace: number, span: Span, values: readonly Bindable[], names: Map<string, number>): boolean {
    const known = names.get(span.name);
    const name = known ?? this.#nameNumber(span.name);
    const parent = span.parent === undefined ? undefined : toKey(span.parent);
    if (this.#put.run(trace, toKey(span.id), parent, name, ...values) === 0) return false;
    if (known === undefined) {
      this.#addTraceName.run(name, trace);
      names.set(span.name, name);
    }
    return true;
  }

  /** In order of arrival. */
  ofTrace(traceId: string): Span[] {
    return this.#ofTrace.all(toKey(traceId)).map((row) =>
      defined<Span>({
        id: fromKey(row.id),
        parent: row.parent === null ? undefined : fromKey(row.parent),
        name: fromText(row.name),
        kind: row.kind,
        startedAt: row.started_at ?? undefined,
        endedAt: row.ended_at ?? undefined,
        error: row.error === null ? undefined : fromText(row.error),
        read: row.read === null ? undefined : fromKey(row.read),
        wrote: row.wrote === null ? undefined : fromKey(row.wrote),
        attributes: fromJson<JsonObject>(row.attributes),
      }),
    );
  }

  #nameNumber(name: string): number {
    const key = toText(name);
    const known = this.#name.get(key);
    if (known !== undefined) return known;
    const number = this.#addName.insert(key);
    this.#addNameWords.run(number, wordText(name));
    return number;
  }
}
