// Pairs in a map; a pair's sequence number is its place.
import type { Pair, PairFacets, PairFilter } from '#contract/pair';
import type { Page } from '#contract/trace';
import type { TurnId } from '#contract/turn';
import type { PairStore } from '#engine/ports';
import { searchText } from '#engine/turns/search-text';
import { byBytes, counted, known, type State } from './state.ts';
import type { MemoryTurns } from './turns.ts';
import { hasWords } from './words.ts';

export class MemoryPairs implements PairStore {
  readonly #state: State;
  readonly #turns: MemoryTurns;

  constructor(state: State, turns: MemoryTurns) {
    this.#state = state;
    this.#turns = turns;
  }

  put(pairs: readonly Pair[]): number {
    return this.#state.transaction(() => {
      const before = this.#state.pairs.size;
      for (const pair of pairs) {
        if (this.#state.pairs.has(pair.id)) continue;
        for (const turn of [pair.prompt, pair.a, pair.b]) known(this.#state.turns, turn, 'turn');
        for (const trace of [pair.traceA, pair.traceB])
          if (trace !== undefined) known(this.#state.traces, trace, 'trace');
        this.#state.pairs.set(pair.id, pair);
      }
      return this.#state.pairs.size - before;
    });
  }

  get(id: string): Pair | undefined {
    return this.#state.pairs.get(id);
  }

  startingWith(prefix: string): string[] {
    return [...this.#state.pairs.keys()]
      .filter((id) => id.startsWith(prefix))
      .toSorted(byBytes)
      .slice(0, 2);
  }

  sequenceOf(id: string): number | undefined {
    const place = [...this.#state.pairs.keys()].indexOf(id);
    return place < 0 ? undefined : place + 1;
  }

  list(filter: PairFilter, offset: number, limit: number): Page<Pair> {
    const fitting = this.#fitting(filter);
    return { items: fitting.slice(offset, offset + limit), total: fitting.length };
  }

  countFor(filter: PairFilter): number {
    return this.#fitting(filter).length;
  }

  nextFor(
    annotator: string,
    filter: PairFilter,
    after: number,
  ): { readonly pair: Pair; readonly sequence: number } | undefined {
    const fitting = new Set(this.#fitting(filter));
    const labelled = this.labelledBy(annotator);
    const skipped = this.skippedBy(annotator);
    for (const [index, pair] of [...this.#state.pairs.values()].entries()) {
      const open = !labelled.has(pair.id) && !skipped.has(pair.id);
      if (index + 1 > after && open && fitting.has(pair)) return { pair, sequence: index + 1 };
    }
    return undefined;
  }

  /** Ids of the pairs with a live label, by anybody where no annotator is named. */
  labelledBy(annotator: string | undefined): ReadonlySet<string> {
    const live = [...this.#state.labels.values()].filter((label) => label.undoneAt === undefined);
    return new Set(
      live.filter((label) => annotator === undefined || label.annotator === annotator).map((label) => label.pairId),
    );
  }

  skippedBy(annotator: string): ReadonlySet<string> {
    const acts = [...this.#state.acts.values()];
    return new Set(acts.filter((act) => act.kind === 'skip' && act.annotator === annotator).map((act) => act.pairId));
  }

  #fitting(filter: PairFilter): Pair[] {
    const labelled = this.labelledBy(filter.annotator);
    const state = filter.labelled ?? (filter.annotator === undefined ? undefined : 'yes');
    const tagged = new Set(this.#liveTags().flatMap(([tag, pair]) => (tag === filter.tag ? [pair] : [])));
    const text = filter.text?.trim() ?? '';
    return [...this.#state.pairs.values()].filter(
      (pair) =>
        (filter.kind === undefined || filter.kind.length === 0 || filter.kind.includes(pair.kind)) &&
        (filter.group === undefined ||
          filter.group.length === 0 ||
          (pair.group !== undefined && filter.group.includes(pair.group))) &&
        (state === undefined || labelled.has(pair.id) === (state === 'yes')) &&
        (filter.tag === undefined || tagged.has(pair.id)) &&
        (text === '' || [pair.a, pair.b].some((leaf) => this.#matches(pair.prompt, leaf, text))),
    );
  }

  #matches(prompt: TurnId, leaf: TurnId, text: string): boolean {
    const path = this.#turns.path(leaf);
    const start = path.findIndex((turn) => turn.id === prompt) + 1;
    return path.slice(start).some((turn) => hasWords(searchText(turn.message), text));
  }

  #liveTags(): [tag: string, pair: string][] {
    const live = [...this.#state.labels.values()].filter((label) => label.undoneAt === undefined);
    return live.flatMap((label) => label.tags.map((tag): [string, string] => [tag, label.pairId]));
  }

  facets(): PairFacets {
    const pairs = [...this.#state.pairs.values()];
    const tags = new Map(this.#liveTags().map(([tag, pair]) => [JSON.stringify([tag, pair]), tag]));
    return {
      kinds: counted(pairs.map((pair) => pair.kind)),
      groups: counted(pairs.flatMap((pair) => (pair.group === undefined ? [] : [pair.group]))),
      tags: counted([...tags.values()]),
      total: pairs.length,
    };
  }

  countByKind(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.facets().kinds.map(({ value, count }) => [value, count]));
  }
}
