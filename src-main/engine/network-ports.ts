// What the engine needs of the network and its records: outbound HTTP, calls of models, gateway keys, the ledger of what left.
import type { EgressCause, EgressReport, LedgerEntry, LedgerFilter, LedgerPage } from '#contract/egress';
import type { GatewayCall, GatewayKey, KeyUse } from '#contract/gateway';
import type { SpentToday } from '#contract/model';
import type { JsonObject, TurnId } from '#contract/turn';

/* Outbound HTTP. ------------------------------------------------------------------------------------------------------------------------- */

/** Name and value as they stand on the wire: order, case and repeats are kept. */
export type HttpHeader = readonly [name: string, value: string];

export interface HttpRequest {
  readonly method: string;
  /** http or https; no credentials in it. */
  readonly url: string;
  /** `host`, `content-length` and `connection` are the adapter's. */
  readonly headers: readonly HttpHeader[];
  readonly body?: Uint8Array;
  readonly signal: AbortSignal;
  /** Patience until the head of the answer, and between two pieces of its body, ms. */
  readonly headMs: number;
  readonly idleMs: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly HttpHeader[];
  /** The body's bytes as they come, still encoded as `content-encoding` says. Ends the exchange when it ends, throws or is left. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Bytes of this exchange on its connection so far, heads included, before TLS. */
  traffic(): { readonly sent: number; readonly received: number };
}

/** An exchange that came to nothing. `code` as Node names it ("ECONNREFUSED"), 'TIMEOUT' or 'ABORTED'. */
export class HttpFailure extends Error {
  readonly code: string;
  /** Bytes that had left and come by then. */
  readonly traffic: { readonly sent: number; readonly received: number };

  constructor(code: string, message: string, traffic: { readonly sent: number; readonly received: number }) {
    super(message);
    this.name = 'HttpFailure';
    this.code = code;
    this.traffic = traffic;
  }
}

/** The network, for real. Nothing but engine/egress calls it: what leaves is written down there. */
export interface Http {
  /** Follows no redirect. Rejects with HttpFailure; so may the body. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Ends idle connections. */
  close(): Promise<void>;
}

/** What is asked of the one way out (engine/egress): a request, and who asks it for what. */
export interface Outbound extends HttpRequest {
  readonly cause: EgressCause;
}

/** The one way out. Rejects with a Problem (REFUSED) where offline mode holds it back, with HttpFailure where the network fails. */
export interface WayOut {
  send(request: Outbound): Promise<HttpResponse>;
}

/* Records, in the workspace's store. ---------------------------------------------------------------------------------------------------- */

/** One call of a model, a run's or a gateway client's, as the store keeps it. `key` is '' for a run's. */
export interface CallRecord extends GatewayCall {
  readonly run?: string;
  readonly cachedTokens?: number;
}

export type WireDialect = 'openai-chat' | 'openai-responses' | 'anthropic' | 'openai-embeddings';

/** Calls that began in [from, to). Of one that a record answered nothing is counted but the call: it used nothing. */
export interface SpentFilter {
  readonly from: number;
  readonly to?: number;
  readonly key?: string;
  readonly run?: string;
}

/** What was said over the wire in one call: enough to say it again, byte for byte, to who asks the same. */
export interface Exchange {
  /** The call's id. */
  readonly id: string;
  readonly dialect: WireDialect;
  /** The turn the request ends in, and the one that the answer made. */
  readonly read: TurnId;
  readonly wrote?: TurnId;
  /** The request without its messages and tools. */
  readonly rest: JsonObject;
  /** Last link of the residue chain of its messages, where its dialect has one. */
  readonly residue?: string;
  readonly status: number;
  readonly headers: readonly HttpHeader[];
  /** The body as the client got it, decoded. */
  readonly body: Uint8Array;
}

export interface CallStore {
  /** Adds, or replaces what is known by the same id. */
  put(calls: readonly CallRecord[]): void;
  get(id: string): CallRecord | undefined;
  /** Newest first, by arrival. Those that were under way when their process died are failed when the store is opened again. */
  list(filter: { readonly key?: string; readonly run?: string }, limit: number): CallRecord[];
  /** Those waiting or streaming, oldest first: at the start those whose process died. */
  unfinished(limit: number): CallRecord[];
  /** O(log n + days), but O(calls of the run) where both key and run are named. `unpriced`: calls that used tokens and have no cost. */
  spent(filter: SpentFilter): SpentToday;
  /** By gateway keys; `errors`: calls that failed or were answered by 400 or above. */
  usedByKey(from: number): KeyUse[];
  /** A known id is left as it is. NOT_FOUND where a turn or the residue that it names is not stored. */
  putExchange(exchange: Exchange): void;
  exchange(id: string): Exchange | undefined;
  /** Exchanges that read the turn, newest first. */
  answersTo(read: TurnId, dialect: WireDialect, limit: number): Exchange[];
  /** Calls whose answer made the turn, newest first. */
  wroteBy(turn: TurnId, limit: number): CallRecord[];
}

export interface KeyStore {
  /** Adds or replaces. `hash`: sha256 of the key, lower-case hex; kept as it was where absent. */
  put(key: GatewayKey, hash?: string): void;
  get(id: string): GatewayKey | undefined;
  byHash(hash: string): GatewayKey | undefined;
  /** In order of creation. */
  list(): GatewayKey[];
}

/** Entries recorded in [from, to), of one run or of all. */
export interface LedgerSpan {
  readonly from: number;
  readonly to: number;
  readonly run?: string;
}

export interface LedgerStore {
  /**
   * `make` is given the last entry; what it returns is put after it and outlives the process, however that ends, when this returns (a power
   * failure may take the last ones). `make` runs inside the transaction: what else it writes is written with them, or not at all. INTERNAL where an entry's `n` is not above the one before.
   */
  append(make: (last: LedgerEntry | undefined) => readonly LedgerEntry[]): readonly LedgerEntry[];
  last(): LedgerEntry | undefined;
  /** Newest first; from `from` on, before `to`. */
  list(filter: LedgerFilter, offset: number, limit: number): LedgerPage;
  /** In order, from `after` (exclusive; 0 for all). */
  entries(after: number, limit: number): LedgerEntry[];
  /** Number of the last entry, O(log n); of an untouched ledger how many there are. */
  count(): number;
  /** By host and port, the most bytes sent first. `connections`: opened in that time; bytes: of those closed in it. */
  hosts(span: LedgerSpan): EgressReport['hosts'];
  /** Numbers of the entries opened in that time that no entry closes, oldest first. */
  unclosed(span: LedgerSpan): number[];
}
