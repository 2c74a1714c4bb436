// A store with labelled pairs, made from conversations.
import type { ExportOptions, Recipe } from '#contract/dataset';
import type { Choice, Label } from '#contract/label';
import type { Pair } from '#contract/pair';
import type { Message } from '#contract/turn';
import { newTask } from '#engine/jobs';
import { inOrder, pairId } from '#engine/preference/pair-id';
import type { Clock, Store, Task } from '#engine/ports';
import { turnsOf } from '#engine/turns/path';
import { memoryStore } from '#test/memory-store/store';

export const clock: Clock = { now: () => 1_700_000_000_000 };
export const task: Task = newTask(new AbortController().signal, () => undefined);

export const anyRecipe: Recipe = { ties: 'drop', minStrength: 1, conflicts: 'majority', unit: 'trajectory' };
export const anyOptions: ExportOptions = { target: 'trl-dpo', format: 'jsonl', split: 0, seed: 1, mask: false };

export interface Talk {
  readonly prompt: readonly Message[];
  readonly one: readonly Message[];
  readonly two: readonly Message[];
}

export function text(role: 'user' | 'assistant' | 'tool' | 'system', words: string): Message {
  return { role, content: words === '' ? [] : [{ type: 'text', text: words }] };
}

export function root(words = 'Be kind.', tools: readonly string[] = []): Message {
  const schemas = tools.map((name) => ({
    type: 'function',
    function: {
      name,
      description: `Calls ${name}.`,
      parameters: { type: 'object', properties: { id: { type: 'string' } } },
    },
  }));
  return { role: 'context', content: words === '' ? [] : [{ type: 'text', text: words }], tools: schemas };
}

/** A question and two answers. */
export function question(name: string): Talk {
  return {
    prompt: [root(), text('user', `Question ${name}?`)],
    one: [text('assistant', `First answer to ${name}.`)],
    two: [text('assistant', `Second answer to ${name}.`)],
  };
}

export interface Placed {
  readonly pair: Pair;
  /** What the pair calls the first and the second side. */
  readonly one: 'a' | 'b';
  readonly two: 'a' | 'b';
}

export function place(store: Store, talk: Talk, change: Partial<Pair> = {}): Placed {
  const prompt = turnsOf(talk.prompt);
  const [one, two] = [talk.one, talk.two].map((side) => turnsOf(side, prompt.at(-1)));
  const leaves = [one, two].map((side) => side?.at(-1)?.id ?? '');
  for (const side of [one, two]) store.turns.putPath([...prompt, ...(side ?? [])]);
  const [a, b] = inOrder(leaves[0] ?? '', leaves[1] ?? '');
  const pair: Pair = {
    id: pairId(a, b),
    kind: 'sibling',
    prompt: prompt.at(-1)?.id ?? '',
    a,
    b,
    reason: 'Because.',
    createdAt: 1,
    ...change,
  };
  store.pairs.put([pair]);
  return leaves[0] === a ? { pair, one: 'a', two: 'b' } : { pair, one: 'b', two: 'a' };
}

let labels = 0;

export function label(
  store: Store,
  placed: Placed,
  who: string,
  choice: 'one' | 'two' | 'tie' | 'bad',
  change: Partial<Label> = {},
): Label {
  labels += 1;
  if (!store.labels.annotators().some(({ name }) => name === who))
    store.labels.addAnnotator({ name: who, createdAt: 1 });
  const chosen: Choice = choice === 'one' || choice === 'two' ? placed[choice] : choice;
  const given: Label = {
    id: `label-${labels}`,
    pairId: placed.pair.id,
    annotator: who,
    choice: chosen,
    strength: 2,
    tags: [],
    swapped: false,
    elapsedMs: 5,
    source: 'human',
    createdAt: labels,
    ...change,
  };
  store.labels.add(given);
  return given;
}

/** A store in memory with one preference a talk, the first side over the second, by Ann. */
export function storeOf(talks: readonly Talk[], groups: readonly (string | undefined)[] = []): Store {
  const store = memoryStore();
  const seen = new Set<string>();
  for (const [index, talk] of talks.entries()) {
    const group = groups[index];
    const placed = place(store, talk, group === undefined ? {} : { group });
    if (seen.has(placed.pair.id)) continue;
    seen.add(placed.pair.id);
    label(store, placed, 'Ann', 'one', { id: `fixed-${index}`, createdAt: index });
  }
  return store;
}
