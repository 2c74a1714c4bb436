// What is remembered for speed or for a while, bounded by how much it is and not only by how many.

export class Newest<V> {
  readonly #most: number;
  readonly #longest: number;
  readonly #kept = new Map<string, { readonly value: V; readonly length: number }>();
  #length = 0;

  /** At most so many values, and together so long; what alone is longer than an eighth of that is not kept. */
  constructor(most: number, longest: number) {
    this.#most = most;
    this.#longest = longest;
  }

  get(key: string): V | undefined {
    return this.#kept.get(key)?.value;
  }

  /** `length`: of the value and what it holds, in characters, about. */
  set(key: string, value: V, length: number): void {
    this.#forget(key);
    if (length > this.#longest / 8) return;
    this.#kept.set(key, { value, length });
    this.#length += length;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most && this.#length <= this.#longest) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#length -= this.#kept.get(key)?.length ?? 0;
    this.#kept.delete(key);
  }
}
