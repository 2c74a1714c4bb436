// Lists of traces in SQLite: filter, sort, page; and what a filter can be set to.
import type { Page, TraceFacets, TraceFilter, TraceSort, TraceSummary } from '#contract/trace';
import { fromText, toKey, toText, type TextColumn } from './columns.ts';
import type { Bindable, Connection, Statement } from './connection.ts';
import { Recent } from './recent.ts';
import type { TurnSearch } from './search.ts';
import type { TraceRows } from './trace-rows.ts';
import type { Words } from './words.ts';

/** Lists whose order is kept, so that scrolling costs no more than the page. 4 bytes a trace each. */
const keptLists = 8;
/** A facet offers no more values than this, the most frequent. */
const facetValues = 1000;

interface Condition {
  readonly sql: string;
  readonly values: readonly Bindable[];
}

export class TraceList {
  readonly #db: Connection;
  readonly #rows: TraceRows;
  readonly #search: TurnSearch;
  readonly #words: Words;
  readonly #leaves: Statement<[number, number]>;
  readonly #spanMatches: Statement<number>;
  readonly #lists = new Recent<Int32Array>(keptLists);
  readonly #leafOf = new Recent<Int32Array>(1);
  readonly #facets = new Recent<TraceFacets>(1);

  constructor(db: Connection, rows: TraceRows, search: TurnSearch, words: Words) {
    this.#db = db;
    this.#rows = rows;
    this.#search = search;
    this.#words = words;
    this.#leaves = db.rows('SELECT n, leaf FROM traces INDEXED BY traces_leaf WHERE leaf IS NOT NULL');
    this.#spanMatches = db.pluck(`
      SELECT DISTINCT trace FROM trace_span_names WHERE name IN (
        SELECT rowid FROM span_name_words WHERE span_name_words MATCH ?
      )`);
  }

  list(filter: TraceFilter, sort: TraceSort, offset: number, limit: number): Page<TraceSummary> {
    const ordered = this.#ordered(filter, sort);
    const page = Array.from(ordered.subarray(offset, offset + limit));
    return { items: this.#rows.summaries(page), total: ordered.length };
  }

  /** The numbers of all traces that fit, in order. */
  #ordered(filter: TraceFilter, sort: TraceSort): Int32Array {
    const version = this.#db.version('traces');
    return this.#lists.get(JSON.stringify([filter, sort]), version, () => {
      const conditions = conditionsOf(filter);
      const where = ['removed = 0', ...conditions.map((condition) => condition.sql)].join(' AND ');
      const order = orderOf(filter, sort);
      const values = [...conditions.flatMap((condition) => condition.values), ...order.values];
      const fitting = this.#db
        .pluck<number>(`SELECT n FROM traces WHERE ${where} ORDER BY ${order.sql}`)
        .all(...values);
      const text = filter.text?.trim() ?? '';
      return Int32Array.from(text === '' ? fitting : this.#withText(fitting, text));
    });
  }

  #withText(traces: readonly number[], text: string): number[] {
    const query = this.#words.query(text);
    if (query === undefined) return [];
    const onPath = this.#search.onPath(text);
    const leafOf = this.#leafOf.get('', this.#db.version('traces'), () => this.#readLeaves());
    const bySpan = new Set(this.#spanMatches.all(query));
    return traces.filter((trace) => onPath[leafOf[trace] ?? 0] === 1 || bySpan.has(trace));
  }

  /** By trace number: its leaf's number, 0 without one. */
  #readLeaves(): Int32Array {
    const leaves = this.#leaves.all();
    const last = leaves.reduce((greatest, [trace]) => Math.max(greatest, trace), 0);
    const leafOf = new Int32Array(last + 1);
    for (const [trace, leaf] of leaves) leafOf[trace] = leaf;
    return leafOf;
  }

  facets(): TraceFacets {
    return this.#facets.get('', this.#db.version('traces'), () => {
      const count = (condition: string): number =>
        this.#db.pluck<number>(`SELECT count(*) FROM traces WHERE removed = 0 ${condition}`).get() ?? 0;
      return {
        sources: this.#values<TraceFacets['sources'][number]['value']>('source'),
        models: this.#values('model'),
        groups: this.#values('"group"'),
        scores: this.#scoreFacets(),
        errors: count('AND error IS NOT NULL'),
        total: count(''),
      };
    });
  }

  #values<Value extends string>(column: string): { value: Value; count: number }[] {
    const rows = this.#db.prepare<{ value: TextColumn; count: number }>(`
      SELECT ${column} AS value, count(*) AS count FROM traces WHERE removed = 0 AND ${column} IS NOT NULL
      GROUP BY ${column} ORDER BY count DESC, value LIMIT ${facetValues}`);
    return rows.all().map((row) => ({ value: fromText(row.value) as Value, count: row.count }));
  }

  #scoreFacets(): { name: string; min: number; max: number; count: number }[] {
    const rows = this.#db.prepare<{ name: TextColumn; min: number; max: number; count: number }>(`
      SELECT s.name, min(s.value) AS min, max(s.value) AS max, count(DISTINCT s.trace) AS count
      FROM scores s JOIN traces t ON t.n = s.trace WHERE t.removed = 0
      GROUP BY s.name ORDER BY count DESC, s.name LIMIT ${facetValues}`);
    return rows.all().map((row) => ({ ...row, name: fromText(row.name) }));
  }
}

function conditionsOf(filter: TraceFilter): Condition[] {
  const conditions: Condition[] = [];
  const among = (column: string, values: readonly string[] | undefined): void => {
    if (values === undefined || values.length === 0) return;
    conditions.push({ sql: `${column} IN (${values.map(() => '?').join(', ')})`, values: values.map(toText) });
  };
  among('source', filter.source);
  among('model', filter.model);
  among('"group"', filter.group);
  if (filter.importId !== undefined) {
    conditions.push({ sql: 'import = (SELECT n FROM imports WHERE id = ?)', values: [toKey(filter.importId)] });
  }
  if (filter.score !== undefined) {
    const { name, min, max } = filter.score;
    conditions.push({
      sql: 'EXISTS (SELECT 1 FROM scores s WHERE s.trace = traces.n AND s.name = ? AND s.value >= ? AND s.value <= ?)',
      values: [toText(name), min ?? -Infinity, max ?? Infinity],
    });
  }
  if (filter.error !== undefined) conditions.push({ sql: `error IS ${filter.error ? 'NOT ' : ''}NULL`, values: [] });
  if (filter.from !== undefined) conditions.push({ sql: 'date >= ?', values: [filter.from] });
  if (filter.to !== undefined) conditions.push({ sql: 'date <= ?', values: [filter.to] });
  return conditions;
}

/** Traces without the value stand last either way; among equals the order of arrival, turned round when descending. */
function orderOf(filter: TraceFilter, sort: TraceSort): Condition {
  const direction = sort.descending ? 'DESC' : 'ASC';
  const by = (...keys: string[]): Condition => ({
    sql: [...keys, 'n'].map((key) => `${key} ${direction} NULLS LAST`).join(', '),
    values: [],
  });
  switch (sort.by) {
    case 'position':
      return { sql: `import ${direction}, position ${direction}, n ${direction}`, values: [] };
    case 'date':
      return { sql: `date ${direction}, n ${direction}`, values: [] };
    case 'name':
      return { sql: `name_key ${direction}, n ${direction}`, values: [] };
    case 'messages':
      return { sql: `messages ${direction}, n ${direction}`, values: [] };
    case 'duration':
      return by('ended_at - started_at');
    case 'tokens':
      return by(
        'CASE WHEN input_tokens IS NULL AND output_tokens IS NULL THEN NULL ELSE ifnull(input_tokens, 0) + ifnull(output_tokens, 0) END',
      );
    case 'score':
      if (filter.score === undefined) return by('score');
      return {
        sql: `(SELECT s.value FROM scores s WHERE s.trace = traces.n AND s.name = ? ORDER BY s.place LIMIT 1) ${direction} NULLS LAST, n ${direction}`,
        values: [toText(filter.score.name)],
      };
  }
}
