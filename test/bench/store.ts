// Bench of the store: lists, search and labels in a workspace of 100,000 traces and as many pairs.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '#adapters/sqlite/store';
import type { TraceFilter, TraceSort } from '#contract/trace';
import type { Store } from '#engine/ports';
import { hash, start } from '#test/samples';
import { addLabels, addPairs, addTraces, labelAt } from './store-world.ts';

/** Times in ms. */
export interface Range {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

export interface StoreFigures {
  readonly traces: number;
  readonly turns: number;
  readonly pairs: number;
  readonly labels: number;
  readonly databaseBytes: number;
  /** By name of what was asked; each asked in turn with all others, `rounds` times. */
  readonly times: Readonly<Record<string, Range>>;
}

const byDate: TraceSort = { by: 'date', descending: true };

/** Fills a workspace of `count` traces of ten turns and `count` pairs, half of them labelled, and asks what the window asks. */
export function benchStore({ count = 100_000, rounds = 7 } = {}): StoreFigures {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-bench-store-'));
  const file = join(folder, 'studio.db');
  try {
    const filled = openStore(file);
    addTraces(filled, count);
    const pairs = addPairs(filled, count);
    addLabels(filled, pairs.slice(0, count / 2), 'ann');
    const turns = filled.turns.count();
    filled.close();

    const samples = new Map<string, number[]>();
    const measure = (name: string, work: () => unknown): void => {
      const began = performance.now();
      work();
      samples.set(name, [...(samples.get(name) ?? []), performance.now() - began]);
    };
    for (let round = 0; round < rounds; round += 1) {
      let store: Store | undefined;
      measure('open', () => (store = openStore(file)));
      if (store !== undefined) ask(store, count, round, measure);
      store?.close();
    }
    const times = Object.fromEntries(Array.from(samples, ([name, all]) => [name, rangeOf(all)]));
    const labels = count / 2 + rounds;
    return { traces: count, turns, pairs: count, labels, databaseBytes: statSync(file).size, times };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ask(store: Store, count: number, round: number, measure: (name: string, work: () => unknown) => void): void {
  const { traces, pairs, labels } = store;
  const list = (filter: TraceFilter, sort: TraceSort, offset: number) => traces.list(filter, sort, offset, 100);
  measure('first list after opening', () => list({}, byDate, 0));
  measure('page of a list that is shown', () => list({}, byDate, count / 2));
  const [some] = list({}, byDate, count / 3).items;
  const touch = (): void => {
    // What was kept is stale after any change.
    traces.setRemoved([some?.id ?? ''], true);
    traces.setRemoved([some?.id ?? ''], false);
  };
  for (const by of ['position', 'date', 'name', 'messages', 'duration', 'score'] as const) {
    touch();
    measure(`list by ${by}`, () => list({}, { by, descending: true }, count / 2));
  }
  touch();
  measure('list of a model', () => list({ model: ['model-3'] }, byDate, 0));
  measure('list of a score', () => list({ score: { name: 'reward', min: 0.5 } }, byDate, 0));
  measure('first search, a word in nearly all turns', () => list({ text: 'the' }, byDate, 0));
  measure('search, a word in no turn', () => list({ text: `word${round}` }, byDate, 0));
  measure('search, a rare beginning of a word', () => list({ text: 'deb' }, byDate, 0));
  touch();
  measure('facets', () => traces.facets());
  measure('traces through a root', () => traces.through(store.turns.path(some?.leaf ?? '')[0]?.id ?? '', 10));
  measure('traces through a leaf', () => traces.through(some?.leaf ?? '', 10));
  measure('first pair to label after opening', () => pairs.nextFor('ann', {}, 0));
  measure('label on disk, next pair, progress', () => {
    const next = pairs.nextFor('ann', {}, 0);
    if (next === undefined) throw new Error('The bench ran out of pairs.');
    labels.add({ ...labelAt(next.pair, 'ann', round), id: hash(`bench ${round}`), createdAt: start + 1e9 + round });
    pairs.nextFor('ann', {}, next.sequence);
    labels.stats('ann', {}, start + 1e9);
    labels.undoDepth('ann');
  });
  measure('pairs of a kind', () => pairs.list({ kind: ['outcome'] }, 0, 100));
  measure('unlabelled pairs', () => pairs.list({ labelled: 'no' }, 0, 100));
}

/** To a tenth. */
export function rangeOf(samples: readonly number[]): Range {
  const sorted = samples.toSorted((one, two) => one - two);
  const at = (share: number): number => Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) * 10) / 10;
  return { least: at(0), median: at(0.5), most: at(1) };
}
