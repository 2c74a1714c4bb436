// Near-duplicates across the split: MinHash signatures in bands find candidates, the exact Jaccard similarity decides.
// Method: Broder 1997 (resemblance), one-permutation hashing with rotation: Shrivastava and Li 2014.

/** Rows at least this alike are reported. */
export const nearDuplicateThreshold = 0.8;

/** 25 bands of 5: two rows 0.8 alike share a band with 99.99 %, rows 0.4 alike with 23 % (and are then compared exactly). */
const bandCount = 25;
const bandRows = 5;
const signatureSize = bandCount * bandRows;
/** Candidates whose signatures agree less than this are not compared: four standard deviations below the threshold. */
const worthComparing = 0.65;
const empty = 0xffffffff;
const shingleWords = 3;

/** Words; of scripts written without spaces, single characters. */
const words = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[\p{L}\p{N}\p{M}]+/gu;

/** Hashes of the runs of three words in the texts, lower-cased; of all words where there are fewer than three. */
export function shingles(texts: readonly string[]): Set<number> {
  const hashes: number[] = [];
  for (const text of texts) {
    for (const [word] of text.toLowerCase().matchAll(words)) hashes.push(hashWord(word));
  }
  const set = new Set<number>();
  const last = Math.max(0, hashes.length - shingleWords);
  for (let start = 0; start <= last && hashes.length > 0; start += 1) {
    let hash = 0x9747b28c;
    for (let offset = 0; offset < shingleWords; offset += 1) hash = mix(hash ^ (hashes[start + offset] ?? 0));
    set.add(hash);
  }
  return set;
}

function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < word.length; index += 1) hash = Math.imul(hash ^ word.charCodeAt(index), 0x01000193);
  return mix(hash);
}

/** Finalizer of MurmurHash3, 32 bits. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Share of shingles in common; 0 where both are empty. */
export function jaccard(one: ReadonlySet<number>, two: ReadonlySet<number>): number {
  const [small, large] = one.size < two.size ? [one, two] : [two, one];
  let shared = 0;
  for (const item of small) if (large.has(item)) shared += 1;
  const union = one.size + two.size - shared;
  return union === 0 ? 0 : shared / union;
}

/** One hash a shingle: its low part picks the bin, the bin keeps the least; empty bins take their right neighbour's, marked by distance. */
function signatureOf(set: ReadonlySet<number>): Uint32Array {
  const bins = new Uint32Array(signatureSize).fill(empty);
  for (const hash of set) {
    const bin = hash % signatureSize;
    const value = mix(hash ^ 0x5bd1e995);
    if (value < (bins[bin] ?? empty)) bins[bin] = value;
  }
  const full = Uint32Array.from(bins);
  for (let bin = 0; bin < signatureSize && set.size > 0; bin += 1) {
    for (let distance = 1; full[bin] === empty && distance < signatureSize; distance += 1) {
      const borrowed = bins[(bin + distance) % signatureSize] ?? empty;
      if (borrowed !== empty) full[bin] = mix(borrowed + distance);
    }
  }
  return full;
}

function bandsOf(signature: Uint32Array): number[] {
  return Array.from({ length: bandCount }, (_, band) => {
    let hash = band;
    for (let row = 0; row < bandRows; row += 1) hash = mix(hash ^ (signature[band * bandRows + row] ?? 0));
    return hash;
  });
}

/** Share of equal bins, which estimates the similarity to about 0.04. */
function estimate(one: Uint32Array, two: Uint32Array): number {
  let equal = 0;
  for (let bin = 0; bin < signatureSize; bin += 1) if (one[bin] === two[bin]) equal += 1;
  return equal / signatureSize;
}

export interface Nearest {
  readonly test: number;
  readonly train: number;
  readonly similarity: number;
}

/**
 * Finds for each row of the test file the most similar row of the training file. Test rows are added first, then training rows pass
 * by one at a time, so that memory grows with the test file only: about 1 KB a row. `shinglesOf` gives a test row's shingles again.
 */
export class NearDuplicates {
  readonly #buckets = Array.from({ length: bandCount }, () => new Map<number, number[]>());
  readonly #signatures = new Map<number, Uint32Array>();
  readonly #nearest = new Map<number, Nearest>();
  readonly #shinglesOf: (row: number) => ReadonlySet<number>;

  constructor(shinglesOf: (row: number) => ReadonlySet<number>) {
    this.#shinglesOf = shinglesOf;
  }

  addTest(row: number, set: ReadonlySet<number>): void {
    if (set.size === 0) return;
    const signature = signatureOf(set);
    this.#signatures.set(row, signature);
    for (const [band, hash] of bandsOf(signature).entries()) {
      const bucket = this.#buckets[band]?.get(hash);
      if (bucket === undefined) this.#buckets[band]?.set(hash, [row]);
      else bucket.push(row);
    }
  }

  passTrain(row: number, set: ReadonlySet<number>): void {
    if (set.size === 0 || this.#signatures.size === 0) return;
    const signature = signatureOf(set);
    const candidates = new Set<number>();
    for (const [band, hash] of bandsOf(signature).entries()) {
      for (const test of this.#buckets[band]?.get(hash) ?? []) candidates.add(test);
    }
    for (const test of candidates) {
      const known = this.#nearest.get(test)?.similarity ?? 0;
      const other = this.#signatures.get(test);
      if (known === 1 || other === undefined || estimate(signature, other) < Math.max(worthComparing, known)) continue;
      const similarity = jaccard(set, this.#shinglesOf(test));
      if (similarity >= nearDuplicateThreshold && similarity > known)
        this.#nearest.set(test, { test, train: row, similarity });
    }
  }

  /** Most similar first. */
  found(): readonly Nearest[] {
    return [...this.#nearest.values()].toSorted(
      (left, right) => right.similarity - left.similarity || left.test - right.test,
    );
  }
}
