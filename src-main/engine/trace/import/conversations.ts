// Takes conversations and preferences in: each record becomes one trace a side, preferences also a labelled pair.
import type { ImportCounts } from '#contract/import';
import { importedAnnotator, type Label } from '#contract/label';
import type { Pair } from '#contract/pair';
import type { TraceSummary } from '#contract/trace';
import type { Json, Message, TurnId } from '#contract/turn';
import type { Clock, SourceRecord, Store, StoredTrace } from '../../ports.ts';
import { inOrder, pairId } from '../../preference/pair-id.ts';
import { sha256 } from '../../turns/canonical.ts';
import { diffJson, type Patch } from '../../turns/residue.ts';
import type { ConversationFormat, RecordFacts, SourceSide, SplitRecord } from './format.ts';
import { IdTable } from './id-table.ts';
import type { Intake, Place } from './intake.ts';
import { messageCount, SourceTree, type SourceNode } from './source-tree.ts';
import { TurnIntake } from './turn-intake.ts';

interface ReadSide {
  readonly side: SourceSide['side'];
  readonly node: SourceNode;
  readonly leaf: TurnId;
}

interface Waiting {
  readonly record: SourceRecord;
  readonly sides: readonly ReadSide[];
  readonly facts: RecordFacts;
  readonly place: Place;
}

export class ConversationIntake implements Intake {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #format: ConversationFormat;
  readonly #importId: string;
  readonly #tree: SourceTree;
  readonly #turns: TurnIntake;
  readonly #records = new IdTable();
  readonly #counts = { traces: 0, newTraces: 0, messages: 0, spans: 0, scores: 0, pairs: 0, newPairs: 0 };
  #waiting: Waiting[] = [];

  constructor(store: Store, clock: Clock, format: ConversationFormat, importId: string) {
    this.#store = store;
    this.#clock = clock;
    this.#format = format;
    this.#importId = importId;
    this.#turns = new TurnIntake(store);
    this.#tree = new SourceTree(format.dialect);
  }

