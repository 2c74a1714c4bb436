// Datasets, their recipes and their frozen versions.
import type { Dataset, DatasetVersion, FrozenChoice, FrozenVersion, Recipe, RecipePreview } from '#contract/dataset';
import { randomUUID } from 'node:crypto';
import type { Clock, Store, Task } from '../../ports.ts';
import { Problem } from '../../problem.ts';
import { canonicalJson, sha256 } from '../../turns/canonical.ts';
import { drawChoices, normalRecipe } from './choices.ts';

/** What the recipe makes of today's labels; nothing is stored. */
export async function previewRecipe(store: Store, recipe: Recipe, task: Task): Promise<RecipePreview> {
  const { choices, leftOut } = await drawChoices(store, recipe, task);
  const count = (verdict: FrozenChoice['verdict']): number =>
    choices.filter((choice) => choice.verdict === verdict).length;
  return { choices: choices.length, ties: count('tie'), bad: count('bad'), leftOut };
}

export function createDataset(store: Store, clock: Clock, name: string, recipe: Recipe): Dataset {
  const dataset = { id: randomUUID(), name, recipe: normalRecipe(recipe), createdAt: clock.now() };
  store.datasets.put(dataset);
  return { ...dataset, versions: [] };
}

/** Versions that are frozen keep the recipe they were frozen with. Throws NOT_FOUND. */
export function updateDataset(store: Store, id: string, name: string, recipe: Recipe): Dataset {
  const { createdAt } = requireDataset(store, id);
  store.datasets.put({ id, name, recipe: normalRecipe(recipe), createdAt });
  return requireDataset(store, id);
}

export function requireDataset(store: Store, id: string): Dataset {
  const dataset = store.datasets.get(id);
  if (dataset === undefined)
    throw new Problem('NOT_FOUND', 'This dataset is not in the workspace.', 'Reload the list.');
  return dataset;
}

/** SHA-256 over recipe and choices in canonical JSON. No time and no name goes in: same recipe, same labels, same hash. */
export function versionHash(recipe: Recipe, choices: readonly FrozenChoice[]): string {
  return sha256(canonicalJson({ recipe, choices }));
}

/**
 * Freezes what the dataset's recipe makes of the labels now. Where nothing changed since a version was frozen, that version comes
 * back with `unchanged`. Throws NOT_FOUND, and BAD_INPUT where there is no choice to freeze.
 */
export async function freezeDataset(store: Store, clock: Clock, id: string, task: Task): Promise<FrozenVersion> {
  const recipe = normalRecipe(requireDataset(store, id).recipe);
  const { choices, leftOut } = await drawChoices(store, recipe, task);
  if (choices.length === 0) throw nothingToFreeze(leftOut);
  const hash = versionHash(recipe, choices);
  return store.transaction(() => {
    const { versions } = requireDataset(store, id);
    const known = versions.find((version) => version.hash === hash);
    if (known !== undefined) return { ...known, unchanged: true };
    const number = Math.max(0, ...versions.map((version) => version.number)) + 1;
    const version: DatasetVersion = {
      hash,
      datasetId: id,
      number,
      createdAt: clock.now(),
      recipe,
      choices: choices.length,
    };
    store.datasets.putVersion(version, choices);
    return { ...version, unchanged: false };
  });
}

function nothingToFreeze(leftOut: RecipePreview['leftOut']): Problem {
  const labelled = leftOut.reduce((total, { count }) => total + count, 0);
  if (labelled === 0) return new Problem('BAD_INPUT', 'There are no labels yet.', 'Label some pairs first.');
  const [most] = leftOut;
  const why =
    most === undefined ? '' : ` Most often: ${most.why.charAt(0).toLowerCase()}${most.why.slice(1)} (${most.count}).`;
  return new Problem(
    'BAD_INPUT',
    `The recipe leaves out all ${labelled.toLocaleString('en')} labelled ${labelled === 1 ? 'pair' : 'pairs'}.${why}`,
    'Loosen the recipe or label more pairs.',
  );
}

/** A version to write: frozen under `hash`, or drawn now from a recipe without storing it. */
export interface Source {
  readonly hash: string;
  readonly recipe: Recipe;
  readonly choices: readonly FrozenChoice[];
  /** Name of the dataset, where it has one. */
  readonly name?: string;
}

/** A frozen version and its dataset's name. Throws NOT_FOUND. */
export function requireVersion(store: Store, hash: string) {
  const frozen = store.datasets.version(hash);
  if (frozen === undefined) throw new Problem('NOT_FOUND', 'This version is not in the workspace.', 'Reload the list.');
  return { ...frozen, name: store.datasets.get(frozen.version.datasetId)?.name ?? 'Preferences' };
}

/** Throws NOT_FOUND for an unknown hash, BAD_INPUT where a recipe makes no choice. */
export async function sourceOf(
  store: Store,
  of: { readonly version: string } | { readonly recipe: Recipe },
  task: Task,
): Promise<Source> {
  if ('version' in of) {
    const { recipe, choices, name } = requireVersion(store, of.version);
    return { hash: of.version, recipe, choices, name };
  }
  const recipe = normalRecipe(of.recipe);
  const { choices, leftOut } = await drawChoices(store, recipe, task);
  if (choices.length === 0) throw nothingToFreeze(leftOut);
  return { hash: versionHash(recipe, choices), recipe, choices };
}
