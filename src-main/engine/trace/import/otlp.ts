// Takes OTLP/JSON traces in: spans by trace, their messages as turns, the trace's figures from all of its spans.
import type { ImportCounts } from '#contract/import';
import type { Score, Span, TraceSummary } from '#contract/trace';
import type { Json, JsonObject, TurnId } from '#contract/turn';
import type { Clock, Store } from '../../ports.ts';
import { Problem } from '../../problem.ts';
import { sha256 } from '../../turns/canonical.ts';
import { numberMember, textMember } from '../json.ts';
import { capturedKey } from '../captured/attributes.ts';
import { SpanPacker } from '../span-store.ts';
import { CallTurns } from './call-turns.ts';
import { IdTable } from './id-table.ts';
import type { Intake, Place } from './intake.ts';
import { isLead, openaiDialect } from './openai-dialect.ts';
import { spanMessages } from './otlp-messages.ts';
import { opened, type SpanMessages } from './otlp-opened.ts';
import { readSpans, type ReadSpan } from './otlp-spans.ts';
import { SourceTree, titleOf, type SourceNode } from './source-tree.ts';
import { TurnIntake } from './turn-intake.ts';

/** A span with the turns it stands on. */
interface WovenSpan {
  readonly span: Span;
  readonly nodes: readonly SourceNode[];
}

interface WaitingTrace {
  readonly position: number;
  readonly spans: WovenSpan[];
  readonly scores: Score[];
}

export class OtlpIntake implements Intake {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #importId: string;
  readonly #tree = new SourceTree(openaiDialect);
  readonly #turns: TurnIntake;
  readonly #calls = new CallTurns();
  readonly #seen = new IdTable();
  readonly #counts = { traces: 0, newTraces: 0, messages: 0, spans: 0, scores: 0, pairs: 0, newPairs: 0 };
  #waiting = new Map<string, WaitingTrace>();

  constructor(store: Store, clock: Clock, importId: string) {
    this.#store = store;
    this.#clock = clock;
    this.#importId = importId;
    this.#turns = new TurnIntake(store);
  }

  take(record: Json, position: number, place: Place): void {
    this.takeRead(readSpans(record), position, place);
  }

  /** The same for a record that is read already. Returns how many spans were taken. */
  takeRead({ spans, problems }: ReturnType<typeof readSpans>, position: number, place: Place): number {
    for (const problem of problems) place.note(problem, 'The other spans of the record came in.');
    let taken = 0;
    for (const read of spans) {
      if (this.#isOpen(read.traceId)) {
        this.#takeSpan(read, position, place);
        taken += 1;
      } else {
        place.note(
          `The trace ${read.traceId} is of a run or of another import: no spans are added to it.`,
          'The other spans of the record came in.',
        );
      }
    }
    return taken;
  }

  /** What a run or a log of another format made is not a sender's to change, whoever knows its id. */
  #isOpen(traceId: string): boolean {
    if (this.#waiting.has(traceId)) return true;
    const source = this.#store.traces.get(traceId)?.summary.source;
    return source === undefined || source === 'otlp' || source === 'gateway';
  }

  flush(): void {
    for (const [id, trace] of this.#waiting) this.#storeTrace(id, trace);
    this.#waiting = new Map();
  }

  counts(): Omit<ImportCounts, 'rejected'> {
    return { ...this.#counts, ...this.#turns.counts() };
  }

  #takeSpan(read: ReadSpan, position: number, place: Place): void {
    let trace = this.#waiting.get(read.traceId);
    if (trace === undefined) {
      trace = { position, spans: [], scores: [] };
      this.#waiting.set(read.traceId, trace);
    }
    trace.spans.push(this.#weave(read, place));
    trace.scores.push(...read.scores);
    this.#counts.spans += 1;
    this.#counts.scores += read.scores.length;
  }

  /** Only model spans are transcripts; what other spans say of messages repeats them. */
  #weave(read: ReadSpan, place: Place): WovenSpan {
    const { span } = read;
    const messages = span.kind === 'model' ? spanMessages(span.attributes, read.events) : undefined;
    if (messages === undefined) return { span, nodes: [] };
    try {
      return this.#stand(span, messages);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      place.note(
        `The messages of the span "${span.name}" cannot be read: ${error.message}`,
        'The span itself came in.',
      );
      return { span, nodes: [] };
    }
  }

