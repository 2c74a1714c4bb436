// From labels to choices: what the labels on each pair come to under a recipe.
import type { FrozenChoice, Recipe } from '#contract/dataset';
import type { Choice, Label } from '#contract/label';
import type { Pair } from '#contract/pair';
import type { Turn, TurnId } from '#contract/turn';
import type { Store, TurnStore } from '../../ports.ts';
import { sharedLength } from '../../turns/path.ts';
import { byCodeUnit } from './order.ts';

export interface Drawn {
  /** By pair id, so that the order of labelling tells nothing and the same labels give the same bytes. */
  readonly choices: readonly FrozenChoice[];
  /** Why labelled pairs make no choice; with the choices these add up to the labelled pairs. Most frequent first. */
  readonly leftOut: readonly { readonly why: string; readonly count: number }[];
}

/**
 * The recipe in one form for one meaning: lists sorted without repeats, empty lists absent (they restrict nothing), so that the
 * order in which boxes were ticked does not change a version's hash.
 */
export function normalRecipe(recipe: Recipe): Recipe {
  const { kinds, groups, annotators, tags, ties, minStrength, conflicts, unit } = recipe;
  return {
    ...listed('kinds', kinds),
    ...listed('groups', groups),
    ...listed('annotators', annotators),
    ...listed('tags', tags),
    ties,
    minStrength,
    conflicts,
    unit,
  };
}

function listed<Key extends string, Item extends string>(
  key: Key,
  items: readonly Item[] | undefined,
): { [K in Key]?: Item[] } {
  if (items === undefined || items.length === 0) return {};
  const entry: { [K in Key]?: Item[] } = {};
  entry[key] = [...new Set(items)].toSorted(byCodeUnit);
  return entry;
}

/**
 * The choices that the live labels make under a recipe.
 *
 * - `kinds` and `groups` restrict pairs, `annotators` restricts labels. `tags` restricts pairs to those on which a counted label
 *   carries one of them; the other labels of such a pair still count, so that a tag does not hide a disagreement.
 * - Of an annotator's labels on a pair the first counts. Blind repeats measure the annotator and do not vote.
 * - `majority` takes the verdict with the most votes, `latest` that of the newest label.
 * - A preference's strength is the mean of the strengths of the labels that voted for it, and stays a fraction. Below `minStrength`
 *   it is left out. Ties and both-bad have no direction and therefore no minimum.
 * - An edit replaces the chosen side: edited over rejected. The edited over the original is not a second choice: nobody said
 *   how much better it is, and the pair would count twice. Of several edits the newest counts.
 */
export function drawChoices(store: Store, recipe: Recipe): Drawn {
  const normal = normalRecipe(recipe);
  const choices: FrozenChoice[] = [];
  const leftOut = new Map<string, number>();
  for (const { pair, labels } of store.labels.byPair()) {
    const drawn = drawChoice(store.turns, normal, pair, labels);
    if (typeof drawn === 'string') leftOut.set(drawn, (leftOut.get(drawn) ?? 0) + 1);
    else choices.push(drawn);
  }
  return {
    choices: choices.toSorted((left, right) => byCodeUnit(left.pairId, right.pairId)),
    leftOut: [...leftOut]
      .map(([why, count]) => ({ why, count }))
      .toSorted((left, right) => right.count - left.count || byCodeUnit(left.why, right.why)),
  };
}

