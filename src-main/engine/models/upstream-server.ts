// A provider's server: every request to it goes through here, within its limits and budgets, with its secret put in at the last moment.
import type { Dialect, ProviderSettings } from '#contract/model';
import type { HttpResponse, WayOut } from '../network-ports.ts';
import { Problem } from '../problem.ts';
import type { Redactor } from '../redactor.ts';
import type { Secrets } from '../vault/secrets.ts';
import type { Breaker, Pass } from './breaker.ts';
import type { BudgetKeeper, Budgets } from './budget.ts';
import type { Limiter } from './limits.ts';
import { ModelError } from './model.ts';
import { delayAfter, isWorthRetrying, usualTries } from './retry.ts';
import { abortError, isAbortError, pause, type Timing } from './timing.ts';
import type { Upstream, UpstreamRequest } from './upstream.ts';
import { maskedResponse, type Ended } from './upstream-answer.ts';
import { faultOf, NetworkFault } from './upstream-fault.ts';
import { headersFor, urlFor } from './upstream-request.ts';
import { secretFor, type Credential } from './upstream-secret.ts';

const usualTimeoutMs = 600_000;
/** So many addresses are remembered. */
const mostUrls = 100;

/** An answer, and what throws it away unread. */
interface Answer {
  readonly response: HttpResponse;
  readonly drop: () => void;
}

export interface UpstreamParts {
  readonly name: string;
  readonly settings: ProviderSettings;
  readonly budgets: Budgets;
  readonly wayOut: WayOut;
  readonly secrets: Secrets | undefined;
  readonly redactor: Redactor;
  readonly keeper: BudgetKeeper;
  readonly limiter: Limiter;
  readonly breaker: Breaker;
  readonly timing: Timing;
  /** In [0, 1). */
  readonly random: () => number;
  /** US dollars of so many tokens read; undefined where the price is not known. */
  readonly priceOf: (model: string, inputTokens: number) => number | undefined;
}

export class ServerUpstream implements Upstream {
  readonly name: string;
  readonly dialect: Dialect;
  readonly settings: ProviderSettings;
  readonly #parts: UpstreamParts;
  readonly #urls = new Map<string, string>();

  constructor(parts: UpstreamParts) {
    this.name = parts.name;
    this.dialect = parts.settings.dialect;
    this.settings = parts.settings;
    this.#parts = parts;
  }

  async send(request: UpstreamRequest): Promise<HttpResponse> {
    const { timing, random } = this.#parts;
    const tries = request.tries ?? this.settings.tries ?? usualTries;
    for (let made = 1; ; made += 1) {
      request.onTry?.();
      const outcome = await this.#once(request);
      const isFault = outcome instanceof NetworkFault;
      if (!isFault && !isWorthRetrying(outcome.response.status)) return outcome.response;
      const headers = isFault ? [] : outcome.response.headers;
      const wait = made < tries ? delayAfter(made, headers, { now: timing.now(), random: random() }) : undefined;
      if (wait === undefined) {
        if (isFault) throw outcome.error;
        return outcome.response;
      }
      if (!isFault) {
        outcome.drop();
        this.used(request.tokens, 0);
      }
      await pause(timing, wait, request.signal);
    }
  }

  used(estimated: number, tokens: number): void {
    this.#parts.limiter.correct(tokens - estimated, this.settings.limits);
  }

