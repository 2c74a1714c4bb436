// A large workspace for the benches: traces that share beginnings, pairs and labels, the same ones every time.
import type { Label } from '#contract/label';
import type { Pair } from '#contract/pair';
import type { Message, Turn } from '#contract/turn';
import type { Store } from '#engine/ports';
import { turnsOf } from '#engine/turns/path';
import { hash, importOf, labelOf, leafOf, start } from '#test/samples';

const vocabulary = Array.from(
  { length: 4000 },
  (_, index) =>
    `${hash(`word ${index}`)
      .replaceAll(/\d/g, '')
      .slice(0, 4 + (index % 6))}${index % 7 === 0 ? 'ing' : ''}`,
);
/** Words so frequent that nearly every turn has them. */
const common = ['the', 'a', 'is', 'of', 'to'];

/** Numbers from 0 to 1 that are the same in every run. */
export function drawing(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** So many words, common ones between rare ones, as in prose. */
export function prose(draw: () => number, words: number): string {
  const pick = (list: readonly string[], at: number): string => list[Math.floor(at * list.length)] ?? '';
  return Array.from({ length: words }, () =>
    draw() < 0.4 ? pick(common, draw()) : pick(vocabulary, draw() ** 3),
  ).join(' ');
}

/** A conversation of `length` messages; every fourth one in a task goes the same way for half of its length. */
function conversation(task: number, trial: number, length: number): Turn[] {
  const shared = drawing(task + 1);
  const own = drawing(task * 1000 + trial);
  const messages: Message[] = [
    { role: 'context', content: [{ type: 'text', text: prose(drawing(7), 400) }], tools: [] },
    ...Array.from({ length }, (_, index): Message => {
      const draw = index < length / 2 && trial % 4 < 2 ? shared : own;
      const content = [{ type: 'text' as const, text: prose(draw, 30) }];
      return { role: index % 2 === 0 ? 'user' : 'assistant', content };
    }),
  ];
  return turnsOf(messages);
}

/** Stores `count` traces of ten messages, four to a task, in transactions of 500. */
export function addTraces(store: Store, count: number): void {
  store.imports.put(importOf('bench'));
  const draw = drawing(3);
  for (let first = 0; first < count; first += 4000) {
    store.transaction(() => {
      for (let index = first; index < Math.min(count, first + 4000); index += 1) addTrace(store, index, draw);
    });
  }
}

function addTrace(store: Store, index: number, draw: () => number): void {
  const task = Math.floor(index / 4);
  const path = conversation(task, index % 4, 10);
  store.turns.putPath(path);
  const recordId = hash(`record ${index}`);
  store.traces.putRecord({ id: recordId, importId: 'bench', position: index });
  const startedAt = start + Math.floor(draw() * 1e9);
  const summary = {
    id: hash(`trace ${index}`),
    name: `task ${task}, trial ${index % 4}`,
    source: index % 5 === 0 ? ('tau-bench' as const) : ('openai-chat' as const),
    importId: 'bench',
    position: index,
    group: `task ${task}`,
    model: `model-${index % 6}`,
    leaf: leafOf(path),
    messageCount: path.length,
    spanCount: 0,
    toolCallCount: 0,
    startedAt,
    endedAt: startedAt + Math.floor(draw() * 1e5),
    inputTokens: Math.floor(draw() * 1e5),
    importedAt: start,
    scores: [{ name: 'reward', value: draw() < 0.3 ? 1 : 0 }],
    ...(draw() < 0.02 ? { error: 'timed out' } : {}),
  };
  store.traces.put({ summary, recordId, side: '' });
}

/** Stores `count` pairs of answers, each with its own turns. */
export function addPairs(store: Store, count: number): Pair[] {
  const pairs: Pair[] = [];
  for (let first = 0; first < count; first += 500) {
    store.transaction(() => {
      const some: Pair[] = [];
      for (let index = first; index < Math.min(count, first + 500); index += 1) some.push(newPair(store, index));
      store.pairs.put(some);
      pairs.push(...some);
    });
  }
  return pairs;
}

function newPair(store: Store, index: number): Pair {
  const draw = drawing(index + 11);
  const text = (role: 'user' | 'assistant', words: number): Message => ({
    role,
    content: [{ type: 'text', text: prose(draw, words) }],
  });
  const prompt = turnsOf([{ role: 'context', content: [], tools: [] }, text('user', 20)]);
  const last = prompt.at(-1);
  const sides = [text('assistant', 40), text('assistant', 40)].map((message) => turnsOf([message], last));
  for (const side of sides) store.turns.putPath([...prompt, ...side]);
  const [a = '', b = ''] = sides.map(leafOf).toSorted();
  const kind = index % 3 === 0 ? 'outcome' : 'sibling';
  const reason = `Reward 1 against 0 in task ${index}.`;
  return {
    id: hash(a + b),
    kind,
    prompt: leafOf(prompt),
    a,
    b,
    reason,
    group: `task ${index % 500}`,
    createdAt: start,
  };
}

/** Labels the first pairs by one annotator. */
export function addLabels(store: Store, pairs: readonly Pair[], annotator: string): void {
  for (let first = 0; first < pairs.length; first += 1000) {
    store.transaction(() => {
      for (const [index, pair] of pairs.slice(first, first + 1000).entries())
        store.labels.add(labelAt(pair, annotator, first + index));
    });
  }
}

export function labelAt(pair: Pair, annotator: string, index: number): Label {
  return labelOf(pair, annotator, {
    createdAt: start + index,
    elapsedMs: 1000 + (index % 500),
    tags: [`tag ${index % 9}`],
  });
}
