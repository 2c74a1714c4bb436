// Which trace a request belongs to: by the headers it came with, else by the conversation that it continues.
import { randomUUID } from 'node:crypto';
import type { Message, Turn, TurnId } from '#contract/turn';
import type { Store } from '../ports.ts';
import { canonicalJson, sha256 } from '../turns/canonical.ts';
import { turnBelow } from '../turns/path.ts';
import type { CapturedRequest } from '../trace/captured/captured-request.ts';
import type { Asked } from './recorder.ts';

/** So many ends of conversations are remembered; those before are looked up in the store. */
const remembered = 20_000;
/** So many answers of a request are looked up in the store, the newest first: a request that goes on does so from one of its last. */
const lookedUp = 4;
/** So many answers to one request are looked through for the one that was said, the newest. */
const mostSiblings = 1000;

export interface Placed {
  readonly traceId: string;
  /** The span that sent the request, where it was sent within one of the trace. */
  readonly parentSpan?: string;
}

interface End {
  readonly traceId: string;
  /** Every name it is known by. */
  readonly keys: readonly string[];
}

/**
 * With `x-atelier-session`, one trace a session and key; with `traceparent`, the trace of that id; else a request whose path holds the end
 * of a conversation of the same key continues that one's trace. Any other begins a trace: also one that continues from an older turn, which
 * so becomes a branch of the same tree.
 */
export class Conversations {
  readonly #store: Store;
  /** By key and turn. */
  readonly #ends = new Map<string, End>();
  /** Traces whose end is known here, so that the store, which may be behind, is not asked about them. */
  readonly #followed = new Set<string>();
  /** By key and turn: answers that end no conversation in the store. What is written from now on is followed here. */
  readonly #endless = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** From then on nothing else continues the conversation that the request continues, until it `ends` again. */
  place(asked: Asked, request: CapturedRequest | undefined): Placed {
    const { session, parent } = asked.trace;
    const continued = request === undefined ? undefined : this.#continued(asked.key, request);
    if (session !== undefined) return { traceId: sha256(`session\n${asked.key}\n${session}`).slice(0, 32) };
    const sent = parent === undefined ? undefined : sentWithin(parent);
    if (sent !== undefined && this.#mayJoin(sent.traceId)) return sent;
    return { traceId: continued ?? randomUUID().replaceAll('-', '') };
  }

  /** What continues from `turn` continues the trace. */
  ends(key: string, traceId: string, turn: Turn): void {
    const names = [turn.id];
    const bare = withoutReasoning(turn);
    if (bare !== undefined) names.push(bare);
    const keys = names.map((name) => keyOf(key, name));
    const end = { traceId, keys };
    for (const one of keys) this.#ends.set(one, end);
    this.#follow(traceId);
  }

  #follow(traceId: string): void {
    this.#followed.delete(traceId);
    this.#followed.add(traceId);
    for (const map of [this.#ends, this.#followed]) {
      const [oldest] = map.keys();
      if (map.size <= remembered || oldest === undefined) continue;
      map.delete(oldest);
      // The store alone knows that one now.
      this.#endless.clear();
    }
  }

  #continued(key: string, request: CapturedRequest): string | undefined {
    for (const turn of request.turns()) {
      const end = this.#ends.get(keyOf(key, turn.id));
      if (end === undefined) continue;
      for (const one of end.keys) this.#ends.delete(one);
      return end.traceId;
    }
    const found = this.#stored(key, request);
    if (found !== undefined) this.#follow(found);
    return found;
  }

  /** A conversation that was going on before this process began. */
  #stored(key: string, request: CapturedRequest): string | undefined {
    const answers: Turn[] = [];
    let looked = 0;
    for (const turn of request.turns()) {
      if (turn.message.role !== 'assistant') continue;
      if (!this.#endless.has(keyOf(key, turn.id))) answers.push(turn);
      looked += 1;
      if (looked === lookedUp) break;
    }
    // A turn is stored below stored ones: mostly one look tells that all of it is new.
    const first = answers.at(-1)?.parent;
    if (first === undefined || this.#store.turns.get(first) === undefined) return undefined;
    for (const turn of answers) {
      for (const said of this.#asSaid(turn)) {
        for (const call of this.#store.calls.wroteBy(said, 4)) {
          if (call.key !== key || call.traceId === undefined || this.#followed.has(call.traceId)) continue;
          if (this.#store.traces.get(call.traceId)?.summary.leaf === said) return call.traceId;
        }
      }
      this.#endless.add(keyOf(key, turn.id));
    }
    if (this.#endless.size > remembered) this.#endless.clear();
    return undefined;
  }

  /** The answer itself, and those that differ from it by their reasoning alone, which many clients leave out when they go on. */
  #asSaid(turn: Turn): readonly TurnId[] {
    if (turn.parent === undefined) return [turn.id];
    const others = this.#store.turns.children(turn.parent, mostSiblings);
    const siblings = others.filter((other) => withoutReasoning(other) === turn.id);
    return [turn.id, ...siblings.map(({ id }) => id)];
  }

  #mayJoin(traceId: string): boolean {
    const source = this.#store.traces.get(traceId)?.summary.source;
    return source === undefined || source === 'gateway' || source === 'otlp';
  }
}

function keyOf(key: string, turn: TurnId): string {
  return `${key}\n${turn}`;
}

/** W3C Trace Context, level 2: version, trace id, parent id, flags; ids of zeros are none. */
const traceparent = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-[\da-f]{2}(?:-.*)?$/;

function sentWithin(header: string): Required<Placed> | undefined {
  const [, traceId, parentSpan] = traceparent.exec(header.trim().toLowerCase()) ?? [];
  return traceId === undefined || parentSpan === undefined ? undefined : { traceId, parentSpan };
}

/** The turn that the answer would be without its reasoning; undefined where it has none. */
function withoutReasoning({ parent, depth, message }: Turn): TurnId | undefined {
  if (message.role !== 'assistant' || parent === undefined) return undefined;
  const content = message.content.filter((part) => part.type !== 'reasoning');
  if (content.length === message.content.length) return undefined;
  const bare: Message = { ...message, content };
  // Of the turn above, its id alone counts.
  const above: Turn = { id: parent, depth: depth - 1, message };
  return turnBelow(above, bare, canonicalJson(bare)).id;
}
