// Labels, skips and acts in maps.
import type { Annotator, Label } from '#contract/label';
import type { Pair, PairFilter } from '#contract/pair';
import type { Page } from '#contract/trace';
import type { Act, LabelStore } from '#engine/ports';
import { Problem } from '#engine/problem';
import type { MemoryPairs } from './pairs.ts';
import { known, type State } from './state.ts';

export class MemoryLabels implements LabelStore {
  readonly #state: State;
  readonly #pairs: MemoryPairs;

  constructor(state: State, pairs: MemoryPairs) {
    this.#state = state;
    this.#pairs = pairs;
  }

  annotators(): Annotator[] {
    return [...this.#state.annotators.values()];
  }

  addAnnotator(annotator: Annotator): void {
    if (!this.#state.annotators.has(annotator.name)) this.#state.annotators.set(annotator.name, annotator);
  }

  add(label: Label): void {
    if (this.#state.labels.has(label.id)) return;
    known(this.#state.pairs, label.pairId, 'pair');
    if (label.edit !== undefined) known(this.#state.turns, label.edit, 'turn');
    if (label.repeats !== undefined) known(this.#state.labels, label.repeats, 'label');
    const { annotator, pairId } = label;
    const live = label.source === 'human' && label.undoneAt === undefined;
    const first = this.#human(annotator).some((other) => other.pairId === pairId && other.repeats === undefined);
    if (live && label.repeats === undefined && first)
      throw new Problem('CONFLICT', `${annotator} has labelled it already.`);
    this.addAnnotator({ name: annotator, createdAt: label.createdAt });
    this.#state.labels.set(label.id, label);
    if (live) this.#act({ annotator, at: label.createdAt, pairId, kind: 'label', labelId: label.id });
  }

  addSkip(annotator: string, pairId: string, at: number): void {
    known(this.#state.pairs, pairId, 'pair');
    this.addAnnotator({ name: annotator, createdAt: at });
    this.#act({ annotator, at, pairId, kind: 'skip' });
  }

  #act(act: OmitSequence<Act>): void {
    this.#state.lastAct += 1;
    this.#state.acts.set(this.#state.lastAct, { ...act, sequence: this.#state.lastAct });
  }

  lastAct(annotator: string): Act | undefined {
    return this.#actsOf(annotator).at(-1);
  }

  #actsOf(annotator: string): Act[] {
    return [...this.#state.acts.values()].filter((act) => act.annotator === annotator);
  }

  undo(act: Act, at: number): void {
    if (!this.#state.acts.delete(act.sequence)) throw new Problem('CONFLICT', 'This has been undone already.');
    if (act.kind === 'skip') return;
    const label = known(this.#state.labels, act.labelId, 'label');
    this.#state.labels.set(label.id, { ...label, undoneAt: at });
  }

  undoDepth(annotator: string): number {
    return this.#actsOf(annotator).length;
  }

  get(id: string): Label | undefined {
    return this.#state.labels.get(id);
  }

  #live(): Label[] {
    return [...this.#state.labels.values()].filter((label) => label.undoneAt === undefined);
  }

  #human(annotator: string): Label[] {
    return this.#live().filter((label) => label.annotator === annotator && label.source === 'human');
  }

  list(filter: { readonly annotator?: string; readonly pairId?: string }, offset: number, limit: number): Page<Label> {
    const { annotator, pairId } = filter;
    const fitting = this.#live().filter(
      (label) =>
        (annotator === undefined || label.annotator === annotator) && (pairId === undefined || label.pairId === pairId),
    );
    return { items: fitting.slice(offset, offset + limit), total: fitting.length };
  }

  *byPair(): Generator<{ readonly pair: Pair; readonly labels: readonly Label[] }> {
    for (const pair of this.#state.pairs.values()) {
      const labels = this.#live().filter((label) => label.pairId === pair.id);
      if (labels.length > 0) yield { pair, labels };
    }
  }

  stats(
    annotator: string,
    filter: PairFilter,
    since: number,
  ): { labelled: number; skipped: number; today: number; medianMs?: number } {
    const fitting = this.#pairs.list(filter, 0, Infinity).items.map((pair) => pair.id);
    const labelled = this.#pairs.labelledBy(annotator);
    const skipped = this.#pairs.skippedBy(annotator);
    const human = this.#human(annotator);
    const times = human
      .map((label) => label.elapsedMs)
      .filter((ms) => ms > 0)
      .slice(-1000);
    const sorted = times.toSorted((one, two) => one - two);
    const lower = sorted[Math.ceil(sorted.length / 2) - 1];
    const upper = sorted[Math.floor(sorted.length / 2)];
    return {
      labelled: fitting.filter((id) => labelled.has(id)).length,
      skipped: fitting.filter((id) => skipped.has(id) && !labelled.has(id)).length,
      today: human.filter((label) => label.createdAt >= since).length,
      ...(lower === undefined || upper === undefined ? {} : { medianMs: (lower + upper) / 2 }),
    };
  }

  repeatable(annotator: string, lag: number, limit: number): Label[] {
    const human = this.#human(annotator);
    const acts = this.#actsOf(annotator);
    const repeated = new Set(human.map((label) => label.repeats));
    const skippedSince = (label: Label): boolean => {
      const own = acts.findIndex((act) => act.kind === 'label' && act.labelId === label.id);
      return acts.slice(own + 1).some((act) => act.kind === 'skip' && act.pairId === label.pairId);
    };
    return human
      .slice(0, Math.max(0, human.length - lag))
      .filter((label) => label.repeats === undefined && !repeated.has(label.id) && !skippedSince(label))
      .slice(0, limit);
  }
}

type OmitSequence<T> = T extends unknown ? Omit<T, 'sequence'> : never;
