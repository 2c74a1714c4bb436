// Wakes runs when their time has come: one timer for all of them, that trusts the wall clock no longer than half a minute.
import type { Clock, RunStore } from '../ports.ts';

/** The wall clock may be set while a timer runs: it is looked at this often at least, ms. */
const longest = 30_000;
/** A run that could not be woken is tried again after so long, ms. */
const patience = 5_000;
/** Runs woken at once. */
const atOnce = 100;

export interface Wakeable {
  /** Its time has come, by the store. Resolves when it is under way or put aside. */
  wake(run: string): Promise<void>;
  /** A wait of a run that is in a runner may be over. */
  wakeLive(run: string): void;
}

export class Wakes {
  readonly #runs: RunStore;
  readonly #clock: Clock;
  readonly #wakeable: Wakeable;
  /** Runs in runners: the earliest of their waits. */
  readonly #live = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #at = Number.POSITIVE_INFINITY;
  #isOpen = false;
  #isAtWork = false;

  constructor(runs: RunStore, clock: Clock, wakeable: Wakeable) {
    this.#runs = runs;
    this.#clock = clock;
    this.#wakeable = wakeable;
  }

  /** Begins to wake those in the store. */
  open(): void {
    this.#isOpen = true;
    this.#arm(this.#clock.now());
  }

  close(): void {
    this.#isOpen = false;
    clearTimeout(this.#timer);
  }

  /** A run sleeps until then. */
  sleeps(until: number): void {
    this.#arm(until);
  }

  /** A run in a runner waits until then. */
  waits(run: string, until: number): void {
    const before = this.#live.get(run);
    if (before === undefined || until < before) this.#live.set(run, until);
    this.#arm(until);
  }

  /** It is in no runner any more. */
  forget(run: string): void {
    this.#live.delete(run);
  }

  #arm(at: number): void {
    if (!this.#isOpen || at >= this.#at) return;
    this.#at = at;
    clearTimeout(this.#timer);
    const wait = Math.min(Math.max(0, at - this.#clock.now()), longest);
    this.#timer = setTimeout(() => {
      this.#at = Number.POSITIVE_INFINITY;
      if (!this.#isAtWork) void this.#fire();
    }, wait);
    this.#timer.unref();
  }

  /** Never rejects. */
  async #fire(): Promise<void> {
    this.#isAtWork = true;
    const now = this.#clock.now();
    let next = now + longest;
    for (const [run, until] of this.#live) {
      if (until > now) next = Math.min(next, until);
      else {
        this.#live.delete(run);
        this.#wakeable.wakeLive(run);
      }
    }
    next = Math.min(next, await this.#wakeStored());
    // What came while this was under way is among them: the store and the map have it.
    this.#isAtWork = false;
    this.#arm(next);
  }

  /** Returns when to look again. */
  async #wakeStored(): Promise<number> {
    const tried = new Set<string>();
    for (;;) {
      const now = this.#clock.now();
      const { ids, next } = this.#runs.due(now, atOnce);
      const fresh = ids.filter((id) => !tried.has(id));
      if (fresh.length === 0 || !this.#isOpen) return ids.length > 0 ? now + patience : (next ?? now + longest);
      for (const id of fresh) tried.add(id);
      await Promise.all(fresh.map((id) => this.#wakeable.wake(id)));
    }
  }
}
