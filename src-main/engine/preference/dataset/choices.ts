// From labels to choices: what the labels on each pair come to under a recipe.
import type { FrozenChoice, Recipe } from '#contract/dataset';
import type { Choice, Label } from '#contract/label';
import type { Pair } from '#contract/pair';
import type { Turn, TurnId } from '#contract/turn';
import type { Store, Task, TraceStore, TurnStore } from '../../ports.ts';
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
export async function drawChoices(store: Store, recipe: Recipe, task: Task): Promise<Drawn> {
  const normal = normalRecipe(recipe);
  const verdicts: Verdict[] = [];
  const leftOut = new Map<string, number>();
  const leave = (why: string): void => void leftOut.set(why, (leftOut.get(why) ?? 0) + 1);
  // All labels at once: the store cannot do other work while it is being read through.
  for (const { pair, labels } of store.labels.byPair()) {
    const verdict = verdictOn(normal, pair, labels);
    if (typeof verdict === 'string') leave(verdict);
    else verdicts.push(verdict);
  }
  const choices: FrozenChoice[] = [];
  const groups = new SideGroups(store.traces);
  for (const verdict of verdicts) {
    const choice = choiceOf(store.turns, groups, normal.unit, verdict);
    if (typeof choice === 'string') leave(choice);
    else choices.push(choice);
    await task.progress(undefined, 'Drawing choices from labels');
  }
  return {
    choices: choices.toSorted((left, right) => byCodeUnit(left.pairId, right.pairId)),
    leftOut: [...leftOut]
      .map(([why, count]) => ({ why, count }))
      .toSorted((left, right) => right.count - left.count || byCodeUnit(left.why, right.why)),
  };
}

/** What the labels on a pair came to, before its sides are looked up. */
interface Verdict {
  readonly pair: Pair;
  readonly votes: readonly Label[];
  readonly choice: Choice;
  readonly strength: number;
  /** The newest edit of those who agree. */
  readonly edit: TurnId | undefined;
}

/** The verdict, or why the pair makes no choice. */
function verdictOn(recipe: Recipe, pair: Pair, labels: readonly Label[]): Verdict | string {
  if (recipe.kinds !== undefined && !recipe.kinds.includes(pair.kind)) return 'Of another kind';
  if (recipe.groups !== undefined && !recipe.groups.includes(pair.group ?? '')) return 'Of another group';
  const votes = firstVotes(labels, recipe.annotators);
  if (votes.length === 0) return 'Not labelled by these annotators';
  const { tags } = recipe;
  if (tags !== undefined && !votes.some((label) => label.tags.some((tag) => tags.includes(tag))))
    return 'Without these tags';
  const choice = settle(votes, recipe.conflicts);
  if (choice === undefined) {
    return recipe.conflicts === 'unanimous'
      ? 'Annotators disagree'
      : 'Annotators disagree and neither side has the most votes';
  }
  if (choice === 'tie' && recipe.ties === 'drop') return 'Tie';
  const agreeing = votes.filter((label) => label.choice === choice);
  const strength = meanStrength(agreeing);
  const prefers = choice === 'a' || choice === 'b';
  if (prefers && strength < recipe.minStrength) return 'Weaker than the least strength';
  const edit = prefers ? agreeing.toSorted(byTime).findLast((label) => label.edit !== undefined)?.edit : undefined;
  return { pair, votes, choice, strength, edit };
}

/** The choice, or why there is none. */
function choiceOf(
  turns: TurnStore,
  groups: SideGroups,
  unit: Recipe['unit'],
  { pair, votes, choice, strength, edit }: Verdict,
): FrozenChoice | string {
  const chosen = edit ?? (choice === 'b' ? pair.b : pair.a);
  const sides = sidesOf(turns, unit, pair, chosen, choice === 'b' ? pair.a : pair.b);
  if (typeof sides === 'string') return sides;
  const verdict = choice === 'tie' || choice === 'bad' ? choice : 'prefer';
  return {
    pairId: pair.id,
    ...(verdict === 'prefer' ? sides : inIdOrder(sides)),
    verdict,
    strength,
    ...(pair.group === undefined ? groups.of(pair) : { group: pair.group }),
    labels: votes.map((label) => ({
      id: label.id,
      annotator: label.annotator,
      choice: label.choice,
      strength: label.strength,
    })),
  };
}

/** Answers of runs from two groups, or of one grouped run, make a pair without a group, which holds these groups together all the same. */
class SideGroups {
  readonly #traces: TraceStore;
  readonly #known = new Map<string, string | undefined>();

  constructor(traces: TraceStore) {
    this.#traces = traces;
  }

  of({ traceA, traceB }: Pair): Pick<FrozenChoice, 'sideGroups'> {
    const groups = [traceA, traceB].flatMap((trace) => (trace === undefined ? [] : (this.#groupOf(trace) ?? [])));
    return groups.length === 0 ? {} : { sideGroups: [...new Set(groups)].toSorted(byCodeUnit) };
  }

  #groupOf(trace: string): string | undefined {
    if (!this.#known.has(trace)) this.#known.set(trace, this.#traces.get(trace)?.summary.group);
    return this.#known.get(trace);
  }
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

/**
 * Of a pair as it was found the prompt is known. With an edit it is found anew, because an edit may share more or less with the other
 * side than the original did.
 */
function sidesOf(
  turns: TurnStore,
  unit: Recipe['unit'],
  pair: Pair,
  chosen: TurnId,
  rejected: TurnId,
): ChosenSides | string {
  const found = (chosen === pair.a || chosen === pair.b) && pair.prompt !== pair.a && pair.prompt !== pair.b;
  if (unit === 'trajectory' && found) return { prompt: pair.prompt, chosen, rejected };
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
