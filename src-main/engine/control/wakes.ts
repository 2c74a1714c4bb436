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
  /** Runs that have slept in this process, where it is not for all to see to. */
  readonly #asleep = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #at = Number.POSITIVE_INFINITY;
  #isOpen = false;
  #isAtWork = false;
  /** A time came while others were being woken. */
  #isMissed = false;
  #isForAll = false;

  constructor(runs: RunStore, clock: Clock, wakeable: Wakeable) {
    this.#runs = runs;
    this.#clock = clock;
    this.#wakeable = wakeable;
  }

  /** `all`: wakes whatever sleeps in the store; else only what it was told of. */
  open(all: boolean): void {
    this.#isOpen = true;
    this.#isForAll = all;
    this.#arm(this.#clock.now());
  }

  close(): void {
    this.#isOpen = false;
    clearTimeout(this.#timer);
  }

  /** A run of this process sleeps until then. */
  sleeps(run: string, until: number): void {
    if (!this.#isForAll) this.#asleep.set(run, until);
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
      if (this.#isAtWork) this.#isMissed = true;
      else void this.#fire();
    }, wait);
    this.#timer.unref();
  }

  /** Never rejects. */
  async #fire(): Promise<void> {
    const now = this.#clock.now();
    this.#isAtWork = true;
    // A store that cannot be read now is asked again; whoever asks it for something is told why.
    const next = await this.#wakeDue(now).catch(() => now + patience);
    this.#isAtWork = false;
    this.#arm(this.#isMissed ? now : next);
    this.#isMissed = false;
  }

  /** Returns when to look again. */
  async #wakeDue(now: number): Promise<number> {
    let next = now + longest;
    for (const [run, until] of this.#live) {
      if (until > now) next = Math.min(next, until);
      else {
        this.#live.delete(run);
        this.#wakeable.wakeLive(run);
      }
    }
    return Math.min(next, await (this.#isForAll ? this.#wakeStored() : this.#wakeOwn(now)));
  }

  /** Returns when to look again. */
  async #wakeOwn(now: number): Promise<number> {
    const due = [...this.#asleep].filter(([, until]) => until <= now);
    for (const [run] of due) this.#asleep.delete(run);
    await Promise.all(due.map(([run]) => this.#wakeable.wake(run)));
    return Math.min(now + longest, ...this.#asleep.values());
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
