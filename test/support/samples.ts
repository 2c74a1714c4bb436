// Small true-to-form things to put into a store.
import { createHash } from 'node:crypto';
import type { ImportSummary } from '#contract/import';
import type { Label } from '#contract/label';
import type { Pair } from '#contract/pair';
import type { TraceSummary } from '#contract/trace';
import type { Message, Turn } from '#contract/turn';
import type { Store, StoredTrace } from '#engine/ports';
import { turnsOf } from '#engine/turns/path';

export const day = 86_400_000;
export const start = Date.UTC(2025, 0, 6, 9);

export function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** 'u: …' is a user's message, 'a: …' the assistant's, 't: …' a tool's; 's: …' the system prompt, which may stand first. */
export function messagesOf(...lines: readonly string[]): Message[] {
  const messages = lines.map((line): Message => {
    const content = [{ type: 'text' as const, text: line.slice(3) }];
    if (line.startsWith('s: ')) return { role: 'context', content, tools: [] };
    if (line.startsWith('a: ')) return { role: 'assistant', content };
    return line.startsWith('t: ') ? { role: 'tool', content } : { role: 'user', content };
  });
  return messages[0]?.role === 'context' ? messages : [{ role: 'context', content: [], tools: [] }, ...messages];
}

export function pathOf(...lines: readonly string[]): Turn[] {
  return turnsOf(messagesOf(...lines));
}

/** The last turn of a path. */
export function leafOf(path: readonly Turn[]): string {
  const leaf = path.at(-1);
  if (leaf === undefined) throw new RangeError('The path is empty.');
  return leaf.id;
}

export function importOf(id: string, change: Partial<ImportSummary> = {}): ImportSummary {
  const counts = {
    traces: 0,
    newTraces: 0,
    messages: 0,
    turns: 0,
    newTurns: 0,
    spans: 0,
    scores: 0,
    pairs: 0,
    newPairs: 0,
  };
  const state = { bytes: 10, startedAt: start, finishedAt: start + 5, state: 'done' as const, rejected: 0 };
  return { id, file: `${id}.jsonl`, format: 'openai-chat', ...counts, ...state, ...change };
}

export interface SampleTrace extends Partial<TraceSummary> {
  readonly id: string;
  /** As for `messagesOf`; none: a trace without messages. */
  readonly lines?: readonly string[];
  readonly recordId?: string;
  readonly side?: StoredTrace['side'];
}

/** Puts a trace with its turns, record and import. */
export function addTrace(store: Store, sample: SampleTrace): TraceSummary {
  const { lines, recordId = `record of ${sample.id}`, side = '', ...rest } = sample;
  const path = lines === undefined ? [] : pathOf(...lines);
  const summary: TraceSummary = {
    name: sample.id,
    source: 'openai-chat',
    importId: 'import',
    position: store.traces.count(),
    messageCount: path.length,
    spanCount: 0,
    toolCallCount: 0,
    importedAt: start,
    scores: [],
    ...(lines === undefined ? {} : { leaf: leafOf(path) }),
    ...rest,
  };
  store.transaction(() => {
    if (store.imports.get(summary.importId) === undefined) store.imports.put(importOf(summary.importId));
    store.turns.putPath(path);
    store.traces.putRecord({ id: recordId, importId: summary.importId, position: summary.position });
    store.traces.put({ summary, recordId, side });
  });
  return summary;
}

/** Puts a pair of two answers to one question, a before b by id. */
export function addPair(store: Store, name: string, change: Partial<Pair> = {}): Pair {
  const one = pathOf(`u: question ${name}`, `a: first ${name}`);
  const two = pathOf(`u: question ${name}`, `a: second ${name}`, `u: more about ${name}`);
  store.turns.putPath(one);
  store.turns.putPath(two);
  const [a = '', b = ''] = [leafOf(one), leafOf(two)].toSorted();
  const prompt = one[1]?.id ?? '';
  const pair: Pair = {
    id: hash(a + b),
    kind: 'sibling',
    prompt,
    a,
    b,
    reason: `Because of ${name}.`,
    createdAt: start,
  };
  const changed = { ...pair, ...change };
  store.pairs.put([changed]);
  return changed;
}

export function labelOf(pair: Pair, annotator: string, change: Partial<Label> = {}): Label {
  return {
    id: hash(`${pair.id} ${annotator} ${change.createdAt ?? ''}`),
    pairId: pair.id,
    annotator,
    choice: 'a',
    strength: 2,
    tags: [],
    swapped: false,
    elapsedMs: 1000,
    source: 'human',
    createdAt: start,
    ...change,
  };
}