  /** One try: room, budget, secret, answer. */
  async #once(request: UpstreamRequest): Promise<Answer | NetworkFault> {
    const { keeper, limiter, breaker, budgets, priceOf } = this.#parts;
    const { cause, tokens, signal } = request;
    if (signal.aborted) throw abortError();
    this.#refuseWhileOpen();
    // What only lists costs nothing.
    const isSpending = cause.purpose !== 'models-list' && cause.purpose !== 'discovery';
    const ends: (() => void)[] = [];
    let hasEnded = false;
    const end = (): void => {
      if (hasEnded) return;
      hasEnded = true;
      for (const one of ends) one();
    };
    let hasTaken = false;
    const giveUp = (): void => {
      if (hasTaken) this.used(tokens, 0);
      end();
    };
    try {
      if (isSpending) {
        const spending = {
          run: cause.run,
          tokens,
          // Asked for only where there is a budget of dollars.
          get usd() {
            return cause.model === undefined ? undefined : priceOf(cause.model, tokens);
          },
        };
        ends.push(keeper.enter(budgets, spending));
      }
      const { limits } = this.settings;
      ends.push(await limiter.enter(this.name, { limits, tokens, signal, patienceMs: this.#patienceMs }));
      hasTaken = true;
      this.#refuseWhileOpen();
      const outcome = await this.#exchange(request, breaker.pass(), end);
      if (outcome instanceof NetworkFault) giveUp();
      return outcome;
    } catch (error) {
      giveUp();
      throw error;
    }
  }

  async #exchange(request: UpstreamRequest, pass: Pass, end: () => void): Promise<Answer | NetworkFault> {
    try {
      const credential = await secretFor(this.#parts, request.cause);
      const first = await this.#ask(request, credential);
      const other = isRefusedKey(first.response.status) ? await otherValue(credential) : undefined;
      if (other === undefined) return this.#answer(request, first, pass, end);
      first.drop();
      return this.#answer(request, await this.#ask(request, other), pass, end);
    } catch (error) {
      const fault = this.#faultOf(error, request.signal);
      if (fault instanceof NetworkFault) pass.failed(fault.why);
      else pass.neither();
      if (fault instanceof NetworkFault) return fault;
      throw fault;
    }
  }

  async #ask(request: UpstreamRequest, credential: Credential | undefined): Promise<Answer> {
    const { settings } = this;
    const { method, path, body, cause } = request;
    const response = await this.#parts.wayOut.send({
      method,
      url: this.#urlFor(path),
      headers: headersFor(settings, request.headers, credential?.header),
      ...(body === undefined ? {} : { body }),
      signal: request.signal,
      headMs: this.#patienceMs,
      idleMs: this.#patienceMs,
      cause: { ...cause, ...(settings.secret === undefined ? {} : { secret: settings.secret }) },
    });
    // Left unread: that ends the exchange.
    return { response, drop: () => void response.body[Symbol.asyncIterator]().return?.() };
  }

  /** Most requests go to few paths, and to read an address takes a while. */
  #urlFor(path: string): string {
    const known = this.#urls.get(path);
    if (known !== undefined) return known;
    const url = urlFor(this.settings, path);
    if (this.#urls.size >= mostUrls) this.#urls.clear();
    this.#urls.set(path, url);
    return url;
  }

  #answer({ signal }: UpstreamRequest, answer: Answer, pass: Pass, end: () => void): Answer {
    const { breaker, redactor } = this.#parts;
    const { status } = answer.response;
    if (status >= 500) pass.failed(`it answered with status ${status}`);
    // A trial is over with the head: how long the rest takes says nothing.
    else if (breaker.state.state === 'half-open') {
      if (status === 429) pass.neither();
      else pass.succeeded();
    }
    let isOver = false;
    const ended = (how: Ended): void => {
      if (isOver) return;
      isOver = true;
      signal.removeEventListener('abort', leave);
      if (status < 500 && how === 'failed') pass.failed('its answer was cut off');
      if (status < 500 && status !== 429 && how === 'whole') pass.succeeded();
      end();
    };
    const leave = (): void => ended('left');
    signal.addEventListener('abort', leave, { once: true });
    const response = maskedResponse(answer.response, redactor, {
      ended,
      wrong: (error) => {
        const fault = this.#faultOf(error, signal);
        return fault instanceof NetworkFault ? fault.error : fault;
      },
    });
    return {
      response,
      drop() {
        leave();
        answer.drop();
      },
    };
  }

  #faultOf(error: unknown, signal: AbortSignal): NetworkFault | Error {
    if (signal.aborted || isAbortError(error)) return abortError();
    return faultOf(error, this.name, this.settings, this.#parts.redactor);
  }

  get #patienceMs(): number {
    return this.settings.timeoutMs ?? usualTimeoutMs;
  }

  #refuseWhileOpen(): void {
    const refusal = this.#parts.breaker.refusal;
    if (refusal === undefined) return;
    const { why, waitMs } = refusal;
    throw new ModelError(
      `${this.name} failed again and again and is left alone for a while. The last time: ${why}.`,
      503,
      waitMs > 0 ? `It is tried again in ${Math.ceil(waitMs / 1000)} s.` : 'It is being tried with another call.',
      waitMs,
    );
  }
}

function isRefusedKey(status: number): boolean {
  return status === 401 || status === 403;
}

/** That there is none, or that the vault does not give it, leaves the refusal of the first as it is. */
async function otherValue(credential: Credential | undefined): Promise<Credential | undefined> {
  try {
    return await credential?.other?.();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
