// Labels between their rows and the contract's form.
import type { Choice, Label, Strength } from '#contract/label';
import { defined, fromJson, fromKey, fromText, toJson, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';

interface Row {
  readonly id: TextColumn;
  readonly pair: TextColumn;
  readonly annotator: TextColumn;
  readonly choice: Choice;
  readonly strength: Strength;
  readonly tags: string;
  readonly rationale: TextColumn | null;
  readonly edit: TextColumn | null;
  readonly swapped: number;
  readonly elapsed_ms: number;
  readonly repeats: TextColumn | null;
  readonly human: number;
  readonly created_at: number;
  readonly undone_at: number | null;
}

export class LabelRows {
  readonly #rows: Statement<Row>;

  constructor(db: Connection) {
    this.#rows = db.prepare(`
      SELECT l.id, p.id AS pair, a.name AS annotator, l.choice, l.strength, l.tags, l.rationale, e.id AS edit, l.swapped,
        l.elapsed_ms, r.id AS repeats, l.human, l.created_at, l.undone_at
      FROM json_each(?) wanted JOIN labels l ON l.n = wanted.value
      JOIN pairs p ON p.n = l.pair JOIN annotators a ON a.n = l.annotator
      LEFT JOIN turns e ON e.n = l.edit LEFT JOIN labels r ON r.n = l.repeats ORDER BY wanted.key`);
  }

  /** The labels with these numbers, in this order. */
  labels(numbers: readonly number[]): Label[] {
    if (numbers.length === 0) return [];
    return this.#rows.all(toJson(numbers)).map((row) =>
      defined<Label>({
        id: fromKey(row.id),
        pairId: fromKey(row.pair),
        annotator: fromText(row.annotator),
        choice: row.choice,
        strength: row.strength,
        tags: fromJson<string[]>(row.tags),
        rationale: row.rationale === null ? undefined : fromText(row.rationale),
        edit: row.edit === null ? undefined : fromKey(row.edit),
        swapped: row.swapped === 1,
        elapsedMs: row.elapsed_ms,
        repeats: row.repeats === null ? undefined : fromKey(row.repeats),
        source: row.human === 1 ? 'human' : 'imported',
        createdAt: row.created_at,
        undoneAt: row.undone_at ?? undefined,
      }),
    );
  }
}
