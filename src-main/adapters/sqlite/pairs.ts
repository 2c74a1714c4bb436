// Pairs in SQLite.
import type { Pair, PairFacets, PairFilter, PairKind } from '#contract/pair';
import type { Page } from '#contract/trace';
import type { PairStore } from '#engine/ports';
import { Problem } from '#engine/problem';
import type { Annotators } from './annotators.ts';
import { fromText, toKey, toText, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';
import type { LabelMarks } from './label-marks.ts';
import { firstFrom, type PairFilters } from './pair-filter.ts';
import { IdPrefixes } from './prefix.ts';
import type { PairRows } from './pair-rows.ts';
import { Recent } from './recent.ts';
import type { SqliteTraces } from './traces.ts';
import type { SqliteTurns } from './turns.ts';

/** A facet offers no more values than this, the most frequent. */
const facetValues = 1000;

interface Count<Value> {
  readonly value: Value;
  readonly count: number;
}

export interface PairParts {
  readonly annotators: Annotators;
  readonly turns: SqliteTurns;
  readonly traces: SqliteTraces;
  readonly rows: PairRows;
  readonly filters: PairFilters;
  readonly marks: LabelMarks;
}

export class SqlitePairs implements PairStore {
  readonly #db: Connection;
  readonly #parts: PairParts;
  readonly #prefixes: IdPrefixes;
  readonly #number: Statement<number>;
  readonly #insert: Statement<object>;
  readonly #kinds: Statement<Count<PairKind>>;
  readonly #groups: Statement<Count<TextColumn>>;
  readonly #tags: Statement<Count<TextColumn>>;
  readonly #keptValues = new Recent<Pick<PairFacets, 'kinds' | 'groups'>>(1);
  readonly #keptTags = new Recent<PairFacets['tags']>(1);

  constructor(db: Connection, parts: PairParts) {
    this.#db = db;
    this.#parts = parts;
    this.#prefixes = new IdPrefixes(db, 'pairs');
    this.#number = db.pluck('SELECT n FROM pairs WHERE id = ?');
    this.#insert = db.prepare(`
      INSERT INTO pairs (id, kind, prompt, a, b, reason, "group", trace_a, trace_b, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#kinds = db.prepare(
      'SELECT kind AS value, count(*) AS count FROM pairs GROUP BY kind ORDER BY count DESC, kind',
    );
    this.#groups = db.prepare(`
      SELECT "group" AS value, count(*) AS count FROM pairs WHERE "group" IS NOT NULL
      GROUP BY "group" ORDER BY count DESC, "group" LIMIT ${facetValues}`);
    this.#tags = db.prepare(`
      SELECT t.tag AS value, count(DISTINCT l.pair) AS count FROM label_tags t JOIN labels l ON l.n = t.label
      WHERE l.undone_at IS NULL GROUP BY t.tag ORDER BY count DESC, t.tag LIMIT ${facetValues}`);
  }

  /** The number of a stored pair that another row refers to. */
  reference(id: string): number {
    const number = this.#number.get(toKey(id));
    if (number === undefined) throw new Problem('NOT_FOUND', `The pair ${id} is not in the workspace.`);
    return number;
  }

  put(pairs: readonly Pair[]): number {
    const added = this.#db.transaction(() => pairs.reduce((count, pair) => count + (this.#putOne(pair) ? 1 : 0), 0));
    if (added > 0) this.#db.changed('pairs');
    return added;
  }

  #putOne(pair: Pair): boolean {
    const { turns, traces } = this.#parts;
    if (this.#number.get(toKey(pair.id)) !== undefined) return false;
    this.#insert.run(
      toKey(pair.id),
      pair.kind,
      turns.reference(pair.prompt),
      turns.reference(pair.a),
      turns.reference(pair.b),
      toText(pair.reason),
      pair.group === undefined ? undefined : toText(pair.group),
      traces.reference(pair.traceA),
      traces.reference(pair.traceB),
      pair.createdAt,
    );
    return true;
  }

  get(id: string): Pair | undefined {
    const number = this.#number.get(toKey(id));
    return number === undefined ? undefined : this.#parts.rows.pairs([number])[0];
  }

  startingWith(prefix: string): string[] {
    return this.#prefixes.startingWith(prefix);
  }

  sequenceOf(id: string): number | undefined {
    return this.#number.get(toKey(id));
  }

  list(filter: PairFilter, offset: number, limit: number): Page<Pair> {
    const fitting = this.#parts.filters.fitting(filter);
    const page = Array.from(fitting.subarray(offset, offset + limit));
    return { items: this.#parts.rows.pairs(page), total: fitting.length };
  }

  countFor(filter: PairFilter): number {
    return this.#parts.filters.fitting(filter).length;
  }

  nextFor(
    annotator: string,
    filter: PairFilter,
    after: number,
  ): { readonly pair: Pair; readonly sequence: number } | undefined {
    const candidates = this.#parts.filters.candidates(filter);
    const fits = this.#parts.filters.labelTest(filter);
    const known = this.#parts.annotators.number(annotator);
    const marks = known === undefined ? undefined : this.#parts.marks.by(known);
    const start = Math.max(after + 1, marks?.firstOpen ?? 0);
    // Only a walk over all pairs from the start shows that everything before the first open one is done.
    let learns =
      start === Math.max(1, marks?.firstOpen ?? 0) && candidates.length === this.#parts.filters.candidates({}).length;
    for (let index = firstFrom(candidates, start); index < candidates.length; index += 1) {
      const number = candidates[index] ?? 0;
      if (marks !== undefined) {
        if (marks.labelled.has(number) || marks.skipped.has(number)) continue;
        if (learns) marks.firstOpen = number;
        learns = false;
      }
      if (fits !== undefined && !fits(number)) continue;
      const pair = this.#parts.rows.pairs([number])[0];
      if (pair !== undefined) return { pair, sequence: number };
    }
    return undefined;
  }

  facets(): PairFacets {
    const values = this.#keptValues.get('', this.#db.version('pairs'), () => ({
      kinds: this.#kinds.all(),
      groups: this.#groups.all().map((row) => ({ ...row, value: fromText(row.value) })),
    }));
    const tags = this.#keptTags.get('', this.#db.version('labels'), () =>
      this.#tags.all().map((row) => ({ ...row, value: fromText(row.value) })),
    );
    return { ...values, tags, total: this.countFor({}) };
  }

  countByKind(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#kinds.all().map((row) => [row.value, row.count]));
  }
}
