// A workspace to judge in: a real store in a temporary folder, conversations written as short lines, and a clock that ticks.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore } from '#adapters/sqlite/store';
import type { LabelInput } from '#contract/label';
import type { Pair } from '#contract/pair';
import type { Score, TraceSummary } from '#contract/trace';
import type { Message, Turn } from '#contract/turn';
import { newTask } from '#engine/jobs';
import type { Clock, Store, Task } from '#engine/ports';
import { inOrder, pairId } from '#engine/preference/pair-id';
import { sharedLength, turnsOf } from '#engine/turns/path';

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

/** 'u: hello' is a user's message, 'a: …' the assistant's, 't: …' a tool's, 's: …' the system prompt (only first). */
export function messagesOf(...lines: readonly string[]): Message[] {
  const messages = lines.map((line): Message => {
    const content = [{ type: 'text' as const, text: line.slice(3) }];
    if (line.startsWith('s: ')) return { role: 'context', content, tools: [] };
    if (line.startsWith('a: ')) return { role: 'assistant', content };
    if (line.startsWith('t: ')) return { role: 'tool', content };
    return { role: 'user', content };
  });
  return messages[0]?.role === 'context' ? messages : [{ role: 'context', content: [], tools: [] }, ...messages];
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
  const path = turnsOf(messagesOf(...lines));
  const leaf = path.at(-1)?.id ?? '';
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
    if (store.imports.get(importId) === undefined) {
      const none = { traces: 0, newTraces: 0, messages: 0, turns: 0, newTurns: 0, spans: 0, scores: 0, pairs: 0 };
      const counts = { ...none, newPairs: 0, rejected: 0 };
      store.imports.put({
        ...counts,
        id: importId,
        file: 'test.jsonl',
        format: 'openai-chat',
        bytes: 1,
        startedAt: 1,
        state: 'done',
      });
    }
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
  return Array.from({ length: count }, (_, index) => {
    const one = addTrace(world, [`u: question ${position} ${index}`, 'a: this']);
    const two = addTrace(world, [`u: question ${position - 1} ${index}`, 'a: that']);
    return addPair(world, one.leaf, two.leaf, more);
  });
}

/** A plain label. */
export function labelOf(pairId: string, annotator: string, more: Partial<LabelInput> = {}): LabelInput {
  return { pairId, annotator, choice: 'a', strength: 2, tags: [], swapped: false, elapsedMs: 1000, ...more };
}