  #stand(span: Span, { tools, input, output }: SpanMessages): WovenSpan {
    const head: JsonObject = { lead: isLead(input[0]), ...(tools.length === 0 ? {} : { tools }) };
    const read = this.#tree.read({ side: '', head, messages: input });
    const answers = output.map((answer) => this.#tree.extend(read, answer, input.length, head));
    const wrote = answers[0]?.leaf?.id;
    const from = read.leaf?.id;
    for (const node of [read, ...answers]) this.#calls.learn(node);
    const stood: Span = {
      ...span,
      ...(from === undefined ? {} : { read: from }),
      ...(wrote === undefined ? {} : { wrote }),
    };
    return { span: stood, nodes: [read, ...answers] };
  }

  #storeTrace(id: string, waiting: WaitingTrace): void {
    const { traces } = this.#store;
    for (const { nodes } of waiting.spans) for (const node of nodes) this.#turns.put(node, false);
    const recordId = sha256(`otlp\n${id}`);
    const before = traces.get(id)?.summary;
    const summary = before ?? this.#newSummary(id, waiting);
    if (before === undefined) traces.putRecord({ id: recordId, importId: this.#importId, position: waiting.position });
    const isNew = traces.put({ summary, recordId, side: '' });
    traces.putSpans(id, this.#packed(waiting, before === undefined ? [] : traces.spans(id)));
    const scores = merged(before?.scores ?? [], waiting.scores);
    if (waiting.scores.length > 0) traces.putScores(id, scores);
    const figures = { ...this.#figures(summary, traces.spans(id)), scores };
    traces.update(figures);
    // Trace ids of 64 bits are padded with zeros in front: only a hash tells them apart by its beginning.
    const first = this.#seen.add(recordId) === 0;
    this.#counts.traces += first ? 1 : 0;
    this.#counts.newTraces += isNew ? 1 : 0;
    this.#counts.messages += figures.messageCount - (first ? 0 : summary.messageCount);
  }

  /** A span that is stored already keeps its attributes, whatever came now: no other may be a patch of these. */
  #packed(waiting: WaitingTrace, stored: readonly Span[]): Span[] {
    const known = new Set(stored.map((span) => span.id));
    const packer = new SpanPacker();
    return waiting.spans.map(({ span }) => {
      const isNew = !known.has(span.id);
      known.add(span.id);
      return packer.pack(this.#calls.stand(span), isNew);
    });
  }

  #newSummary(id: string, waiting: WaitingTrace): TraceSummary {
    return {
      id,
      name: '',
      source: 'otlp',
      importId: this.#importId,
      position: waiting.position,
      messageCount: 0,
      spanCount: 0,
      toolCallCount: 0,
      importedAt: this.#clock.now(),
      scores: [],
    };
  }

  /** The trace's figures from all of its spans. */
  #figures(before: TraceSummary, spans: readonly Span[]): TraceSummary {
    const models = spans.filter((span) => span.kind === 'model');
    const leaf = this.#leafOf(models);
    const path = leaf === undefined ? [] : this.#store.turns.path(leaf);
    const [root] = path;
    const bare = root?.message.role === 'context' && root.message.content.length + root.message.tools.length === 0;
    const calls = path.reduce(
      (count, { message }) => count + (message.role === 'assistant' ? (message.toolCalls?.length ?? 0) : 0),
      0,
    );
    const startedAt = least(spans.map((span) => span.startedAt));
    const endedAt = greatest(spans.map((span) => span.endedAt ?? span.startedAt));
    const model = first(models, (span) =>
      modelNames.map((key) => textMember(span.attributes, key)).find((name) => name !== undefined),
    );
    const error = first(spans, (span) => span.error);
    const billed = billedOnce(models, spans);
    const input = total(billed, inputKeys, inputDetails);
    const output = total(billed, outputKeys, outputDetails);
    return {
      id: before.id,
      name: titleOf(path.map((turn) => turn.message)) ?? rootName(spans),
      source: before.source,
      importId: before.importId,
      position: before.position,
      messageCount: Math.max(0, path.length - (bare ? 1 : 0)),
      spanCount: spans.length,
      toolCallCount: Math.max(calls, spans.filter((span) => span.kind === 'tool').length),
      importedAt: before.importedAt,
      scores: before.scores,
      ...(before.group === undefined ? {} : { group: before.group }),
      ...(leaf === undefined ? {} : { leaf }),
      ...(model === undefined ? {} : { model }),
      ...(error === undefined ? {} : { error }),
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(endedAt === undefined ? {} : { endedAt }),
      ...(input === undefined ? {} : { inputTokens: input }),
      ...(output === undefined ? {} : { outputTokens: output }),
    };
  }

  /** The end of the longest transcript; of equally long ones the one that ended last. */
  #leafOf(models: readonly Span[]): TurnId | undefined {
    let best: { readonly id: TurnId; readonly depth: number; readonly at: number } | undefined;
    for (const span of models) {
      const id = span.wrote ?? span.read;
      const turn = id === undefined ? undefined : this.#store.turns.get(id);
      if (turn === undefined) continue;
      const at = span.endedAt ?? span.startedAt ?? 0;
      if (best === undefined || turn.depth > best.depth || (turn.depth === best.depth && at >= best.at)) {
        best = { id: turn.id, depth: turn.depth, at };
      }
    }
    return best?.id;
  }
}

