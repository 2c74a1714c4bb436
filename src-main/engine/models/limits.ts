// Room at a provider: calls at once, and requests and tokens a minute, in the order of asking.
import type { Limits } from '#contract/model';
import { ModelError } from './model.ts';
import { abortError, type Timing } from './timing.ts';

/** More than this many waiting for one provider are refused. */
const mostWaiting = 10_000;
const minute = 60_000;

/** Holds a minute's worth and fills up evenly: what a provider's own limits do. */
class Bucket {
  #level: number | undefined;
  #at = 0;

  /** How long until `amount` is there, ms; a whole minute's worth is enough for what is more than that. */
  missing(amount: number, perMinute: number, now: number): number {
    const level = this.#fill(perMinute, now);
    return Math.max(0, ((Math.min(amount, perMinute) - level) / perMinute) * minute);
  }

  /** May leave it below nothing, which the next one waits for. */
  take(amount: number, perMinute: number, now: number): void {
    this.#level = this.#fill(perMinute, now) - amount;
  }

  #fill(perMinute: number, now: number): number {
    const gained = (Math.max(0, now - this.#at) * perMinute) / minute;
    this.#level = this.#level === undefined ? perMinute : Math.min(perMinute, this.#level + gained);
    this.#at = now;
    return this.#level;
  }
}

interface Waiting {
  readonly limits: Limits;
  readonly tokens: number;
  readonly enter: () => void;
}

/** Limits may change from one call to the next; those in room or waiting stay there. */
export class Limiter {
  readonly #timing: Timing;
  readonly #requests = new Bucket();
  readonly #tokens = new Bucket();
  readonly #queue: Waiting[] = [];
  #inFlight = 0;
  #wake: (() => void) | undefined;

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Resolves once there is room, with what gives it back (once; more does nothing). Throws ModelError 429 after `patienceMs` or where too many
   * wait already, AbortError. `provider` for the sentence.
   */
  enter(
    provider: string,
    {
      limits = {},
      tokens,
      signal,
      patienceMs,
    }: {
      readonly limits: Limits | undefined;
      readonly tokens: number;
      readonly signal: AbortSignal;
      readonly patienceMs: number;
    },
  ): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(abortError());
        return;
      }
      if (this.#queue.length >= mostWaiting) {
        reject(tooLong(provider, `${mostWaiting} calls wait for room already.`));
        return;
      }
      const leaveQueue = (): void => {
        signal.removeEventListener('abort', stop);
        stopWaiting();
      };
      const giveUp = (error: Error): void => {
        leaveQueue();
        this.#queue.splice(this.#queue.indexOf(one), 1);
        reject(error);
        this.#admit();
      };
      const stop = (): void => giveUp(abortError());
      const one: Waiting = {
        limits,
        tokens,
        enter: () => {
          leaveQueue();
          resolve(this.#leaver());
        },
      };
      const stopWaiting = this.#timing.after(patienceMs, () =>
        giveUp(tooLong(provider, `there was no room within ${Math.round(patienceMs / 1000)} s.`)),
      );
      signal.addEventListener('abort', stop, { once: true });
      this.#queue.push(one);
      this.#admit();
    });
  }

  /** Counts tokens that were used beyond what was said on entering; fewer than none where there were less. */
  correct(tokens: number, limits: Limits | undefined): void {
    if (limits?.tokensPerMinute === undefined) return;
    this.#tokens.take(tokens, limits.tokensPerMinute, this.#timing.now());
    this.#admit();
  }

  #leaver(): () => void {
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      this.#inFlight -= 1;
      this.#admit();
    };
  }

  #admit(): void {
    this.#wake?.();
    this.#wake = undefined;
    for (let [one] = this.#queue; one !== undefined; [one] = this.#queue) {
      const { limits, tokens } = one;
      if (this.#inFlight >= (limits.concurrency ?? Infinity)) return;
      const now = this.#timing.now();
      const { requestsPerMinute, tokensPerMinute } = limits;
      const wait = Math.max(
        requestsPerMinute === undefined ? 0 : this.#requests.missing(1, requestsPerMinute, now),
        tokensPerMinute === undefined ? 0 : this.#tokens.missing(tokens, tokensPerMinute, now),
      );
      if (wait > 0) {
        // A little more than that, so that what is rounded does not wake it for nothing.
        this.#wake = this.#timing.after(Math.ceil(wait), () => this.#admit());
        return;
      }
      if (requestsPerMinute !== undefined) this.#requests.take(1, requestsPerMinute, now);
      if (tokensPerMinute !== undefined) this.#tokens.take(tokens, tokensPerMinute, now);
      this.#inFlight += 1;
      this.#queue.shift();
      one.enter();
    }
  }
}

function tooLong(provider: string, what: string): ModelError {
  return new ModelError(
    `The limits of ${provider} leave no room: ${what}`,
    429,
    `They are set in atelier.json at models.providers.${provider}.limits.`,
  );
}
