// Before anything is written: one pass over the choices that counts, scans and measures, so that every number shown is from the real rows.
import type { ExportOptions, ExportPlan, FileFormat, Loss } from '#contract/dataset';
import type { Json } from '#contract/turn';
import type { Store, Task } from '../../ports.ts';
import { Problem } from '../../problem.ts';
import { Shapes, type ShapedColumn } from './files/shapes.ts';
import { NearDuplicates, shingles } from './near-duplicates.ts';
import { byCodeUnit } from './order.ts';
import { rowOf, textsOf, turnsOfRow, type Row } from './rows.ts';
import { maskKey } from './scan/mask.ts';
import { Scan } from './scan/scan.ts';
import { anchorsOf, splitChoices, splitNote, type Split } from './split.ts';
import { carry, type Carried, type TargetFormat } from './targets/target.ts';
import { targets } from './targets/targets.ts';
import type { Source } from './versions.ts';

/** Choices read and scanned at a time. */
const chunk = 64;
const samples = 3;

export interface Prepared {
  readonly source: Source;
  readonly options: ExportOptions;
  readonly format: TargetFormat;
  readonly split: Split;
  readonly plan: ExportPlan;
  readonly columns: readonly ShapedColumn[];
  /** What the file carries of a choice; the same each time it is asked. */
  carried(row: Row): Carried;
  /** What goes beside the rows: masked where they are. */
  besides(text: string): Promise<string>;
}

/**
 * Counts losses, findings, near-duplicates and both files' rows. `from` and `to` are the share of the whole work's progress that
 * this is. Throws BAD_INPUT where the target is not written in this format or could take no row at all.
 */
export async function prepare(
  store: Store,
  source: Source,
  options: ExportOptions,
  task: Task,
  to: number,
): Promise<Prepared> {
  const format = targets[options.target];
  refuseFormat(format, options.format);
  const scan = new Scan(maskKey(store.settings));
  const carried = (row: Row): Carried => carry(format, row.choice, messagesOf(row, options.mask ? scan : undefined));
  const besides = async (text: string): Promise<string> => (options.mask ? scan.maskedText(text) : text);
  const counting = new Counting(format);
  const anchors: (readonly string[])[] = [];
  const { choices } = source;
  for (let start = 0; start < choices.length; start += chunk) {
    const rows = choices.slice(start, start + chunk).map((choice) => rowOf(store.turns, choice));
    await scan.look(rows.flatMap(turnsOfRow));
    for (const [offset, row] of rows.entries()) {
      anchors.push(anchorsOf(row));
      const { examples } = counting.add(carried(row));
      if (examples.length > 0) scan.count(start + offset, turnsOfRow(row));
      await task.progress(
        (to * (start + offset)) / choices.length / (options.split > 0 ? 2 : 1),
        'Counting and scanning',
      );
    }
  }
  if (counting.rows() === 0) throw nothingLeft(format, choices.length, counting.losses());
  const split = splitChoices(choices, anchors, options.split, options.seed);
  const nearDuplicates = options.split > 0 ? await compare(store, source, split, counting, task, to) : [];
  const inTest = choices.reduce(
    (count, { pairId }, index) => count + (split.test.has(pairId) ? counting.rowsOf(index) : 0),
    0,
  );
  const note = splitNote(split, choices.length, options.split);
  const plan: ExportPlan = {
    rows: counting.rows(),
    train: counting.rows() - inTest,
    test: inTest,
    losses: counting.losses(),
    findings: scan.findings(),
    nearDuplicates,
    sample: counting.sample,
    notes: [...(note === undefined ? [] : [note]), ...emptyNotes(split, counting.rows() - inTest, inTest)],
  };
  return { source, options, format, split, plan, columns: counting.columns(), carried, besides };
}

function refuseFormat(format: TargetFormat, asked: FileFormat): void {
  if (format.formats.includes(asked)) return;
  throw new Problem(
    'BAD_INPUT',
    `${format.title} is written as JSONL only.`,
    'Choose JSONL, or a TRL target for Parquet.',
  );
}

function nothingLeft(format: TargetFormat, choices: number, losses: readonly Loss[]): Problem {
  const skipped = losses.find((loss) => loss.effect === 'skipped');
  const why = skipped === undefined ? '' : ` ${skipped.what}: ${skipped.rows.toLocaleString('en')}.`;
  return new Problem(
    'BAD_INPUT',
    `None of the ${choices.toLocaleString('en')} choices can be written as ${format.title}.${why}`,
    'Choose another target, or change what the recipe takes.',
  );
}