const modelNames = [
  'gen_ai.response.model',
  'gen_ai.request.model',
  'llm.model_name',
  'ai.response.model',
  'ai.model.id',
  'langfuse.observation.model.name',
];
const inputKeys = [
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.prompt_tokens',
  'llm.token_count.prompt',
  'ai.usage.inputTokens',
  'ai.usage.promptTokens',
];
const outputKeys = [
  'gen_ai.usage.output_tokens',
  'gen_ai.usage.completion_tokens',
  'llm.token_count.completion',
  'ai.usage.outputTokens',
  'ai.usage.completionTokens',
];
/** Langfuse counts inside one attribute. */
const usageKey = 'langfuse.observation.usage_details';
const inputDetails = ['input', 'prompt_tokens', 'input_tokens'];
const outputDetails = ['output', 'completion_tokens', 'output_tokens'];

function total(spans: readonly Span[], keys: readonly string[], detailKeys: readonly string[]): number | undefined {
  let sum: number | undefined;
  for (const span of spans) {
    const details = opened(span.attributes[usageKey]);
    const counts = [
      ...keys.map((key) => numberMember(span.attributes, key)),
      ...detailKeys.map((key) => numberMember(details, key)),
    ];
    const value = counts.find((count) => count !== undefined);
    if (value !== undefined && Number.isSafeInteger(value) && value >= 0) sum = (sum ?? 0) + value;
  }
  return sum;
}

/** The model spans but those within which a call went through the gateway, whose own span tells the same tokens. */
function billedOnce(models: readonly Span[], spans: readonly Span[]): readonly Span[] {
  const captured = models.filter((span) => capturedKey in span.attributes);
  if (captured.length === 0) return models;
  const parents = new Map(spans.map((span) => [span.id, span.parent]));
  const around = new Set<string>();
  for (const span of captured)
    for (let { parent } = span; parent !== undefined && !around.has(parent); parent = parents.get(parent))
      around.add(parent);
  return models.filter((span) => capturedKey in span.attributes || !around.has(span.id));
}

/** The name of a span without a parent in the trace, the earliest of several. */
function rootName(spans: readonly Span[]): string {
  const ids = new Set(spans.map((span) => span.id));
  const roots = spans.filter((span) => span.parent === undefined || !ids.has(span.parent));
  const [root] = roots.toSorted((left, right) => (left.startedAt ?? 0) - (right.startedAt ?? 0));
  return root?.name ?? 'Trace';
}

function merged(before: readonly Score[], more: readonly Score[]): Score[] {
  const byName = new Map(before.map((score) => [score.name, score]));
  for (const score of more) byName.set(score.name, score);
  return [...byName.values()];
}

function first<T>(spans: readonly Span[], pick: (span: Span) => T | undefined): T | undefined {
  for (const span of spans) {
    const found = pick(span);
    if (found !== undefined) return found;
  }
  return undefined;
}

function least(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce(
    (best, value) => (value === undefined || (best !== undefined && best <= value) ? best : value),
    undefined,
  );
}

function greatest(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce(
    (best, value) => (value === undefined || (best !== undefined && best >= value) ? best : value),
    undefined,
  );
}
