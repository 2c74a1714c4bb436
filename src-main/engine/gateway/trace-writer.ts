// Writes captured calls: turns, trace, spans, the call's record and what was said over the wire. Each inside the caller's transaction.
import type { Span, TraceSummary } from '#contract/trace';
import type { Turn, TurnId } from '#contract/turn';
import type { CallRecord, Exchange } from '../network-ports.ts';
import type { Clock, Store } from '../ports.ts';
import type { CapturedRequest } from '../trace/captured/captured-request.ts';
import { madeHere, madeHereId } from '../trace/captured/made-here.ts';
import { sha256 } from '../turns/canonical.ts';

/** A request as its trace shows it before it is answered. */
export interface BegunTrace {
  readonly traceId: string;
  readonly at: number;
  readonly request: CapturedRequest | undefined;
  readonly model: string | undefined;
  /** What it is called where no user said anything. */
  readonly name: string;
  readonly group: string | undefined;
}

export interface EndedTrace {
  readonly traceId: string;
  readonly request: CapturedRequest | undefined;
  /** The answers, the first one first. */
  readonly answers: readonly Turn[];
  readonly spans: readonly Span[];
  readonly endedAt: number;
  readonly model: string | undefined;
  readonly asked: string | undefined;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly error: string | undefined;
}

export class TraceWriter {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  call(record: CallRecord): void {
    this.#store.calls.put([record]);
  }

  exchange(exchange: Exchange): void {
    this.#store.calls.putExchange(exchange);
  }

  turns(request: CapturedRequest): void {
    request.put(this.#store);
  }

  /**
   * The trace shows what was asked, whose turns stand in the tree, and what came of it, whose turns and spans are put; it is made where it is
   * not there and something begins. Returns whether it was.
   */
  trace(begun: BegunTrace | undefined, ended: EndedTrace | undefined): boolean {
    const traceId = begun?.traceId ?? ended?.traceId;
    if (traceId === undefined) return false;
    const { traces, turns } = this.#store;
    for (const answer of ended?.answers ?? []) turns.putPath([answer]);
    const before = traces.get(traceId)?.summary;
    if (before !== undefined) {
      const added = ended === undefined ? 0 : traces.putSpans(traceId, ended.spans);
      const asked = begun === undefined ? before : this.#asked(before, begun);
      traces.update(ended === undefined ? asked : this.#ended(asked, ended, added));
      return false;
    }
    // One that is gone has no end.
    if (begun === undefined) return false;
    madeHere(this.#store, this.#clock);
    const recordId = sha256(`gateway\n${traceId}`);
    traces.putRecord({ id: recordId, importId: madeHereId, position: begun.at });
    const fresh = this.#fresh(begun);
    const summary = ended === undefined ? fresh : this.#ended(fresh, ended, ended.spans.length);
    traces.put({ summary, recordId, side: '' });
    if (ended !== undefined) traces.putSpans(traceId, ended.spans);
    return true;
  }

  #fresh({ traceId, at, request, name, model, group }: BegunTrace): TraceSummary {
    return {
      id: traceId,
      name: request?.title ?? name,
      source: 'gateway',
      importId: madeHereId,
      position: at,
      ...figuresOf(request, 0, 0),
      spanCount: 0,
      startedAt: at,
      importedAt: at,
      scores: [],
      ...(group === undefined ? {} : { group }),
      ...(model === undefined ? {} : { model }),
    };
  }

  #ended(before: TraceSummary, ended: EndedTrace, added: number): TraceSummary {
    const { request, answers, inputTokens, outputTokens, error } = ended;
    const [answer] = answers;
    const leaf = answer ?? request?.read;
    const { error: _, ...kept } = before;
    const model =
      before.model === undefined || before.model === ended.asked ? (ended.model ?? before.model) : before.model;
    return {
      ...kept,
      ...(leaf !== undefined && (before.leaf === request?.read.id || this.#isFurther(leaf, before.leaf))
        ? figuresOf(request, answer === undefined ? 0 : 1, callsIn(answer), leaf.id)
        : {}),
      spanCount: before.spanCount + added,
      endedAt: Math.max(before.endedAt ?? 0, ended.endedAt),
      // A conversation that went on after a failure has none.
      ...(error === undefined ? {} : { error }),
      ...(model === undefined ? {} : { model }),
      ...sums(before, inputTokens, outputTokens),
    };
  }

  #asked(before: TraceSummary, { request, at, group }: BegunTrace): TraceSummary {
    const further = request !== undefined && this.#isFurther(request.read, before.leaf);
    return {
      ...before,
      ...(further ? figuresOf(request, 0, 0) : {}),
      startedAt: Math.min(before.startedAt ?? at, at),
      ...(before.group === undefined && group !== undefined ? { group } : {}),
    };
  }

  /** A trace's transcript is the longest of its conversations, of equally long ones the last. */
  #isFurther(turn: Turn, leaf: TurnId | undefined): boolean {
    const depth = leaf === undefined ? undefined : this.#store.turns.get(leaf)?.depth;
    return depth === undefined || turn.depth >= depth;
  }
}

function figuresOf(
  request: CapturedRequest | undefined,
  answers: number,
  calls: number,
  leaf = request?.read.id,
): Pick<TraceSummary, 'messageCount' | 'toolCallCount' | 'leaf'> {
  return {
    messageCount: (request?.messageCount ?? 0) + answers,
    toolCallCount: (request?.callCount ?? 0) + calls,
    ...(leaf === undefined ? {} : { leaf }),
  };
}

function callsIn(turn: Turn | undefined): number {
  return turn?.message.role === 'assistant' ? (turn.message.toolCalls?.length ?? 0) : 0;
}

function sums(
  before: TraceSummary,
  input: number | undefined,
  output: number | undefined,
): Pick<TraceSummary, 'inputTokens' | 'outputTokens'> {
  return {
    ...(input === undefined ? {} : { inputTokens: (before.inputTokens ?? 0) + input }),
    ...(output === undefined ? {} : { outputTokens: (before.outputTokens ?? 0) + output }),
  };
}
