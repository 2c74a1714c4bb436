// Bench of the queue: what a key press costs the engine with 100,000 pairs, in a real database on disk.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '#adapters/sqlite/store';
import type { Pair } from '#contract/pair';
import type { Message } from '#contract/turn';
import type { Store } from '#engine/ports';
import { addAnnotator } from '#engine/preference/annotators';
import { inOrder, pairId } from '#engine/preference/pair-id';
import { addLabel, changeQueue, nextItem, undoLast } from '#engine/preference/queue';
import { queueSettings } from '#engine/preference/queue-settings';
import { turnsOf } from '#engine/turns/path';

/** Times in ms. */
export interface Spread {
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

export interface QueueFigures {
  readonly pairs: number;
  /** Labels and repeats given before the measured ones. */
  readonly given: number;
  /** One label on disk and the next pair found, whole, with the progress. */
  readonly addAndNext: Spread;
  readonly undo: Spread;
  /** The same while a filter by text is set. */
  readonly filtered: Spread;
  /** The first pair after the database was opened. */
  readonly firstMs: number;
  /** Opening, adding nothing else: the disk's own price of one durable commit. */
  readonly commit: Spread;
}

const annotator = 'Bench';

/** Builds `count` pairs with sides of a few turns, labels `given` of them and measures `rounds` further labels. */
export function benchQueue({ count = 100_000, given = 5_000, rounds = 500 } = {}): QueueFigures {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-bench-queue-'));
  const clock = { now: () => Date.now() };
  try {
    let store = openStore(join(folder, 'studio.db'));
    fill(store, count);
    addAnnotator(store, clock, annotator);
    changeQueue(store, annotator, { ...queueSettings(store, annotator), repeatRate: 0.1 });
    // As many commits as in use would take minutes of disk time: one for all.
    store.transaction(() => {
      for (let label = 0; label < given; label += 1) give(store);
    });
    store.close();

    store = openStore(join(folder, 'studio.db'));
    const firstMs = timed(() => nextItem(store, annotator));
    const commit = spread(rounds, (round) => store.transaction(() => store.settings.set('bench', round)));
    const addAndNext = spread(rounds, () => give(store));
    const undo = spread(rounds, () => undoLast(store, clock, annotator));
    changeQueue(store, annotator, { ...queueSettings(store, annotator), filter: { text: 'seven' } });
    nextItem(store, annotator);
    const filtered = spread(Math.min(rounds, 200), () => give(store));
    store.close();
    return { pairs: count, given, addAndNext, undo, filtered, firstMs, commit };
  } finally {
    rmSync(folder, { recursive: true });
  }

  function give(store: Store): void {
    const item = nextItem(store, annotator);
    if (item === undefined) throw new Error('The bench ran out of pairs.');
    const { detail, swapped, repeats } = item;
    addLabel(store, clock, {
      pairId: detail.pair.id,
      annotator,
      choice: 'a',
      strength: 2,
      tags: ['clear'],
      swapped,
      elapsedMs: 1500,
      ...(repeats === undefined ? {} : { repeats }),
    });
  }
}

/** Two answers of three turns to each of `count` prompts; every tenth speaks of seven. */
function fill(store: Store, count: number): void {
  const say = (role: 'user' | 'assistant', text: string): Message => ({ role, content: [{ type: 'text', text }] });
  const batch = 1000;
  for (let from = 0; from < count; from += batch) {
    store.transaction(() => {
      const pairs: Pair[] = [];
      for (let index = from; index < Math.min(count, from + batch); index += 1) {
        const prompt = turnsOf([
          { role: 'context', content: [{ type: 'text', text: 'You help with travel.' }], tools: [] },
          say(
            'user',
            `Question ${index}${index % 10 === 0 ? ' about seven' : ''}: ${'which flight should I take? '.repeat(8)}`,
          ),
        ]);
        const sides = ['one', 'two'].map((word) =>
          turnsOf(
            [
              say(
                'assistant',
                `Answer ${word} to ${index}${index % 10 === 0 ? ', seven' : ''}: ${'take the early one. '.repeat(12)}`,
              ),
              say('user', 'Go on.'),
              say('assistant', `That was ${word} of ${index}.`),
            ],
            prompt.at(-1),
          ),
        );
        store.turns.putPath(prompt);
        for (const side of sides) store.turns.putPath(side);
        const [a, b] = inOrder(sides[0]?.at(-1)?.id ?? '', sides[1]?.at(-1)?.id ?? '');
        const id = pairId(a, b);
        pairs.push({ id, kind: 'sibling', prompt: prompt.at(-1)?.id ?? '', a, b, reason: 'A bench.', createdAt: 1 });
      }
      store.pairs.put(pairs);
    });
  }
}

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function spread(rounds: number, work: (round: number) => unknown): Spread {
  const times = Array.from({ length: rounds }, (_, round) => timed(() => work(round))).toSorted(
    (one, two) => one - two,
  );
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { median: at(0.5), p95: at(0.95), max: at(1) };
}
