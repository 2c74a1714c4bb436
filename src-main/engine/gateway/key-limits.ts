// What one key may use: requests and tokens a minute, calls at once, a day's budget.
import type { KeySettings } from '#contract/gateway';
import type { SpentToday } from '#contract/model';

/** Why a request is not let in, as HTTP says it. */
export interface Denial {
  readonly status: 400 | 401 | 403 | 429;
  readonly sentence: string;
  readonly hint?: string;
  /** When to try again. */
  readonly retryAfterMs?: number;
  /** To be waited before it is told: who guesses is slowed down. */
  readonly delayMs?: number;
  /** Trying again soon is of no use. */
  readonly isFinal?: true;
}

/** A place that a call has taken. */
export interface Permit {
  /** Gives it back, once. `tokens`: what the call really used; the estimate stands where absent. */
  end(tokens?: number): void;
}

/** `usd`: 0 where the price is not known. */
export interface Estimate {
  readonly tokens: number;
  readonly usd: number;
}

interface Taken {
  readonly at: number;
  tokens: number;
}

const minute = 60_000;

/** Of one key, since the process began; the day's budget is of what the store knows. */
export class KeyLimits {
  /** Of the last minute, oldest first. */
  #taken: Taken[] = [];
  #inFlight = 0;
  /** Of calls under way, estimated. */
  #estimated: Estimate = { tokens: 0, usd: 0 };

  /**
   * `call`: estimate of what it will use. `spentToday` is asked only where there is a budget. A call larger than a whole minute's
   * tokens is let in when nothing else was used in that minute: it could never be otherwise.
   */
  admit(settings: KeySettings, call: Estimate, now: number, spentToday: () => SpentToday): Permit | Denial {
    const { tokens } = call;
    const { concurrency, requestsPerMinute, tokensPerMinute } = settings.limits ?? {};
    this.#forget(now);
    if (concurrency !== undefined && this.#inFlight >= concurrency) {
      return tooMany(`has ${calls(this.#inFlight)} under way, and may have no more at once`, 1000);
    }
    if (requestsPerMinute !== undefined && this.#taken.length >= requestsPerMinute) {
      const oldest = this.#taken[this.#taken.length - requestsPerMinute]?.at ?? now;
      return tooMany(`has made ${calls(requestsPerMinute)} in a minute, and may make no more`, oldest + minute - now);
    }
    if (tokensPerMinute !== undefined) {
      const wait = this.#waitForTokens(tokensPerMinute, tokens, now);
      if (wait > 0) return tooMany(`has used its ${tokensPerMinute} tokens of this minute`, wait);
    }
    const isCounted = requestsPerMinute !== undefined || tokensPerMinute !== undefined;
    return this.#overBudget(settings, now, spentToday) ?? this.#take(call, now, isCounted);
  }

  #take({ tokens, usd }: Estimate, now: number, isCounted: boolean): Permit {
    const taken = { at: now, tokens };
    if (isCounted) this.#taken.push(taken);
    this.#inFlight += 1;
    this.#estimated = { tokens: this.#estimated.tokens + tokens, usd: this.#estimated.usd + usd };
    let isOver = false;
    return {
      end: (used) => {
        if (isOver) return;
        isOver = true;
        this.#inFlight -= 1;
        this.#estimated = { tokens: this.#estimated.tokens - tokens, usd: this.#estimated.usd - usd };
        if (used !== undefined) taken.tokens = used;
      },
    };
  }

  #waitForTokens(limit: number, tokens: number, now: number): number {
    let left = this.#taken.reduce((sum, taken) => sum + taken.tokens, 0);
    for (const taken of this.#taken) {
      if (left === 0 || left + tokens <= limit) return 0;
      left -= taken.tokens;
      if (left === 0 || left + tokens <= limit) return taken.at + minute - now;
    }
    return 0;
  }

  #overBudget({ budget }: KeySettings, now: number, spentToday: () => SpentToday): Denial | undefined {
    const day = budget?.day;
    if (day === undefined) return undefined;
    const spent = spentToday();
    const tokens = spent.inputTokens + spent.outputTokens;
    const isOver =
      (day.tokens !== undefined && tokens + this.#estimated.tokens >= day.tokens) ||
      (day.usd !== undefined && spent.usd + this.#estimated.usd >= day.usd);
    if (!isOver) return undefined;
    return {
      ...tooMany(
        `has spent its budget of today (${tokens} tokens, ${spent.usd.toFixed(2)} US dollars)`,
        endOfDay(now) - now,
      ),
      hint: 'Raise the budget of the key in Atelier, or wait until tomorrow.',
      isFinal: true,
    };
  }

  #forget(now: number): void {
    const old = this.#taken.findIndex(({ at }) => at > now - minute);
    if (old < 0) this.#taken = [];
    else if (old > 0) this.#taken.splice(0, old);
  }
}

function endOfDay(now: number): number {
  return new Date(now).setHours(24, 0, 0, 0);
}

function tooMany(what: string, retryAfterMs: number): Denial {
  return {
    status: 429,
    sentence: `This key ${what}.`,
    hint: 'Wait as long as retry-after says, or raise the limits of the key in Atelier.',
    retryAfterMs,
  };
}

function calls(count: number): string {
  return count === 1 ? '1 call' : `${count} calls`;
}
