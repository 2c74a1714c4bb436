// Leaves a provider alone that failed again and again, and tries it with one call after a while.
import type { ProviderState } from '#contract/model';
import type { Clock } from '../ports.ts';

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** How long it is left alone, ms; twice as long each time a trial fails, up to `longestMs`. */
  readonly openMs: number;
  readonly longestMs: number;
}

const usual: BreakerOptions = { failures: 5, openMs: 10_000, longestMs: 120_000 };

/** What became of a call that was let through; the first word counts, but for a failure after a success. */
export interface Pass {
  succeeded(): void;
  failed(why: string): void;
  /** Says nothing of the provider: the caller went away, or it was busy. */
  neither(): void;
}

type State =
  | { readonly kind: 'closed'; readonly failed: number }
  | { readonly kind: 'open'; readonly until: number; readonly why: string; readonly openMs: number }
  | { readonly kind: 'half-open'; readonly why: string; readonly openMs: number };

const fresh: State = { kind: 'closed', failed: 0 };

export class Breaker {
  readonly #clock: Clock;
  readonly #options: BreakerOptions;
  readonly #changed: () => void;
  #state: State = fresh;
  /** Counts changes of state: a call that began before one says nothing about what is now. */
  #era = 0;

  constructor(clock: Clock, changed: () => void, options: Partial<BreakerOptions> = {}) {
    this.#clock = clock;
    this.#changed = changed;
    this.#options = { ...usual, ...options };
  }

  get state(): ProviderState['breaker'] {
    const state = this.#state;
    if (state.kind === 'closed') return { state: 'closed' };
    if (state.kind === 'half-open') return { state: 'half-open', why: state.why };
    return { state: 'open', until: state.until, why: state.why };
  }

  /** Why a call would not be let through now. */
  get refusal(): { readonly why: string; readonly waitMs: number } | undefined {
    const state = this.#state;
    if (state.kind === 'closed') return undefined;
    if (state.kind === 'half-open') return { why: state.why, waitMs: 0 };
    const waitMs = state.until - this.#clock.now();
    return waitMs > 0 ? { why: state.why, waitMs } : undefined;
  }

  /** Lets a call through; the first one after its time is the trial. Ask `refusal` first. */
  pass(): Pass {
    if (this.#state.kind === 'open') this.#turn({ ...this.#state, kind: 'half-open' });
    const era = this.#era;
    const tell = (next: () => void) => (): void => {
      if (era === this.#era) next();
    };
    return {
      succeeded: tell(() => {
        if (this.#state.kind === 'closed') this.#state = fresh;
        else this.#turn(fresh);
      }),
      failed: (why) => tell(() => this.#failed(why))(),
      neither: tell(() => {
        const state = this.#state;
        if (state.kind === 'half-open') this.#turn({ ...state, kind: 'open', until: this.#clock.now() });
      }),
    };
  }

  #failed(why: string): void {
    const state = this.#state;
    const { failures, openMs, longestMs } = this.#options;
    if (state.kind === 'closed') {
      if (state.failed + 1 < failures) this.#state = { kind: 'closed', failed: state.failed + 1 };
      else this.#open(openMs, why);
    } else {
      this.#open(Math.min(state.openMs * 2, longestMs), why);
    }
  }

  #open(openMs: number, why: string): void {
    this.#turn({ kind: 'open', until: this.#clock.now() + openMs, why, openMs });
  }

  #turn(next: State): void {
    this.#state = next;
    this.#era += 1;
    this.#changed();
  }
}
