// The values that are known, as fingerprints: enough to find them wherever they stand, too little to tell them.
import { createHmac, randomBytes } from 'node:crypto';
import { formsOf } from './value-forms.ts';

/** Of a long form, so many bytes are looked at one by one; what follows is only compared by hashes. */
const headBytes = 8;
const stepBytes = 16;
const wordHeadBytes = 4;
const headBit = 1 << (headBytes - 1);
/** Short values have their own positions above. */
const wordShift = headBytes;
const wordBit = 1 << (wordShift + wordHeadBytes - 1);
const firsts = 1 | (1 << wordShift);

interface Form {
  readonly mask: Uint8Array;
  readonly length: number;
  /** Of its first 24 bytes, its first 40 and so on, then of all. Finer steps would let it be guessed byte by byte. */
  readonly hashes: readonly number[];
  readonly digest: string;
  /** Only where no letter or digit stands beside it. */
  readonly isWord: boolean;
  /** The mask itself: it is left as it is, whatever may stand in it. */
  readonly isMask: boolean;
}

export interface Match {
  readonly start: number;
  readonly end: number;
  readonly mask: Uint8Array;
  readonly isMask: boolean;
}

export interface Scan {
  /** By start, of those that start together the longest first. */
  readonly matches: readonly Match[];
  /** From here on there may stand the beginning of a known value; the length where there is none. */
  readonly hold: number;
}

const nothing: readonly Match[] = [];

export class KnownValues {
  /** For each byte the positions at which some form has it. */
  readonly #places = new Uint32Array(256);
  readonly #forms = new Map<number, Form[]>();
  readonly #words = new Map<number, Form[]>();
  readonly #seen = new Set<string>();
  /** Random, so that fingerprints say nothing to whoever has those of another process. */
  readonly #key = randomBytes(32);
  readonly #base = randomBytes(4).readUInt32LE() | 1;

  get isEmpty(): boolean {
    return this.#seen.size === 0;
  }

  /** From now on `value` is masked by `name`, in every form that it may stand in. The value is not kept. */
  add(name: string, value: string): void {
    const digest = this.#digest(Buffer.from(JSON.stringify([name, value])));
    if (this.#seen.has(digest)) return;
    this.#seen.add(digest);
    const mask = Buffer.from(`‹secret ${name}›`);
    this.#put(mask, mask, false, true);
    const { long, words } = formsOf(value);
    for (const form of long) this.#put(form, mask, false, false);
    for (const form of words) this.#put(form, mask, true, false);
  }

  /**
   * Looks `bytes` through. What stands before `from` has been looked through before, and only says what surrounds the rest. `isEnd`: nothing
   * follows.
   */
  scan(bytes: Uint8Array, from: number, isEnd: boolean): Scan {
    const places = this.#places;
    const end = bytes.length;
    let matches: Match[] | undefined;
    let hold = end;
    let state = 0;
    for (let at = from; at < end; at += 1) {
      state = (((state << 1) & ~(1 << wordShift)) | firsts) & (places[bytes[at] ?? 0] ?? 0);
      if ((state & (headBit | wordBit)) === 0) continue;
      matches ??= [];
      if ((state & headBit) !== 0)
        hold = Math.min(hold, this.#match(bytes, at - headBytes + 1, headBytes, isEnd, matches));
      if ((state & wordBit) !== 0)
        hold = Math.min(hold, this.#match(bytes, at - wordHeadBytes + 1, wordHeadBytes, isEnd, matches));
    }
    if (isEnd) hold = end;
    else
      hold = Math.min(
        hold,
        end - Math.max(longestRun(state & (headBit - 1)), longestRun((state & ~wordBit) >> wordShift)),
      );
    if (matches === undefined || matches.length === 0) return { matches: nothing, hold };
    matches.sort((one, other) => one.start - other.start || other.end - one.end);
    return { matches, hold };
  }

  /** Adds the forms that stand at `start`; returns `start` where more must come before one can be told. */
  #match(bytes: Uint8Array, start: number, head: number, isEnd: boolean, matches: Match[]): number {
    const known = head === headBytes ? this.#forms : this.#words;
    const forms = known.get(this.#hash(bytes, start, start + head));
    if (forms === undefined) return bytes.length;
    let hold = bytes.length;
    for (const form of forms) {
      const end = start + form.length;
      if (!this.#mayBe(form, bytes, start)) continue;
      if (!isEnd && (end > bytes.length || (form.isWord && end === bytes.length))) hold = start;
      if (end > bytes.length || !this.#is(form, bytes, start, end)) continue;
      matches.push({ start, end, mask: form.mask, isMask: form.isMask });
    }
    return hold;
  }

  /** As far as it is there. */
  #mayBe({ hashes, length }: Form, bytes: Uint8Array, start: number): boolean {
    let at = 0;
    let found = 0;
    for (const hash of hashes) {
      const end = Math.min((at === 0 ? headBytes : at) + stepBytes, length);
      if (start + end > bytes.length) return true;
      found = this.#hash(bytes, start + at, start + end, found);
      if (found !== hash) return false;
      at = end;
    }
    return true;
  }

  #is({ isWord, digest }: Form, bytes: Uint8Array, start: number, end: number): boolean {
    if (isWord && !isWordAt(bytes, start, end)) return false;
    return this.#digest(bytes.subarray(start, end)) === digest;
  }

  #put(form: Uint8Array, mask: Uint8Array, isWord: boolean, isMask: boolean): void {
    const head = isWord ? wordHeadBytes : headBytes;
    const known = isWord ? this.#words : this.#forms;
    const digest = this.#digest(form);
    const hash = this.#hash(form, 0, head);
    const beside = known.get(hash) ?? [];
    if (beside.some((one) => one.digest === digest)) return;
    for (let at = 0; at < head; at += 1) {
      const byte = form[at] ?? 0;
      this.#places[byte] = (this.#places[byte] ?? 0) | (1 << (at + (isWord ? wordShift : 0)));
    }
    const hashes: number[] = [];
    for (let at = 0; at < form.length;) {
      const end = Math.min((at === 0 ? headBytes : at) + stepBytes, form.length);
      hashes.push(this.#hash(form, at, end, hashes.at(-1)));
      at = end;
    }
    known.set(hash, [...beside, { mask, length: form.length, hashes, digest, isWord, isMask }]);
  }

  /** `before`: the hash of what stands before `start`, to go on from. */
  #hash(bytes: Uint8Array, start: number, end: number, before = 0): number {
    let hash = before;
    for (let at = start; at < end; at += 1) hash = (Math.imul(hash, this.#base) + (bytes[at] ?? 0) + 1) | 0;
    return hash;
  }

  #digest(bytes: Uint8Array): string {
    return createHmac('sha256', this.#key).update(bytes).digest('base64');
  }
}

/** How many bytes at the end may begin a form: the highest position that is still possible. */
function longestRun(state: number): number {
  return 32 - Math.clz32(state);
}

/** No letter, digit or "_" right beside it; what an escape ends in ("\n", "%20") is none. */
function isWordAt(bytes: Uint8Array, start: number, end: number): boolean {
  if (end < bytes.length && isWordByte(bytes[end] ?? 0)) return false;
  if (start === 0 || !isWordByte(bytes[start - 1] ?? 0)) return true;
  if (start > 1 && bytes[start - 2] === 0x5c) return true;
  return start > 2 && bytes[start - 3] === 0x25;
}

function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || (byte >= 0x61 && byte <= 0x7a)
  );
}
