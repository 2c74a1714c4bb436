// Trace summaries between their rows and the contract's form.
import type { Format, Score, TraceSummary } from '#contract/trace';
import { defined, fromKey, fromText, toJson, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';

interface SummaryRow {
  readonly n: number;
  readonly id: TextColumn;
  readonly import: TextColumn;
  readonly position: number;
  readonly name: TextColumn;
  readonly source: Format;
  readonly group: TextColumn | null;
  readonly model: TextColumn | null;
  readonly error: TextColumn | null;
  readonly leaf: TextColumn | null;
  readonly messages: number;
  readonly spans: number;
  readonly tool_calls: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly imported_at: number;
}

interface ScoreRow {
  readonly trace: number;
  readonly name: TextColumn;
  readonly value: number;
  readonly comment: TextColumn | null;
}

export class TraceRows {
  readonly #summaries: Statement<SummaryRow>;
  readonly #scores: Statement<ScoreRow>;

  constructor(db: Connection) {
    this.#summaries = db.prepare(`
      SELECT t.n, t.id, i.id AS import, t.position, t.name, t.source, t."group", t.model, t.error, l.id AS leaf, t.messages,
        t.spans, t.tool_calls, t.started_at, t.ended_at, t.input_tokens, t.output_tokens, t.imported_at
      FROM json_each(?) wanted JOIN traces t ON t.n = wanted.value
      JOIN imports i ON i.n = t.import LEFT JOIN turns l ON l.n = t.leaf ORDER BY wanted.key`);
    this.#scores = db.prepare(`
      SELECT s.trace, s.name, s.value, s.comment FROM json_each(?) wanted JOIN scores s ON s.trace = wanted.value
      ORDER BY wanted.key, s.place`);
  }

  /** The summaries of the traces with these numbers, in this order. */
  summaries(numbers: readonly number[]): TraceSummary[] {
    if (numbers.length === 0) return [];
    const wanted = toJson(numbers);
    const scores = new Map<number, Score[]>();
    for (const row of this.#scores.all(wanted)) {
      const score = defined<Score>({ name: fromText(row.name), value: row.value, comment: textOf(row.comment) });
      const known = scores.get(row.trace);
      if (known === undefined) scores.set(row.trace, [score]);
      else known.push(score);
    }
    return this.#summaries.all(wanted).map((row) => toSummary(row, scores.get(row.n) ?? []));
  }
}

function toSummary(row: SummaryRow, scores: readonly Score[]): TraceSummary {
  return defined<TraceSummary>({
    id: fromKey(row.id),
    name: fromText(row.name),
    source: row.source,
    importId: fromKey(row.import),
    position: row.position,
    group: textOf(row.group),
    model: textOf(row.model),
    error: textOf(row.error),
    leaf: row.leaf === null ? undefined : fromKey(row.leaf),
    messageCount: row.messages,
    spanCount: row.spans,
    toolCallCount: row.tool_calls,
    startedAt: row.started_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    inputTokens: row.input_tokens ?? undefined,
    outputTokens: row.output_tokens ?? undefined,
    importedAt: row.imported_at,
    scores,
  });
}

function textOf(column: TextColumn | null): string | undefined {
  return column === null ? undefined : fromText(column);
}