function emptyNotes(split: Split, train: number, test: number): string[] {
  if (split.test.size > 0 && test === 0)
    return ['There is no test file: this target skips every choice that belongs to it.'];
  if (train === 0) return ['There is no training file: this target skips every choice that belongs to it.'];
  return [];
}

function messagesOf({ prompt, chosen, rejected }: Row, scan: Scan | undefined): Parameters<typeof carry>[2] {
  const messages = (turns: Row['prompt']) => turns.map((turn) => scan?.masked(turn) ?? turn.message);
  return { prompt: messages(prompt), chosen: messages(chosen), rejected: messages(rejected) };
}

/** Adds up what the choices come to. */
class Counting {
  readonly sample: Json[] = [];
  readonly #format: TargetFormat;
  readonly #shapes: Shapes;
  readonly #losses = new Map<string, Loss>();
  readonly #perChoice: number[] = [];
  #rows = 0;

  constructor(format: TargetFormat) {
    this.#format = format;
    this.#shapes = new Shapes(format.columns);
  }

  add(carried: Carried): Carried {
    for (const loss of carried.losses) {
      const key = `${loss.effect} ${loss.what}`;
      this.#losses.set(key, { ...loss, rows: (this.#losses.get(key)?.rows ?? 0) + 1 });
    }
    for (const example of carried.examples) {
      const row = this.#format.encode(example);
      this.#shapes.observe(row);
      if (this.sample.length < samples) this.sample.push(row);
    }
    this.#perChoice.push(carried.examples.length);
    this.#rows += carried.examples.length;
    return carried;
  }

  rows(): number {
    return this.#rows;
  }

  rowsOf(choice: number): number {
    return this.#perChoice[choice] ?? 0;
  }

  /** What is not written first, then by how many. */
  losses(): readonly Loss[] {
    const weight = { skipped: 0, dropped: 1, changed: 2 };
    return [...this.#losses.values()].toSorted(
      (left, right) =>
        weight[left.effect] - weight[right.effect] || right.rows - left.rows || byCodeUnit(left.what, right.what),
    );
  }

  columns(): readonly ShapedColumn[] {
    return this.#shapes.columns();
  }
}

/** Near-duplicates by what was said below the root: the system prompt is everybody's. */
async function compare(
  store: Store,
  { choices }: Source,
  split: Split,
  counting: Counting,
  task: Task,
  to: number,
): Promise<ExportPlan['nearDuplicates']> {
  if (split.test.size === 0) return [];
  const shinglesOf = (index: number): ReadonlySet<number> => {
    const choice = choices[index];
    if (choice === undefined) return new Set();
    const turns = turnsOfRow(rowOf(store.turns, choice)).filter((turn) => turn.message.role !== 'context');
    return shingles(turns.flatMap((turn) => textsOf(turn.message)));
  };
  const kept = new Map<number, ReadonlySet<number>>();
  const near = new NearDuplicates((index) => remembered(kept, index, shinglesOf));
  for (const side of ['test', 'train'] as const) {
    for (const [index, { pairId }] of choices.entries()) {
      if (split.test.has(pairId) !== (side === 'test') || counting.rowsOf(index) === 0) continue;
      if (side === 'test') near.addTest(index, shinglesOf(index));
      else near.passTrain(index, shinglesOf(index));
      await task.progress(to / 2 + (to / 2) * (index / choices.length), 'Looking for near-duplicates across the split');
    }
  }
  return near.found().map(({ train, test, similarity }) => ({
    train: choices[train]?.pairId ?? '',
    test: choices[test]?.pairId ?? '',
    similarity: Math.round(similarity * 1000) / 1000,
  }));
}

/** A few hundred, since the same test rows are asked for again and again. */
function remembered(
  kept: Map<number, ReadonlySet<number>>,
  index: number,
  make: (index: number) => ReadonlySet<number>,
): ReadonlySet<number> {
  const known = kept.get(index);
  if (known !== undefined) return known;
  const made = make(index);
  if (kept.size >= 256) kept.clear();
  kept.set(index, made);
  return made;
}