  take(record: Json, position: number, place: Place): void {
    const split = this.#format.split(record);
    const sides = split.sides.map((side) => this.#readSide(side));
    const patch = diffJson({ frame: this.#format.blank(split.sides) }, this.#framed(split, sides));
    const id = this.#recordId(sides, patch);
    const source = { id, importId: this.#importId, position };
    const facts = this.#format.facts(record, split);
    this.#waiting.push({ record: patch === undefined ? source : { ...source, patch }, sides, facts, place });
  }

  flush(): void {
    const { traces } = this.#store;
    for (const { record, sides, facts, place } of this.#waiting) {
      for (const { node } of sides) this.#turns.put(node);
      traces.putRecord(record);
      for (const [index, side] of sides.entries()) this.#storeTrace(record, side, facts, index);
      this.#storePair(record, sides, facts, place);
    }
    this.#waiting = [];
  }

  counts(): Omit<ImportCounts, 'rejected'> {
    return { ...this.#counts, ...this.#turns.counts() };
  }

  #readSide(side: SourceSide): ReadSide {
    const node = this.#tree.read(side);
    return { side: side.side, node, leaf: node.leaf?.id ?? '' };
  }

  /** From what gives the record back, so that the same record of the same file is the same trace again. */
  #recordId(sides: readonly ReadSide[], patch: Patch | undefined): string {
    // No line end stands in any of these, so no two records give the same text.
    const lines = sides.flatMap(({ side, node, leaf }) => [side, leaf, node.residue ?? '']);
    const base = sha256([this.#format.id, JSON.stringify(patch ?? null), ...lines].join('\n'));
    const before = this.#records.add(base);
    return before === 0 ? base : sha256(`${base}\n${before}`);
  }

  #framed(split: SplitRecord, sides: readonly ReadSide[]): Json {
    const { sizes } = this.#format.dialect;
    const groups: Json[] = [];
    let usual = true;
    for (const { node } of sides) {
      const { messages, lengths } = pathOf(node);
      const expected = sizes(messages);
      usual &&= lengths.length === expected.length && lengths.every((length, index) => length === expected[index]);
      groups.push(lengths);
    }
    return usual ? { frame: split.frame } : { frame: split.frame, groups };
  }

  #storeTrace(record: SourceRecord, side: ReadSide, facts: RecordFacts, index: number): void {
    const { node } = side;
    const messages = messageCount(node);
    const scores = facts.scores[index] ?? [];
    // Of several answers to one request the first has the record's own id.
    const name = side.side === '' && index > 0 ? `choice ${index}` : side.side;
    const id = name === '' ? record.id : sha256(`${record.id}\n${name}`);
    const summary: TraceSummary = {
      id,
      name: nameOf(facts, node, side.side, record.position),
      source: this.#format.id,
      importId: this.#importId,
      position: record.position,
      leaf: side.leaf,
      messageCount: messages,
      spanCount: 0,
      toolCallCount: node.callCount,
      importedAt: this.#clock.now(),
      scores,
      ...(facts.group === undefined ? {} : { group: facts.group }),
      ...(facts.model === undefined ? {} : { model: facts.model }),
      ...(facts.error === undefined ? {} : { error: facts.error }),
      ...(facts.startedAt === undefined ? {} : { startedAt: facts.startedAt }),
      ...(facts.inputTokens === undefined ? {} : { inputTokens: facts.inputTokens }),
      ...(facts.outputTokens === undefined ? {} : { outputTokens: facts.outputTokens }),
    };
    const stored: StoredTrace = { summary, recordId: record.id, side: side.side };
    const isNew = this.#store.traces.put(node.residue === undefined ? stored : { ...stored, residue: node.residue });
    this.#counts.traces += 1;
    this.#counts.newTraces += isNew ? 1 : 0;
    this.#counts.messages += messages;
    this.#counts.scores += scores.length;
  }

  #storePair(record: SourceRecord, sides: readonly ReadSide[], facts: RecordFacts, place: Place): void {
    const [chosen, rejected] = sides;
    if (chosen?.side !== 'chosen' || rejected === undefined) return;
    const { pairs, turns } = this.#store;
    const prompt = turns.commonAncestor(chosen.leaf, rejected.leaf);
    const why = noPair(chosen.leaf, rejected.leaf, prompt);
    if (why !== undefined || prompt === undefined)
      return place.note(why ?? '', 'Both conversations came in; they make no pair.');
    const [a, b] = inOrder(chosen.leaf, rejected.leaf);
    const traceOf = (side: string): string => sha256(`${record.id}\n${side}`);
    const pair: Pair = {
      id: pairId(a, b),
      kind: 'imported',
      prompt,
      a,
      b,
      reason: 'A preference that came in with the file.',
      traceA: traceOf(a === chosen.leaf ? 'chosen' : 'rejected'),
      traceB: traceOf(b === chosen.leaf ? 'chosen' : 'rejected'),
      createdAt: this.#clock.now(),
      ...(facts.group === undefined ? {} : { group: facts.group }),
    };
    this.#counts.pairs += 1;
    this.#counts.newPairs += pairs.put([pair]);
    this.#label(pair, a === chosen.leaf ? 'a' : 'b', facts.strength ?? 1, place);
  }

  /** One imported label a pair: the first one stands. */
  #label(pair: Pair, choice: 'a' | 'b', strength: 1 | 2 | 3, place: Place): void {
    const { labels } = this.#store;
    const id = sha256(`${importedAnnotator}\n${pair.id}`);
    const before = labels.get(id);
    if (before !== undefined) {
      if (before.choice !== choice)
        place.note('Another record prefers the other side of the same pair; the first one stands.');
      return;
    }
    if (!labels.annotators().some(({ name }) => name === importedAnnotator)) {
      labels.addAnnotator({ name: importedAnnotator, createdAt: this.#clock.now() });
    }
    const label: Label = {
      id,
      pairId: pair.id,
      annotator: importedAnnotator,
      choice,
      strength,
      tags: [],
      swapped: false,
      elapsedMs: 0,
      source: 'imported',
      createdAt: this.#clock.now(),
    };
    labels.add(label);
  }
}

/** Why two leaves cannot be a pair; undefined where they can. */
function noPair(chosen: TurnId, rejected: TurnId, prompt: TurnId | undefined): string | undefined {
  if (chosen === rejected) return 'Chosen and rejected are equal.';
  if (prompt === undefined) return 'Chosen and rejected share no context (their tools or system prompts differ).';
  if (prompt === chosen || prompt === rejected) return 'One side is only the beginning of the other.';
  return undefined;
}

function nameOf(facts: RecordFacts, node: SourceNode, side: SourceSide['side'], position: number): string {
  const name = facts.name ?? node.title ?? `Record ${position + 1}`;
  return side === '' ? name : `${name} (${side})`;
}

/** The messages after the root, and how many each source message made. */
function pathOf(leaf: SourceNode): { readonly messages: Message[]; readonly lengths: number[] } {
  const lengths: number[] = [];
  const groups: (readonly Message[])[] = [];
  for (let node: SourceNode | undefined = leaf; node?.above?.leaf !== undefined; node = node.above) {
    lengths.push(node.turns.length);
    groups.push(node.trail.messages);
  }
  return { messages: groups.toReversed().flat(), lengths: lengths.toReversed() };
}
