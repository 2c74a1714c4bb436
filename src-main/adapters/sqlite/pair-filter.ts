// Which pairs fit a filter, in order of arrival.
import type { PairFilter } from '#contract/pair';
import type { Annotators } from './annotators.ts';
import { toText } from './columns.ts';
import type { Bindable, Connection, Statement } from './connection.ts';
import type { LabelMarks } from './label-marks.ts';
import { Recent } from './recent.ts';
import type { TurnSearch } from './search.ts';
import type { TurnTree } from './tree.ts';

const keptFilters = 8;
const keptTags = 4;

/** What of a filter does not depend on labels is kept; the rest is asked of bits in memory, so that a label costs no new list. */
export class PairFilters {
  readonly #db: Connection;
  readonly #tree: TurnTree;
  readonly #search: TurnSearch;
  readonly #marks: LabelMarks;
  readonly #annotators: Annotators;
  readonly #ends: Statement<[number, number, number, number]>;
  readonly #tagged: Statement<number>;
  readonly #kept = new Recent<Int32Array>(keptFilters);
  readonly #keptTags = new Recent<ReadonlySet<number>>(keptTags);

  constructor(db: Connection, tree: TurnTree, search: TurnSearch, marks: LabelMarks, annotators: Annotators) {
    this.#db = db;
    this.#tree = tree;
    this.#search = search;
    this.#marks = marks;
    this.#annotators = annotators;
    this.#ends = db.rows('SELECT n, prompt, a, b FROM pairs');
    this.#tagged = db.pluck(`
      SELECT DISTINCT l.pair FROM label_tags t JOIN labels l ON l.n = t.label WHERE t.tag = ? AND l.undone_at IS NULL`);
  }

  /** Pairs that fit all of the filter that does not depend on labels, ascending. */
  candidates(filter: PairFilter): Int32Array {
    const { kind, group } = filter;
    const text = filter.text?.trim() ?? '';
    const version = this.#db.version('pairs') + (text === '' ? 0 : this.#db.version('turns'));
    return this.#kept.get(JSON.stringify([kind, group, text]), version, () => {
      const among = (column: string, values: readonly string[] | undefined): string =>
        values === undefined || values.length === 0 ? 'TRUE' : `${column} IN (${values.map(() => '?').join(', ')})`;
      const values: Bindable[] = [...(kind ?? []), ...(group ?? []).map(toText)];
      const sql = `SELECT n FROM pairs WHERE ${among('kind', kind)} AND ${among('"group"', group)} ORDER BY n`;
      const fitting = Int32Array.from(this.#db.pluck<number>(sql).all(...values));
      if (text === '') return fitting;
      const matching = this.#withText(text);
      return fitting.filter((pair) => matching.has(pair));
    });
  }

  #withText(text: string): ReadonlySet<number> {
    const marks = this.#search.matches(text);
    const parents = this.#tree.parents();
    const matchesBelow = (prompt: number, leaf: number): boolean => {
      for (let turn = leaf; turn > prompt; turn = parents[turn] ?? 0) if (marks[turn] === 1) return true;
      return false;
    };
    const matching = new Set<number>();
    for (const [pair, prompt, a, b] of this.#ends.all()) {
      if (matchesBelow(prompt, a) || matchesBelow(prompt, b)) matching.add(pair);
    }
    return matching;
  }

  /** What of the filter depends on labels; undefined where nothing does. */
  labelTest(filter: PairFilter): ((pair: number) => boolean) | undefined {
    const { tag } = filter;
    const labelled = filter.labelled ?? (filter.annotator === undefined ? undefined : 'yes');
    if (labelled === undefined && tag === undefined) return undefined;
    const annotator = filter.annotator === undefined ? undefined : this.#annotators.number(filter.annotator);
    const known = filter.annotator === undefined || annotator !== undefined;
    const bits = annotator === undefined ? this.#marks.byAnyone() : this.#marks.by(annotator).labelled;
    const tagged = tag === undefined ? undefined : this.#withTag(tag);
    return (pair) => {
      if (labelled !== undefined && (known && bits.has(pair)) !== (labelled === 'yes')) return false;
      return tagged === undefined || tagged.has(pair);
    };
  }

  #withTag(tag: string): ReadonlySet<number> {
    return this.#keptTags.get(tag, this.#db.version('labels'), () => new Set(this.#tagged.all(toText(tag))));
  }

  /** All that fit, ascending. */
  fitting(filter: PairFilter): Int32Array {
    const candidates = this.candidates(filter);
    const test = this.labelTest(filter);
    return test === undefined ? candidates : candidates.filter(test);
  }
}

/** The index of the first element of the ascending `numbers` that is `least` or more. */
export function firstFrom(numbers: Int32Array, least: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
