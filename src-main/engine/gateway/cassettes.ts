// Recorded answers: looks the turn that a request ends in up in the tree, and says what is nearest where there is none.
import type { Message, Turn } from '#contract/turn';
import { keepNewest } from '../keep-newest.ts';
import type { Exchange } from '../network-ports.ts';
import type { Clock, Store } from '../ports.ts';
import { Problem } from '../problem.ts';
import type { CapturedRequest } from '../trace/captured/captured-request.ts';
import type { Asked, Lookup } from './recorder.ts';
import { comparable, differenceOf, isSameModel, type Comparable } from './cassette-terms.ts';
import { canonicalJson } from '../turns/canonical.ts';
import { missOf } from './cassette-miss.ts';
import { replyOf, writtenAnswer, type WrittenAnswer } from './written-answer.ts';

/** So many recorded answers to one request are looked at. */
const mostAnswers = 1000;
/** So many requests of keys are counted. */
const mostCounted = 50_000;

export interface CassetteParts {
  readonly store: Store;
  readonly clock: Clock;
}

/** What reads requests, as the capture does: the same request is then the same turn. */
export interface ReadsRequests {
  request(asked: Asked): CapturedRequest;
}

/**
 * A record answers a request that ends in the same turn (the same messages and tools, in whatever spelling) and asks for the same dialect,
 * stream, model and sampling parameters (see cassette-terms.ts). Of several recorded answers the k-th asking gets the k-th, in the order in
 * which they were recorded, whoever recorded them, and the last one repeats. A refusal answers the request that it refused alone. Askings are counted by key, and by session or trace where the request names one, for
 * as long as the process lives. Answers that came in by an import, by a run or in the other way of streaming are written anew.
 */
export class Cassettes {
  readonly #parts: CassetteParts;
  readonly #requests: ReadsRequests;
  /** How often what was asked for was found. */
  readonly #counts = new Map<string, number>();

  constructor(parts: CassetteParts, requests: ReadsRequests) {
    this.#parts = parts;
    this.#requests = requests;
  }

  find(asked: Asked): Lookup {
    let request: CapturedRequest;
    try {
      request = this.#requests.request(asked);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const sentence = `The request cannot be looked up, as it cannot be read: ${error.message}`;
      return error.hint === undefined ? { kind: 'miss', sentence } : { kind: 'miss', sentence, hint: error.hint };
    }
    const terms = comparable(asked.dialect, request.rest);
    const recorded = this.#recorded(asked, request, terms);
    const [first] = recorded;
    if (first === undefined) return missOf(this.#parts.store, asked, request, terms);
    const count = this.#counted(asked, request, terms);
    return { kind: 'hit', ...(recorded[Math.min(count, recorded.length - 1)] ?? first)() };
  }

  /** In the order in which they were recorded. */
  #recorded(asked: Asked, request: CapturedRequest, terms: Comparable): readonly (() => WrittenAnswer)[] {
    const { store } = this.#parts;
    const exchanges = store.calls.answersTo(request.read.id, asked.dialect, mostAnswers).toReversed();
    const whole = canonicalJson(request.rest);
    const fitting = exchanges.filter(({ rest, status }) => {
      if (isPassing(status)) return false;
      // What changes no answer (a tier, a label) may be why it was refused.
      if (status >= 400) return canonicalJson(rest) === whole;
      return differenceOf(comparable(asked.dialect, rest), terms) === undefined;
    });
    const same = fitting.filter(({ rest }) => (rest['stream'] === true) === asked.stream);
    if (same.length > 0) return same.map((exchange) => () => answerOf(exchange));
    if (asked.dialect === 'openai-embeddings') return [];
    const known = new Set(exchanges.map(({ wrote }) => wrote));
    const turns = fitting.flatMap(({ wrote }) => (wrote === undefined ? [] : (store.turns.get(wrote) ?? [])));
    const others = this.#fromElsewhere(request.read.id, terms.model).filter(({ id }) => !known.has(id));
    return [...turns, ...others].flatMap((turn) => this.#anew(asked, turn, terms.model) ?? []);
  }

  /** Answers that stand in the tree by an import or a run. */
  #fromElsewhere(read: string, model: string | undefined): readonly Turn[] {
    const { turns, traces } = this.#parts.store;
    return turns.children(read, mostAnswers).filter((turn) => {
      if (turn.message.role !== 'assistant') return false;
      // An answer that no trace leads to is an edit, or was removed.
      const through = traces.through(turn.id, 20).filter(({ source }) => source !== 'gateway');
      return through.some((trace) => trace.model === undefined || isSameModel(trace.model, model));
    });
  }

  #anew(asked: Asked, { message }: Turn, model: string | undefined): (() => WrittenAnswer) | undefined {
    if (!isAnswer(message)) return undefined;
    return () => writtenAnswer(asked, replyOf(message, model ?? asked.model ?? 'unknown'), this.#parts.clock.now());
  }

  /** How often the same was found before. */
  #counted(
    { key, dialect, stream, trace }: Asked,
    { read }: CapturedRequest,
    { parameters, model }: Comparable,
  ): number {
    const round = trace.session ?? trace.parent?.slice(3, 35) ?? '';
    const name = JSON.stringify([key, round, dialect, stream, read.id, model ?? '', parameters]);
    const count = this.#counts.get(name) ?? 0;
    this.#counts.delete(name);
    this.#counts.set(name, count + 1);
    keepNewest(this.#counts, mostCounted);
    return count;
  }
}

function isAnswer(message: Message): message is Message & { readonly role: 'assistant' } {
  return message.role === 'assistant';
}

/** A refusal that another try would not have met. */
function isPassing(status: number): boolean {
  return status >= 500 || status === 401 || status === 403 || status === 408 || status === 409 || status === 429;
}

function answerOf({ status, headers, body }: Exchange): WrittenAnswer {
  return { status, headers, body };
}
