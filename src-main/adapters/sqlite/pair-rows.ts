// Pairs between their rows and the contract's form.
import type { Pair, PairKind } from '#contract/pair';
import { defined, fromKey, fromText, toJson, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';

interface Row {
  readonly id: TextColumn;
  readonly kind: PairKind;
  readonly prompt: TextColumn;
  readonly a: TextColumn;
  readonly b: TextColumn;
  readonly reason: TextColumn;
  readonly group: TextColumn | null;
  readonly trace_a: TextColumn | null;
  readonly trace_b: TextColumn | null;
  readonly created_at: number;
}

export class PairRows {
  readonly #rows: Statement<Row>;

  constructor(db: Connection) {
    this.#rows = db.prepare(`
      SELECT p.id, p.kind, prompt.id AS prompt, a.id AS a, b.id AS b, p.reason, p."group", ta.id AS trace_a, tb.id AS trace_b,
        p.created_at
      FROM json_each(?) wanted JOIN pairs p ON p.n = wanted.value
      JOIN turns prompt ON prompt.n = p.prompt JOIN turns a ON a.n = p.a JOIN turns b ON b.n = p.b
      LEFT JOIN traces ta ON ta.n = p.trace_a LEFT JOIN traces tb ON tb.n = p.trace_b ORDER BY wanted.key`);
  }

  /** The pairs with these numbers, in this order. */
  pairs(numbers: readonly number[]): Pair[] {
    if (numbers.length === 0) return [];
    return this.#rows.all(toJson(numbers)).map((row) =>
      defined<Pair>({
        id: fromKey(row.id),
        kind: row.kind,
        prompt: fromKey(row.prompt),
        a: fromKey(row.a),
        b: fromKey(row.b),
        reason: fromText(row.reason),
        group: row.group === null ? undefined : fromText(row.group),
        traceA: row.trace_a === null ? undefined : fromKey(row.trace_a),
        traceB: row.trace_b === null ? undefined : fromKey(row.trace_b),
        createdAt: row.created_at,
      }),
    );
  }
}
