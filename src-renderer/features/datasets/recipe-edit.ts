// Changing a recipe: lists that mean "all" when empty, and whether two recipes are the same.
import type { Recipe } from '#contract/dataset';
import type { PairKind } from '#contract/pair';

/** The parts of a recipe that are lists; absent means all. */
export type ListPart = 'groups' | 'annotators' | 'tags';

/** Sets a list part; an empty list becomes absent, so that nothing chosen means all. */
export function withList(recipe: Recipe, part: ListPart, values: readonly string[]): Recipe {
  const { [part]: _old, ...rest } = recipe;
  return values.length === 0 ? rest : { ...rest, [part]: [...values] };
}

/** Sets the kinds; none chosen means all. */
export function withKinds(recipe: Recipe, kinds: readonly PairKind[]): Recipe {
  const { kinds: _old, ...rest } = recipe;
  return kinds.length === 0 ? rest : { ...rest, kinds: [...kinds] };
}

/** Adds the value or takes it out. */
export function toggled<T>(values: readonly T[] | undefined, value: T): readonly T[] {
  const list = values ?? [];
  return list.includes(value) ? list.filter((known) => known !== value) : [...list, value];
}

/** Same choices, whatever order lists were clicked together in. */
export function sameRecipe(one: Recipe, two: Recipe): boolean {
  return normal(one) === normal(two);
}

function normal(recipe: Recipe): string {
  const sorted = Object.entries(recipe)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        [key, Array.isArray(value) ? value.map(String).toSorted((a, b) => (a < b ? -1 : 1)) : value] as const,
    )
    .toSorted(([one], [two]) => (one < two ? -1 : 1));
  return JSON.stringify(sorted);
}
