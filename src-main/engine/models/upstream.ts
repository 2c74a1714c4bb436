// A provider's server, as its callers see it: limits are kept, the secret is put in at the last moment, what leaves is written down.
import type { EgressCause } from '#contract/egress';
import type { Dialect, ProviderSettings } from '#contract/model';
import type { HttpHeader, HttpResponse } from '../network-ports.ts';

export interface UpstreamRequest {
  readonly method: 'GET' | 'POST';
  /** Below the provider's URL: "/chat/completions". */
  readonly path: string;
  /** In the order to send them; any that would carry a key (authorization, x-api-key, cookie …) must not be among them. */
  readonly headers: readonly HttpHeader[];
  readonly body?: Uint8Array;
  readonly signal: AbortSignal;
  readonly cause: Omit<EgressCause, 'secret'>;
  /** What it will cost of the token rate, estimated. */
  readonly tokens: number;
  /** Tries in all; the provider's own where absent. A foreign client's requests are tried once: it does its own. */
  readonly tries?: number;
  /** Told before each try. */
  readonly onTry?: () => void;
}

export interface Upstream {
  readonly name: string;
  readonly dialect: Dialect;
  readonly settings: ProviderSettings;
  /**
   * Resolves with the head of the answer, whatever its status; its body is decoded (no `content-encoding`) and, as its headers, masked of
   * every known secret, which may change its length (no `content-length`). Waits for room within the limits; the room is given back when the
   * body has ended or was left, or when the signal aborts: one of these must come.
   * Rejects, and so may the body, with ModelError: 429 where a budget or the wait for room is used up, 503 while the breaker is open, 502
   * where the network failed, 504 where no answer came in time, 401 where its secret is not to be had, 403 where offline mode holds it back;
   * AbortError when the signal said so.
   */
  send(request: UpstreamRequest): Promise<HttpResponse>;
  /** Corrects the token rate by what was really used: once for each answer that `send` gave, whatever its status. */
  used(estimated: number, tokens: number): void;
}

export interface Upstreams {
  get(name: string): Upstream | undefined;
  /** In the order of `atelier.json`. */
  list(): readonly Upstream[];
  /**
   * US dollars; undefined where the price is not known. `model` as "openai/gpt-5" or as the provider calls it; `asked`: the name it was asked
   * for by, where it answered by another.
   */
  costOf(
    provider: string,
    model: string,
    usage: { readonly inputTokens: number; readonly outputTokens: number; readonly cachedTokens?: number },
    asked?: string,
  ): number | undefined;
}
