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

  /** The trace shows what was asked, whose turns stand in the tree; it is made where it is not there. Returns whether it was. */
  begin(begun: BegunTrace): boolean {
    const { traces } = this.#store;
    const before = traces.get(begun.traceId)?.summary;
    if (before !== undefined) {
      traces.update(this.#asked(before, begun));
      return false;
    }
    madeHere(this.#store, this.#clock);
    const recordId = sha256(`gateway\n${begun.traceId}`);
    traces.putRecord({ id: recordId, importId: madeHereId, position: begun.at });
    const { request, model, group } = begun;
    const summary: TraceSummary = {
      id: begun.traceId,
      name: request?.title ?? begun.name,
      source: 'gateway',
      importId: madeHereId,
      position: begun.at,
      ...figuresOf(request, 0, 0),
      spanCount: 0,
      startedAt: begun.at,
      importedAt: begun.at,
      scores: [],
      ...(group === undefined ? {} : { group }),
      ...(model === undefined ? {} : { model }),
    };
    traces.put({ summary, recordId, side: '' });
    return true;
  }

  /** The answers stand in the tree, the spans in the trace, and its figures tell of them. */
  end(ended: EndedTrace): void {
    const { traces, turns } = this.#store;
    const { request, answers, inputTokens, outputTokens, error } = ended;
    for (const answer of answers) turns.putPath([answer]);
    const added = traces.putSpans(ended.traceId, ended.spans);
    const before = traces.get(ended.traceId)?.summary;
    if (before === undefined) return;
    const [answer] = answers;
    const leaf = answer ?? request?.read;
    const { error: _, ...kept } = before;
    const model =
      before.model === undefined || before.model === ended.asked ? (ended.model ?? before.model) : before.model;
    traces.update({
      ...kept,
      ...(leaf !== undefined && this.#isFurther(leaf, before.leaf)
        ? figuresOf(request, answer === undefined ? 0 : 1, callsIn(answer), leaf.id)
        : {}),
      spanCount: before.spanCount + added,
      endedAt: Math.max(before.endedAt ?? 0, ended.endedAt),
      // A conversation that went on after a failure has none.
      ...(error === undefined ? {} : { error }),
      ...(model === undefined ? {} : { model }),
      ...sums(before, inputTokens, outputTokens),
    });
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
