// Which pairs have been labelled or skipped, in memory: a bit a pair and annotator, read at the first use.
import type { Connection, Statement } from './connection.ts';
import { Bits } from './bits.ts';

/** Of one annotator. */
export interface Marks {
  readonly labelled: Bits;
  /** Skipped and not labelled. */
  readonly skipped: Bits;
  /** Every pair with a smaller number is labelled or skipped; where to look for the next one. */
  firstOpen: number;
  /** Acts that can be undone. */
  acts: number;
}

/**
 * The next pair, the progress and the filters of a queue all ask this of many pairs at every key press. SQL answers in time that
 * grows with what is done already; these bits answer at once. The rows stay the truth: after a rollback the bits are read anew.
 */
export class LabelMarks {
  readonly #ofAnnotator = new Map<number, Marks>();
  #anyone: Bits | undefined;
  readonly #labelledBy: Statement<number>;
  readonly #skippedBy: Statement<number>;
  readonly #labelled: Statement<number>;
  readonly #acts: Statement<number>;
  readonly #hasLabel: Statement<number>;
  readonly #hasLabelBy: Statement<number>;
  readonly #hasSkipBy: Statement<number>;

  constructor(db: Connection) {
    this.#labelledBy = db.pluck('SELECT pair FROM labels WHERE annotator = ? AND undone_at IS NULL');
    this.#skippedBy = db.pluck('SELECT pair FROM acts WHERE annotator = ? AND label IS NULL');
    this.#labelled = db.pluck('SELECT DISTINCT pair FROM labels WHERE undone_at IS NULL');
    this.#acts = db.pluck('SELECT count(*) FROM acts WHERE annotator = ?');
    this.#hasLabel = db.pluck('SELECT 1 FROM labels WHERE pair = ? AND undone_at IS NULL LIMIT 1');
    this.#hasLabelBy = db.pluck('SELECT 1 FROM labels WHERE pair = ? AND annotator = ? AND undone_at IS NULL LIMIT 1');
    this.#hasSkipBy = db.pluck('SELECT 1 FROM acts WHERE annotator = ? AND pair = ? AND label IS NULL LIMIT 1');
    db.onRollback(() => {
      this.#ofAnnotator.clear();
      this.#anyone = undefined;
    });
  }

  by(annotator: number): Marks {
    const known = this.#ofAnnotator.get(annotator);
    if (known !== undefined) return known;
    const marks: Marks = {
      labelled: new Bits(),
      skipped: new Bits(),
      firstOpen: 0,
      acts: this.#acts.get(annotator) ?? 0,
    };
    for (const pair of this.#labelledBy.all(annotator)) marks.labelled.add(pair);
    for (const pair of this.#skippedBy.all(annotator)) if (!marks.labelled.has(pair)) marks.skipped.add(pair);
    this.#ofAnnotator.set(annotator, marks);
    return marks;
  }

  /** Pairs with a live label by anybody. */
  byAnyone(): Bits {
    if (this.#anyone === undefined) {
      this.#anyone = new Bits();
      for (const pair of this.#labelled.all()) this.#anyone.add(pair);
    }
    return this.#anyone;
  }

  /** Tells that a label or skip by `annotator` of `pair` was written or taken back, with so many acts more or less. */
  changed(annotator: number, pair: number, acts: number): void {
    if (this.#anyone !== undefined) set(this.#anyone, pair, this.#hasLabel.get(pair) !== undefined);
    const marks = this.#ofAnnotator.get(annotator);
    if (marks === undefined) return;
    marks.acts += acts;
    const labelled = this.#hasLabelBy.get(pair, annotator) !== undefined;
    const skipped = !labelled && this.#hasSkipBy.get(annotator, pair) !== undefined;
    set(marks.labelled, pair, labelled);
    set(marks.skipped, pair, skipped);
    if (!labelled && !skipped) marks.firstOpen = Math.min(marks.firstOpen, pair);
  }
}

function set(bits: Bits, index: number, value: boolean): void {
  if (value) bits.add(index);
  else bits.remove(index);
}
