// The last few things computed, each good for as long as what it was computed from has not changed.
import { keepNewest } from '#engine/keep-newest';

export class Recent<T> {
  readonly #limit: number;
  readonly #kept = new Map<string, { readonly version: number; readonly value: T }>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** What was kept under `key` at this `version`, or else what `compute` gives now. */
  get(key: string, version: number, compute: () => T): T {
    const known = this.#kept.get(key);
    this.#kept.delete(key);
    const fresh = known?.version === version ? known : { version, value: compute() };
    this.#kept.set(key, fresh);
    keepNewest(this.#kept, this.#limit);
    return fresh.value;
  }
}
