// Counts how often ids were seen, in 24 bytes an id: millions of them must not cost the memory of a Map.

/** A table of hex SHA-256 ids, told apart by their first 64 bits (two of ten million collide once in 370,000 files). */
export class IdTable {
  #high = new Uint32Array(1024);
  #low = new Uint32Array(1024);
  #seen = new Uint32Array(1024);
  #size = 0;

  /** How often the id was added before. */
  add(id: string): number {
    if (this.#size * 2 >= this.#seen.length) this.#grow();
    const high = Number.parseInt(id.slice(0, 8), 16);
    const low = Number.parseInt(id.slice(8, 16), 16);
    const place = this.#place(high, low);
    const before = this.#seen[place] ?? 0;
    if (before === 0) {
      this.#high[place] = high;
      this.#low[place] = low;
      this.#size += 1;
    }
    this.#seen[place] = before + 1;
    return before;
  }

  /** Distinct ids. */
  get size(): number {
    return this.#size;
  }

  #place(high: number, low: number): number {
    const mask = this.#seen.length - 1;
    let place = low & mask;
    while (this.#seen[place] !== 0 && (this.#high[place] !== high || this.#low[place] !== low))
      place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const [high, low, seen] = [this.#high, this.#low, this.#seen];
    const length = seen.length * 2;
    this.#high = new Uint32Array(length);
    this.#low = new Uint32Array(length);
    this.#seen = new Uint32Array(length);
    for (let from = 0; from < seen.length; from += 1) {
      const count = seen[from] ?? 0;
      if (count === 0) continue;
      const place = this.#place(high[from] ?? 0, low[from] ?? 0);
      this.#high[place] = high[from] ?? 0;
      this.#low[place] = low[from] ?? 0;
      this.#seen[place] = count;
    }
  }
}
