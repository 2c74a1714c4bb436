// Masks known values in a stream of bytes, however it is cut into pieces.
import type { ByteMask } from '../redactor.ts';
import type { KnownValues } from './known-values.ts';

const backslash = 0x5c;
/** So much of what was given out is kept, to tell what stands before the rest: a JSON escape has six bytes. */
const contextBytes = 8;
const empty = new Uint8Array();

export class KnownByteMask implements ByteMask {
  readonly #known: KnownValues;
  /** The end of what was given out, then what was held back. */
  #kept: Uint8Array = empty;
  /** Where in `#kept` what was held back begins. */
  #done = 0;
  /** Up to here, in `#kept`, the bytes belong to a value whose mask was given out. */
  #covered = 0;

  constructor(known: KnownValues) {
    this.#known = known;
  }

  push(piece: Uint8Array): Uint8Array {
    return piece.length === 0 ? piece : this.#take(piece, false);
  }

  end(): Uint8Array {
    return this.#take(empty, true);
  }

  #take(piece: Uint8Array, isEnd: boolean): Uint8Array {
    const bytes = this.#kept.length === 0 ? piece : Buffer.concat([this.#kept, piece]);
    const { matches, hold } = this.#known.scan(bytes, this.#done, isEnd);
    // A value that begins within an escape of JSON takes the escape with it, lest the rest of it stands alone.
    const limit = isEnd ? bytes.length : Math.max(this.#done, escapeAt(bytes, hold));
    const given: Uint8Array[] = [];
    let from = Math.max(this.#done, this.#covered);
    let covered = this.#covered;
    for (const { start, end, mask, isMask } of matches) {
      if (start < covered) {
        covered = Math.max(covered, end);
        from = covered;
        continue;
      }
      const first = Math.max(from, isMask ? start : escapeAt(bytes, start));
      if (first >= limit) break;
      given.push(bytes.subarray(from, first), mask);
      covered = end;
      from = end;
    }
    if (from < limit) given.push(bytes.subarray(from, limit));
    this.#keep(bytes, limit, covered);
    const [only, more] = given;
    if (more === undefined) return only ?? empty;
    return Buffer.concat(given);
  }

  #keep(bytes: Uint8Array, limit: number, covered: number): void {
    let first = Math.max(0, limit - contextBytes);
    // Of a row of backslashes an even number may go: whether the next sign is escaped stays the same.
    if (first > 0 && bytes[first - 1] === backslash && runBefore(bytes, first) % 2 === 1) first -= 1;
    // A copy: the piece is the caller's, who may write over it.
    this.#kept = Uint8Array.prototype.slice.call(bytes, first);
    this.#done = limit - first;
    this.#covered = Math.max(0, covered - first);
  }
}

/** Where the JSON escape begins in whose midst `at` is; `at` itself where it is in none. */
function escapeAt(bytes: Uint8Array, at: number): number {
  for (let first = at - 1; first >= Math.max(0, at - 5); first -= 1) {
    const byte = bytes[first] ?? 0;
    if (byte === backslash) {
      const length = bytes[first + 1] === 0x75 ? 6 : 2;
      return first + length > at && runBefore(bytes, first + 1) % 2 === 1 ? first : at;
    }
    if (!isHex(byte) && byte !== 0x75) return at;
  }
  return at;
}

/** How many backslashes stand right before `at`. */
function runBefore(bytes: Uint8Array, at: number): number {
  let first = at;
  while (first > 0 && bytes[first - 1] === backslash) first -= 1;
  return at - first;
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}
