// A workspace to judge in: a real store in a temporary folder, conversations written as short lines, and a clock that ticks.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore } from '#adapters/sqlite/store';
import type { LabelInput } from '#contract/label';
import type { Pair } from '#contract/pair';
import type { Score, TraceSummary } from '#contract/trace';
import type { Turn } from '#contract/turn';
import { newTask } from '#engine/jobs';
import type { Clock, Store, Task } from '#engine/ports';
import { inOrder, pairId } from '#engine/preference/pair-id';
import { sharedLength } from '#engine/turns/path';
import { importOf, leafOf, pathOf } from '#test/samples';

export interface World {
  readonly store: Store;
  readonly clock: Clock & { set(now: number): void };
  /** Closes the database and opens it again, as a restart of the studio does. */
  restart(): World;
}

/** A fresh workspace; gone when the test is. */
export function newWorld(): World {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-preference-'));
  const file = join(folder, 'studio.db');
  let now = Date.UTC(2025, 5, 3, 10);
  const clock = {
    now: () => (now += 1),
    set(to: number) {
      now = to;
    },
  };
  let open = openStore(file);
  onTestFinished(() => {
    open.close();
    rmSync(folder, { recursive: true });
  });
  const world = (): World => ({
    store: open,
    clock,
    restart() {
      open.close();
      open = openStore(file);
      return world();
    },
  });
  return world();
}

/** A task that nobody watches. */
export function quietTask(signal: AbortSignal = new AbortController().signal): Task {
  return newTask(signal, () => {});
}

export interface TraceOptions {
  readonly group?: string;
  readonly scores?: readonly Score[];
  readonly model?: string;
}

let position = 0;

/** Stores a conversation as an import would; returns its trace and path. */
export function addTrace(
  { store, clock }: World,
  lines: readonly string[],
  { group, scores = [], model }: TraceOptions = {},
): { readonly trace: TraceSummary; readonly path: readonly Turn[]; readonly leaf: string } {
  const path = pathOf(...lines);
  const leaf = leafOf(path);
  const importId = 'f'.repeat(64);
  const id = `trace-${(position += 1)}`;
  const trace: TraceSummary = {
    id,
    name: `Trace ${id}`,
    source: 'openai-chat',
    importId,
    position,
    ...(group === undefined ? {} : { group }),
    ...(model === undefined ? {} : { model }),
    leaf,
    messageCount: path.length - 1,
    spanCount: 0,
    toolCallCount: 0,
    importedAt: clock.now(),
    scores,
  };
  store.transaction(() => {
    if (store.imports.get(importId) === undefined) store.imports.put(importOf(importId));
    store.turns.putPath(path);
    store.traces.putRecord({ id: `record-${id}`, importId, position });
    store.traces.put({ summary: trace, recordId: `record-${id}`, side: '' });
    if (scores.length > 0) store.traces.putScores(id, scores);
  });
  return { trace, path, leaf };
}

/** Stores a pair of two leaves as an importer or the mining would. */
export function addPair({ store, clock }: World, one: string, two: string, more: Partial<Pair> = {}): Pair {
  const [a, b] = inOrder(one, two);
  const pathA = store.turns.path(a);
  const prompt = pathA[sharedLength(pathA, store.turns.path(b)) - 1]?.id ?? '';
  const pair: Pair = {
    id: pairId(a, b),
    kind: 'imported',
    prompt,
    a,
    b,
    reason: 'A test.',
    createdAt: clock.now(),
    ...more,
  };
  store.pairs.put([pair]);
  return pair;
}

/** `count` pairs of one prompt each, in order of arrival. */
export function addPairs(world: World, count: number, more: Partial<Pair> = {}): Pair[] {
  const pairAt = (index: number): Pair => {
    const one = addTrace(world, [`u: question ${position} ${index}`, 'a: this']);
    const two = addTrace(world, [`u: question ${position - 1} ${index}`, 'a: that']);
    return addPair(world, one.leaf, two.leaf, more);
  };
  return world.store.transaction(() => Array.from({ length: count }, (_, index) => pairAt(index)));
}

/** A plain label. */
export function labelOf(pairId: string, annotator: string, more: Partial<LabelInput> = {}): LabelInput {
  return { pairId, annotator, choice: 'a', strength: 2, tags: [], swapped: false, elapsedMs: 1000, ...more };
}
