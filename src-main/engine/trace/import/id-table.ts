// Counts how often ids were seen, in 32 to 64 bytes an id: millions of them must not cost the memory of a Map.

/** Numbers an entry takes, side by side so that memory is looked at once: the first 32 bits, the next 32, how often seen, one unused. */
const stride = 4;

/** A table of hex SHA-256 ids, told apart by their first 64 bits (two of ten million collide once in 370,000 files). */
export class IdTable {
  #entries = new Uint32Array(1024 * stride);
  #size = 0;

  /** How often the id was added before. */
  add(id: string): number {
    if (this.#size * 2 * stride >= this.#entries.length) this.#grow();
    const high = word(id, 0);
    const low = word(id, 8);
    const entries = this.#entries;
    const place = placeOf(entries, high, low);
    const before = entries[place + 2] ?? 0;
    if (before === 0) {
      entries[place] = high;
      entries[place + 1] = low;
      this.#size += 1;
    }
    entries[place + 2] = before + 1;
    return before;
  }

  /** Distinct ids. */
  get size(): number {
    return this.#size;
  }

  #grow(): void {
    const old = this.#entries;
    const entries = new Uint32Array(old.length * 2);
    for (let from = 0; from < old.length; from += stride) {
      const [high, low, seen] = [old[from] ?? 0, old[from + 1] ?? 0, old[from + 2] ?? 0];
      if (seen === 0) continue;
      const place = placeOf(entries, high, low);
      entries[place] = high;
      entries[place + 1] = low;
      entries[place + 2] = seen;
    }
    this.#entries = entries;
  }
}

/** Where the id stands or would stand. */
function placeOf(entries: Uint32Array, high: number, low: number): number {
  const mask = entries.length - 1;
  let place = (low * stride) & mask;
  while (entries[place + 2] !== 0 && (entries[place] !== high || entries[place + 1] !== low))
    place = (place + stride) & mask;
  return place;
}

/** The number that eight hex digits from `start` on stand for. */
function word(id: string, start: number): number {
  let bits = 0;
  for (let at = start; at < start + 8; at += 1) {
    const code = id.charCodeAt(at);
    bits = (bits << 4) | (code < 0x3a ? code - 0x30 : code - 0x57);
  }
  return bits >>> 0;
}