/** The choice, or why there is none. */
function drawChoice(turns: TurnStore, recipe: Recipe, pair: Pair, labels: readonly Label[]): FrozenChoice | string {
  if (recipe.kinds !== undefined && !recipe.kinds.includes(pair.kind)) return 'Of another kind';
  if (recipe.groups !== undefined && !recipe.groups.includes(pair.group ?? '')) return 'Of another group';
  const votes = firstVotes(labels, recipe.annotators);
  if (votes.length === 0) return 'Not labelled by these annotators';
  const { tags } = recipe;
  if (tags !== undefined && !votes.some((label) => label.tags.some((tag) => tags.includes(tag))))
    return 'Without these tags';
  const verdict = settle(votes, recipe.conflicts);
  if (verdict === undefined) {
    return recipe.conflicts === 'unanimous'
      ? 'Annotators disagree'
      : 'Annotators disagree and neither side has the most votes';
  }
  const agreeing = votes.filter((label) => label.choice === verdict);
  const strength = meanStrength(agreeing);
  const fixed = {
    pairId: pair.id,
    strength,
    ...(pair.group === undefined ? {} : { group: pair.group }),
    labels: votes.map(({ id, annotator, choice, strength: given }) => ({ id, annotator, choice, strength: given })),
  };
  if (verdict === 'tie' && recipe.ties === 'drop') return 'Tie';
  if (verdict === 'tie' || verdict === 'bad') {
    const sides = sidesOf(turns, recipe.unit, pair.a, pair.b);
    return typeof sides === 'string' ? sides : { ...fixed, ...inIdOrder(sides), verdict };
  }
  if (strength < recipe.minStrength) return 'Weaker than the least strength';
  const edit = agreeing.toSorted(byTime).findLast((label) => label.edit !== undefined)?.edit;
  const chosen = edit ?? (verdict === 'a' ? pair.a : pair.b);
  const sides = sidesOf(turns, recipe.unit, chosen, verdict === 'a' ? pair.b : pair.a);
  return typeof sides === 'string' ? sides : { ...fixed, ...sides, verdict: 'prefer' };
}

/** Each annotator's first label, by annotator. */
function firstVotes(labels: readonly Label[], annotators: readonly string[] | undefined): Label[] {
  const first = new Map<string, Label>();
  for (const label of labels.toSorted(byTime)) {
    if (label.repeats !== undefined || label.undoneAt !== undefined) continue;
    if (annotators !== undefined && !annotators.includes(label.annotator)) continue;
    if (!first.has(label.annotator)) first.set(label.annotator, label);
  }
  return [...first.values()].toSorted((left, right) => byCodeUnit(left.annotator, right.annotator));
}

function byTime(left: Label, right: Label): number {
  return left.createdAt - right.createdAt || byCodeUnit(left.id, right.id);
}

function settle(votes: readonly Label[], conflicts: Recipe['conflicts']): Choice | undefined {
  if (conflicts === 'latest') return votes.toSorted(byTime).at(-1)?.choice;
  const counts = new Map<Choice, number>();
  for (const { choice } of votes) counts.set(choice, (counts.get(choice) ?? 0) + 1);
  const [first, second] = [...counts].toSorted((left, right) => right[1] - left[1]);
  if (second === undefined) return first?.[0];
  if (conflicts === 'unanimous' || first?.[1] === second[1]) return undefined;
  return first?.[0];
}

/** Rounded to a thousandth, so that its decimals are the same everywhere. */
function meanStrength(labels: readonly Label[]): number {
  const total = labels.reduce((sum, label) => sum + label.strength, 0);
  return Math.round((total / labels.length) * 1000) / 1000;
}

interface ChosenSides {
  readonly prompt: TurnId;
  readonly chosen: TurnId;
  readonly rejected: TurnId;
}

/** The prompt is found anew, because an edit may share more or less with the other side than the original did. */
function sidesOf(turns: TurnStore, unit: Recipe['unit'], chosen: TurnId, rejected: TurnId): ChosenSides | string {
  const paths = [turns.path(chosen), turns.path(rejected)] as const;
  const shared = sharedLength(...paths);
  const prompt = paths[0][shared - 1];
  if (prompt === undefined) return 'The sides share nothing, not even the system prompt and tools';
  const [ours, theirs] = [paths[0].slice(shared), paths[1].slice(shared)];
  if (ours.length === 0 || theirs.length === 0) return 'One side is the beginning of the other';
  if (unit === 'trajectory') return { prompt: prompt.id, chosen, rejected };
  const [first, other] = [ours[0], theirs[0]];
  if (!isAssistant(first) || !isAssistant(other))
    return 'The sides part at a user or tool turn, so there is no one decision';
  return { prompt: prompt.id, chosen: first.id, rejected: other.id };
}

function isAssistant(turn: Turn | undefined): turn is Turn {
  return turn?.message.role === 'assistant';
}

function inIdOrder({ prompt, chosen, rejected }: ChosenSides): ChosenSides {
  return chosen < rejected ? { prompt, chosen, rejected } : { prompt, chosen: rejected, rejected: chosen };
}
