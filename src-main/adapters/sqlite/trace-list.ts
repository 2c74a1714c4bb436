// Lists of traces: filter, sort, page; and what a filter can be set to.
import type { Page, TraceFacets, TraceFilter, TraceSort, TraceSummary } from '#contract/trace';
import { nameKey } from '#engine/trace/name-key';
import { toKey } from './columns.ts';
import type { Connection, Statement } from './connection.ts';
import { Recent } from './recent.ts';
import type { TurnSearch } from './search.ts';
import type { TraceColumnReader, TraceColumns } from './trace-columns.ts';
import { traceFacets } from './trace-facets.ts';
import type { TraceRows } from './trace-rows.ts';
import type { Words } from './words.ts';

/** Lists whose order is kept, so that scrolling costs no more than the page. 4 bytes a trace each. */
const keptLists = 8;

type Test = (trace: number) => boolean;

export class TraceList {
  readonly #db: Connection;
  readonly #rows: TraceRows;
  readonly #columns: TraceColumnReader;
  readonly #search: TurnSearch;
  readonly #words: Words;
  readonly #import: Statement<number>;
  readonly #spanMatches: Statement<number>;
  readonly #lists = new Recent<Int32Array>(keptLists);
  readonly #nameRanks = new Recent<Int32Array>(1);
  readonly #facets = new Recent<TraceFacets>(1);

  constructor(db: Connection, rows: TraceRows, columns: TraceColumnReader, search: TurnSearch, words: Words) {
    this.#db = db;
    this.#rows = rows;
    this.#columns = columns;
    this.#search = search;
    this.#words = words;
    this.#import = db.pluck('SELECT n FROM imports WHERE id = ?');
    this.#spanMatches = db.pluck(`
      SELECT DISTINCT trace FROM trace_span_names WHERE name IN (
        SELECT rowid FROM span_name_words WHERE span_name_words MATCH ?
      )`);
  }

  list(filter: TraceFilter, sort: TraceSort, offset: number, limit: number): Page<TraceSummary> {
    const ordered = this.#lists.get(JSON.stringify([filter, sort]), this.#db.version('traces'), () => {
      const columns = this.#columns.read();
      const tests = this.#tests(filter, columns);
      const fitting = new Int32Array(columns.last);
      let count = 0;
      for (let trace = 1; trace <= columns.last; trace += 1) {
        if (columns.shown[trace] === true && tests.every((test) => test(trace))) fitting[count++] = trace;
      }
      return fitting.subarray(0, count).toSorted(orderOf(filter, sort, columns, () => this.#ranks(columns)));
    });
    const page = Array.from(ordered.subarray(offset, offset + limit));
    return { items: this.#rows.summaries(page), total: ordered.length };
  }

  /** By trace number: its name's place among all names. */
  #ranks(columns: TraceColumns): Int32Array {
    return this.#nameRanks.get('', this.#db.version('traces'), () => ranksOf(columns.name.map(nameKey)));
  }

  facets(): TraceFacets {
    return this.#facets.get('', this.#db.version('traces'), () => traceFacets(this.#columns.read()));
  }

  /** What each trace must pass; the cheap ones first. */
  #tests(filter: TraceFilter, columns: TraceColumns): Test[] {
    const tests: Test[] = [];
    const among = (column: readonly (string | undefined)[], values: readonly string[] | undefined): void => {
      if (values === undefined || values.length === 0) return;
      const wanted: ReadonlySet<string | undefined> = new Set(values);
      tests.push((trace) => wanted.has(column[trace]));
    };
    const { importId, score, error, from = -Infinity, to = Infinity } = filter;
    if (importId !== undefined) {
      const number = this.#import.get(toKey(importId));
      tests.push((trace) => columns.import[trace] === number);
    }
    if (error !== undefined) tests.push((trace) => columns.failed[trace] === error);
    if (filter.from !== undefined || filter.to !== undefined) {
      tests.push((trace) => (columns.date[trace] ?? 0) >= from && (columns.date[trace] ?? 0) <= to);
    }
    among(columns.source, filter.source);
    among(columns.model, filter.model);
    among(columns.group, filter.group);
    if (score !== undefined) {
      const { name, min = -Infinity, max = Infinity } = score;
      tests.push((trace) =>
        (columns.scores[trace] ?? []).some((item) => item.name === name && item.value >= min && item.value <= max),
      );
    }
    const text = filter.text?.trim() ?? '';
    if (text !== '') tests.push(this.#textTest(text, columns));
    return tests;
  }

  #textTest(text: string, columns: TraceColumns): Test {
    const query = this.#words.query(text);
    if (query === undefined) return () => false;
    const onPath = this.#search.onPath(text);
    const bySpan = new Set(this.#spanMatches.all(query));
    return (trace) => onPath[columns.leaf[trace] ?? 0] === 1 || bySpan.has(trace);
  }
}

/** Traces without the value stand last either way; among equals the order of arrival, turned round when descending, but not among those of one date: the records of a file stay in its order. */
function orderOf(
  filter: TraceFilter,
  sort: TraceSort,
  columns: TraceColumns,
  ranks: () => Int32Array,
): (one: number, two: number) => number {
  const turn = sort.descending ? -1 : 1;
  const amongEquals = sort.by === 'date' ? 1 : turn;
  const byNumber = (key: ArrayLike<number>) => (one: number, two: number) => {
    const left = key[one] ?? Number.NaN;
    const right = key[two] ?? Number.NaN;
    if (left === right) return amongEquals * (one - two);
    if (Number.isNaN(left)) return Number.isNaN(right) ? amongEquals * (one - two) : 1;
    return Number.isNaN(right) ? -1 : turn * (left - right);
  };
  switch (sort.by) {
    case 'position':
      return (one, two) =>
        turn *
        ((columns.import[one] ?? 0) - (columns.import[two] ?? 0) ||
          (columns.position[one] ?? 0) - (columns.position[two] ?? 0) ||
          one - two);
    case 'date':
      return byNumber(columns.date);
    case 'name':
      return byNumber(ranks());
    case 'messages':
      return byNumber(columns.messages);
    case 'duration':
      return byNumber(columns.duration);
    case 'tokens':
      return byNumber(columns.tokens);
    case 'score': {
      const name = filter.score?.name;
      const value = (scores: TraceColumns['scores'][number]) =>
        scores.find((score) => name === undefined || score.name === name)?.value;
      return byNumber(Float64Array.from(columns.scores, (scores) => value(scores) ?? Number.NaN));
    }
  }
}

/** Each string's place among all of them, equal strings at the same place: numbers compare faster than strings. */
function ranksOf(strings: readonly string[]): Int32Array {
  const distinct = [...new Set(strings)];
  // UTF-16 sorts what lies above U+FFFF before U+E000 to U+FFFF; only where such stand are the code points worth their time.
  const plain = !distinct.some((text) => /[\ud800-\uffff]/.test(text));
  const sorted = plain
    ? distinct.toSorted()
    : distinct.toSorted((one, two) => Buffer.compare(Buffer.from(one), Buffer.from(two)));
  const places = new Map(sorted.map((text, place) => [text, place]));
  return Int32Array.from(strings, (text) => places.get(text) ?? 0);
}
