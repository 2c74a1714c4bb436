// What calls used, summed by a quarter of an hour, of all calls, of each key and of each run: budgets are looked up, not added up.
import type { KeyUse } from '#contract/gateway';
import type { SpentToday } from '#contract/model';
import type { SpentFilter } from '#engine/network-ports';
import { toAnyKey } from './call-rows.ts';
import type { Column } from './columns.ts';
import type { Connection, Statement } from './connection.ts';
import type { Names } from './names.ts';

/** The days of every time zone begin on a multiple of it, ms. */
const quarterMs = 900_000;
/** Scope of the sums over all calls; names are numbered from 1. */
const allCalls = 0;

const columns = ['calls', 'input_tokens', 'output_tokens', 'usd', 'unpriced', 'errors'] as const;
/** What one row of `calls` counts for, in the order of `columns`. An answer from a record used nothing. */
const measures = [
  '1',
  'iif(source IS 1, 0, ifnull(input_tokens, 0))',
  'iif(source IS 1, 0, ifnull(output_tokens, 0))',
  'iif(source IS 1, 0, ifnull(cost_usd, 0))',
  'source IS NOT 1 AND cost_usd IS NULL AND (input_tokens > 0 OR output_tokens > 0) IS TRUE',
  'state = 3 OR ifnull(status, 0) >= 400',
];

type Sums = readonly [calls: number, input: number, output: number, usd: number, unpriced: number, errors: number];

export class CallSums {
  readonly #names: Names;
  readonly #count: readonly Statement<object>[];
  readonly #sum: Statement<Sums>;
  readonly #edge: Statement<Sums>;
  readonly #ofRun: Statement<Sums>;
  readonly #nextKey: Statement<number>;

  constructor(db: Connection, names: Names) {
    this.#names = names;
    const added = columns.map((column) => `${column} = ${column} + excluded.${column}`).join(', ');
    const signed = measures.map((measure) => `? * (${measure})`).join(', ');
    this.#count = [String(allCalls), 'key', 'run'].map((scope) =>
      db.prepare(`
        INSERT INTO call_sums (scope, quarter, ${columns.join(', ')})
        SELECT ${scope}, CAST(at / ${quarterMs} AS INTEGER), ${signed} FROM calls WHERE n = ? AND ${scope} IS NOT NULL
        ON CONFLICT DO UPDATE SET ${added}`),
    );
    this.#sum = db.rows(`
      SELECT ${columns.map((column) => `ifnull(sum(${column}), 0)`).join(', ')} FROM call_sums
      WHERE scope = ? AND quarter >= ? AND quarter < ?`);
    const summed = measures.map((measure) => `ifnull(sum(${measure}), 0)`).join(', ');
    this.#edge = db.rows(`
      SELECT ${summed} FROM calls WHERE at >= ? AND at < ? AND (? IS NULL OR key = ?) AND (? IS NULL OR run = ?)`);
    this.#ofRun = db.rows(`SELECT ${summed} FROM calls WHERE run = ? AND key = ? AND at >= ? AND at < ?`);
    // Numbers stand before all text, text before the runs' bytes.
    this.#nextKey = db.pluck(`
      SELECT scope FROM call_sums WHERE scope > ? AND scope < '' ORDER BY scope LIMIT 1`);
  }

  /** Counts a stored call in, or, with sign -1, out again before it is changed. Belongs into the transaction that writes it. */
  count(n: number, sign: 1 | -1): void {
    for (const statement of this.#count) statement.run(...measures.map(() => sign), n);
  }

  spent(filter: SpentFilter): SpentToday {
    const [calls, inputTokens, outputTokens, usd, unpriced] = this.#of(filter);
    return { calls, inputTokens, outputTokens, usd, unpriced };
  }

  usedByKey(from: number): KeyUse[] {
    const used: KeyUse[] = [];
    for (let at = this.#nextKey.get(allCalls); at !== undefined; at = this.#nextKey.get(at)) {
      const key = this.#names.of(at);
      if (key === '') continue;
      const [calls, inputTokens, outputTokens, usd, , errors] = this.#of({ from, key });
      if (calls > 0) used.push({ key, calls, inputTokens, outputTokens, usd, errors });
    }
    return used;
  }

  #of({ from, to = Infinity, key, run }: SpentFilter): Sums {
    const keyNumber = key === undefined ? undefined : this.#names.find(key);
    if (key !== undefined && keyNumber === undefined) return none;
    const runKey = run === undefined ? undefined : toAnyKey(run);
    if (keyNumber !== undefined && runKey !== undefined)
      return rounded([this.#ofRun.get(runKey, keyNumber, from, to) ?? none]);
    const edge = (start: number, end: number): Sums =>
      start >= end ? none : (this.#edge.get(start, end, keyNumber, keyNumber, runKey, runKey) ?? none);
    const first = Math.ceil(from / quarterMs);
    const last = Math.floor(to / quarterMs);
    if (first > last) return rounded([edge(from, to)]);
    const scope: Column = keyNumber ?? runKey ?? allCalls;
    return rounded([
      edge(from, first * quarterMs),
      this.#sum.get(scope, first, last) ?? none,
      edge(last * quarterMs, to),
    ]);
  }
}

const none: Sums = [0, 0, 0, 0, 0, 0];

/** Their sum; dollars to a trillionth, as sums that were counted out again leave dust, and no negative zero. */
function rounded(parts: readonly Sums[]): Sums {
  const sum = (index: 0 | 1 | 2 | 3 | 4 | 5): number => parts.reduce((total, part) => total + part[index], 0);
  return [sum(0), sum(1), sum(2), Math.round(sum(3) * 1e12) / 1e12 + 0, sum(4), sum(5)];
}
