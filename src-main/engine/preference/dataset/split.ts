// Train and test: a split by seed in which nothing that hangs together is torn apart.
import type { FrozenChoice } from '#contract/dataset';
import type { TurnId } from '#contract/turn';
import { sha256 } from '../../turns/canonical.ts';
import { byCodeUnit } from './order.ts';
import type { Row } from './rows.ts';

export interface Split {
  /** Pair ids that go to the test file. */
  readonly test: ReadonlySet<string>;
  /** How many parts hang together, and the share of choices that the largest holds. */
  readonly components: number;
  readonly largest: number;
}

/** Joined sets of numbers 0 to n-1; find with path halving, union by size. */
class UnionFind {
  readonly #parents: Int32Array;
  readonly #sizes: Int32Array;

  constructor(count: number) {
    this.#parents = Int32Array.from({ length: count }, (_, index) => index);
    this.#sizes = new Int32Array(count).fill(1);
  }

  find(item: number): number {
    let at = item;
    for (let parent = this.#parents[at] ?? at; parent !== at; parent = this.#parents[at] ?? at) {
      const above = this.#parents[parent] ?? parent;
      this.#parents[at] = above;
      at = above;
    }
    return at;
  }

  join(one: number, two: number): void {
    const [left, right] = [this.find(one), this.find(two)];
    if (left === right) return;
    const [small, large] = (this.#sizes[left] ?? 1) < (this.#sizes[right] ?? 1) ? [left, right] : [right, left];
    this.#parents[small] = large;
    this.#sizes[large] = (this.#sizes[large] ?? 1) + (this.#sizes[small] ?? 1);
  }
}

/**
 * What a choice hangs on. Two choices belong together when they have a group in common (of the pair, or of the run a side came from) or a turn in common from the first user
 * turn on: since turns form a tree, they share any such turn exactly when they share the first user turn of a side. What comes
 * before it (system prompt, tools, a fixed greeting) is the same for everybody and joins nobody; a side without a user turn hangs on
 * the first turn below the root.
 */
export function anchorsOf({ choice, prompt, chosen, rejected }: Row): readonly string[] {
  const anchors = new Set<string>();
  for (const group of [...(choice.group === undefined ? [] : [choice.group]), ...(choice.sideGroups ?? [])])
    anchors.add(`group ${group}`);
  for (const side of [chosen, rejected]) {
    const path = [...prompt, ...side];
    const first: TurnId | undefined = (path.find((turn) => turn.message.role === 'user') ?? path[1] ?? path[0])?.id;
    if (first !== undefined) anchors.add(first);
  }
  return [...anchors];
}

/** The component of each choice, as the place of its first choice. `anchors` are in the order of the choices. */
export function componentsOf(anchors: readonly (readonly string[])[]): readonly number[] {
  const sets = new UnionFind(anchors.length);
  const seen = new Map<string, number>();
  for (const [index, keys] of anchors.entries()) {
    for (const key of keys) {
      const other = seen.get(key);
      if (other === undefined) seen.set(key, index);
      else sets.join(index, other);
    }
  }
  const first = new Map<number, number>();
  return anchors.map((_, index) => {
    const root = sets.find(index);
    const place = first.get(root) ?? index;
    first.set(root, place);
    return place;
  });
}

/**
 * Takes whole components into the test file, in an order that the seed shuffles, as long as that brings it nearer to `share` of the
 * choices. Depends on nothing but choices, share and seed, so every target gets the same split. Where the components are so coarse
 * that none fits, the smallest goes to test, if it leaves at least half for training.
 */
export function splitChoices(
  choices: readonly FrozenChoice[],
  anchors: readonly (readonly string[])[],
  share: number,
  seed: number,
): Split {
  const members = new Map<number, string[]>();
  for (const [index, component] of componentsOf(anchors).entries()) {
    const pairId = choices[index]?.pairId;
    if (pairId === undefined) continue;
    const ids = members.get(component);
    if (ids === undefined) members.set(component, [pairId]);
    else ids.push(pairId);
  }
  const parts = [...members.values()]
    .map((ids) => ({ ids, rank: sha256(`${seed} ${ids[0] ?? ''}`) }))
    .toSorted((left, right) => byCodeUnit(left.rank, right.rank));
  const wanted = share * choices.length;
  const test = new Set<string>();
  for (const { ids } of parts) {
    if (Math.abs(test.size + ids.length - wanted) < Math.abs(test.size - wanted)) for (const id of ids) test.add(id);
  }
  const smallest = parts.toSorted((left, right) => left.ids.length - right.ids.length)[0];
  if (share > 0 && test.size === 0 && smallest !== undefined && smallest.ids.length * 2 <= choices.length) {
    for (const id of smallest.ids) test.add(id);
  }
  const largest = parts.reduce((most, { ids }) => Math.max(most, ids.length), 0);
  return { test, components: parts.length, largest: choices.length === 0 ? 0 : largest / choices.length };
}

/** What to say where the split is not the one asked for; undefined where it is within a tenth of it. */
export function splitNote(split: Split, choices: number, share: number): string | undefined {
  if (share === 0) return undefined;
  const actual = split.test.size / choices;
  if (split.test.size === 0) {
    return split.components === 1
      ? 'There is no test file: all choices hang together by their groups or first user turns, so any split would leak.'
      : 'There is no test file: the choices hang together in parts too large for one.';
  }
  if (Math.abs(actual - share) <= Math.max(0.1 * share, 1 / choices)) return undefined;
  const percent = (value: number): string => `${Math.round(value * 1000) / 10} %`;
  return (
    `The test file holds ${percent(actual)} of the choices instead of ${percent(share)}: they hang together in ` +
    `${split.components} parts, the largest of ${percent(split.largest)}, which are kept whole.`
  );
}
