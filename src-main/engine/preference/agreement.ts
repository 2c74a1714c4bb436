// How far the labels can be relied on: each annotator with themselves, each two with one another, all together.
import { choiceSchema, type AgreementReport, type Choice, type Label } from '#contract/label';
import type { Store, Task } from '../ports.ts';
import { cohensKappa, krippendorffsAlpha, median, share, type Unit } from './statistics.ts';

const categories = choiceSchema.options;

interface Tally {
  labels: number;
  readonly elapsed: number[];
  repeats: number;
  alike: number;
  sided: number;
  left: number;
}

interface Table {
  readonly one: string;
  readonly two: string;
  readonly counts: number[][];
}

/**
 * Over live labels. Of an annotator's labels on a pair the first counts; repeats count for their own consistency only. Imported
 * labels count as those of the annotator they came in with, but tell nothing of sides and times; nor do those given on the command
 * line, which showed no sides. Lets others in between pairs; rejects with the signal's reason where `task` is cancelled.
 */
export async function agreementReport(store: Store, task: Task): Promise<AgreementReport> {
  const tallies = new Map<string, Tally>(store.labels.annotators().map(({ name }) => [name, newTally()]));
  const tables = new Map<string, Table>();
  const units: Unit[] = [];
  for (const { labels } of store.labels.byPair()) {
    await task.progress(undefined, 'Comparing labels');
    const firsts = new Map<string, Label>();
    for (const label of labels) {
      if (label.repeats === undefined && !firsts.has(label.annotator)) firsts.set(label.annotator, label);
    }
    for (const label of labels) take(tallies, label, firsts.get(label.annotator));
    const given = [...firsts.values()].toSorted((left, right) => (left.annotator < right.annotator ? -1 : 1));
    if (given.length < 2) continue;
    units.push(categories.map((choice) => given.filter((label) => label.choice === choice).length));
    for (const [index, one] of given.entries()) {
      for (const two of given.slice(index + 1)) compare(tables, one, two);
    }
  }
  const alpha = krippendorffsAlpha(units);
  return {
    annotators: [...tallies].map(([name, tally]) => annotatorReport(name, tally)),
    pairs: [...tables.values()].toSorted(byNames).map(pairReport),
    ...(alpha === undefined ? {} : { alpha }),
  };
}

function newTally(): Tally {
  return { labels: 0, elapsed: [], repeats: 0, alike: 0, sided: 0, left: 0 };
}

function take(tallies: Map<string, Tally>, label: Label, first: Label | undefined): void {
  const tally = tallies.get(label.annotator) ?? newTally();
  tallies.set(label.annotator, tally);
  // Labels that no screen showed (imports, command line) carry 0.
  const onScreen = label.elapsedMs > 0;
  if (onScreen) tally.elapsed.push(label.elapsedMs);
  if (label.repeats !== undefined) {
    if (first === undefined) return;
    tally.repeats += 1;
    if (first.choice === label.choice) tally.alike += 1;
    return;
  }
  if (label !== first) return;
  tally.labels += 1;
  if (!onScreen || (label.choice !== 'a' && label.choice !== 'b')) return;
  tally.sided += 1;
  if ((label.choice === 'a') !== label.swapped) tally.left += 1;
}

function compare(tables: Map<string, Table>, one: Label, two: Label): void {
  const key = JSON.stringify([one.annotator, two.annotator]);
  const table = tables.get(key) ?? {
    one: one.annotator,
    two: two.annotator,
    counts: categories.map(() => categories.map(() => 0)),
  };
  tables.set(key, table);
  const row = table.counts[place(one.choice)];
  if (row !== undefined) row[place(two.choice)] = (row[place(two.choice)] ?? 0) + 1;
}

function place(choice: Choice): number {
  return categories.indexOf(choice);
}

function byNames(left: Table, right: Table): number {
  if (left.one !== right.one) return left.one < right.one ? -1 : 1;
  return left.two < right.two ? -1 : 1;
}

function annotatorReport(name: string, tally: Tally): AgreementReport['annotators'][number] {
  const medianMs = median(tally.elapsed);
  const consistency = share(tally.alike, tally.repeats);
  const leftShare = share(tally.left, tally.sided);
  return {
    name,
    labels: tally.labels,
    ...(medianMs === undefined ? {} : { medianMs }),
    ...(consistency === undefined ? {} : { consistency }),
    ...(leftShare === undefined ? {} : { leftShare }),
  };
}

function pairReport({ one, two, counts }: Table): AgreementReport['pairs'][number] {
  const shared = counts.flat().reduce((total, count) => total + count, 0);
  const agreeing = counts.reduce((total, row, index) => total + (row[index] ?? 0), 0);
  const kappa = cohensKappa(counts);
  return { one, two, shared, agreement: agreeing / shared, ...(kappa === undefined ? {} : { kappa }) };
}
