// How long something that keeps failing waits before it is tried again.

/** Doubles with each failure in a row, by key. */
export class Backoff {
  readonly #first: number;
  readonly #most: number;
  readonly #failures = new Map<string, { count: number; at: number }>();

  constructor(first: number, most: number) {
    this.#first = first;
    this.#most = most;
  }

  failed(key: string, now: number): void {
    // Keys of runs that nobody takes up again would stay for ever.
    if (this.#failures.size > 1000) {
      for (const [old, { at }] of this.#failures) if (now - at > this.#most) this.#failures.delete(old);
    }
    this.#failures.set(key, { count: (this.#failures.get(key)?.count ?? 0) + 1, at: now });
  }

  succeeded(key: string): void {
    this.#failures.delete(key);
  }

  /** Ms from `now` until it may be tried. */
  wait(key: string, now: number): number {
    const failure = this.#failures.get(key);
    if (failure === undefined) return 0;
    const pause = Math.min(this.#first * 2 ** (failure.count - 1), this.#most);
    return Math.max(0, failure.at + pause - now);
  }
}
