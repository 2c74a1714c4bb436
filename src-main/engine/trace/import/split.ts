// From bytes to records: lines of JSONL, or the values of a JSON document, without holding more than one record.

/** One record as it lies in the file. */
export interface RawRecord {
  /** 1-based line it starts on. */
  readonly line: number;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** The whole record, or its first bytes where `trouble` is 'too-large'. */
  readonly bytes: Buffer;
  /** cut: the file ends inside it. unclosed: the file ends before the array does (no record). */
  readonly trouble?: 'too-large' | 'cut' | 'unclosed';
}

export interface Splitter {
  /** Records completed by the next bytes of the file. */
  push(chunk: Buffer): RawRecord[];
  /** What remains at the end of the file. */
  end(): RawRecord[];
}

export interface SplitOptions {
  /** Offset of the first byte pushed (after a byte order mark). */
  readonly offset: number;
  /** Larger records are passed over: bytes. */
  readonly limit: number;
}

/** Of a record that is too large only this much is kept, for the report: bytes. */
const headOfTooLarge = 8192;

/** Collects the pieces of one record over several chunks. */
class Pieces {
  #pieces: Buffer[] = [];
  #length = 0;
  #tooLarge = false;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(piece: Buffer): void {
    this.#length += piece.length;
    if (this.#tooLarge) return;
    this.#pieces.push(piece);
    if (this.#length <= this.#limit) return;
    this.#tooLarge = true;
    // A copy, so that the chunk itself is let go.
    this.#pieces = [Buffer.from(Buffer.concat(this.#pieces).subarray(0, headOfTooLarge))];
  }

  take(line: number, start: number, trouble?: 'cut'): RawRecord {
    const [only] = this.#pieces;
    const bytes = this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces);
    const end = start + this.#length;
    const why = this.#tooLarge ? ('too-large' as const) : trouble;
    this.#pieces = [];
    this.#length = 0;
    this.#tooLarge = false;
    return why === undefined ? { line, start, end, bytes } : { line, start, end, bytes, trouble: why };
  }
}

/** One record a line; empty lines are passed over, a carriage return before the line feed is not part of the record. */
export function lineSplitter(options: SplitOptions): Splitter {
  const pieces = new Pieces(options.limit);
  let line = 1;
  let start = options.offset;

  /** The line that ends before `next`, the offset of the following one. */
  function finish(next: number): RawRecord[] {
    const record = withoutReturn(pieces.take(line, start));
    start = next;
    line += 1;
    return isBlank(record.bytes) ? [] : [record];
  }

  let position = options.offset;
  return {
    push(chunk) {
      const records: RawRecord[] = [];
      let from = 0;
      for (let feed = chunk.indexOf(0x0a); feed >= 0; feed = chunk.indexOf(0x0a, from)) {
        pieces.add(chunk.subarray(from, feed));
        from = feed + 1;
        records.push(...finish(position + from));
      }
      if (from < chunk.length) pieces.add(chunk.subarray(from));
      position += chunk.length;
      return records;
    },
    end: () => finish(position),
  };
}

/** What a value splitter is inside of. */
type Within = 'file' | 'array';

/**
 * The values of a JSON document: the elements of an array at the top, or values one after the other. Brackets and strings
 * are followed byte by byte; whether a value is JSON is for the parser to say.
 */
export function valueSplitter(options: SplitOptions): Splitter {
  const pieces = new Pieces(options.limit);
  let position = options.offset;
  let line = 1;
  let within: Within = 'file';
  let depth = 0;
  let inString = false;
  let escaped = false;
  /** Where the value being read began; undefined between values. */
  let start: number | undefined;
  let startLine = 1;

  function push(chunk: Buffer): RawRecord[] {
    const records: RawRecord[] = [];
    /** Where in the chunk the value being read began or goes on. */
    let from = 0;

    const begin = (at: number): void => {
      if (start !== undefined) return;
      start = position + at;
      startLine = line;
      from = at;
    };
    const finish = (end: number): void => {
      if (start === undefined) return;
      if (end > from) pieces.add(chunk.subarray(from, end));
      records.push(pieces.take(startLine, start));
      start = undefined;
    };

    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === 0x0a) line += 1;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === 0x5c) escaped = true;
        else if (byte === 0x22) inString = false;
        continue;
      }
      switch (byte) {
        case 0x22:
          begin(at);
          inString = true;
          break;
        case 0x5b:
        case 0x7b:
          if (byte === 0x5b && depth === 0 && start === undefined && within === 'file') {
            within = 'array';
            break;
          }
          begin(at);
          depth += 1;
          break;
        case 0x5d:
        case 0x7d:
          if (depth === 0) {
            if (byte === 0x5d && within === 'array') {
              finish(at);
              within = 'file';
            } else begin(at);
            break;
          }
          depth -= 1;
          if (depth === 0) finish(at + 1);
          break;
        case 0x2c:
          if (depth > 0) break;
          if (within === 'array') finish(at);
          else begin(at);
          break;
        case 0x20:
        case 0x09:
        case 0x0d:
        case 0x0a:
          if (depth === 0 && within === 'file') finish(at);
          break;
        default:
          begin(at);
      }
    }
    if (start !== undefined && from < chunk.length) pieces.add(chunk.subarray(from));
    position += chunk.length;
    return records;
  }

  function end(): RawRecord[] {
    if (start !== undefined) return [pieces.take(startLine, start, depth > 0 || inString ? 'cut' : undefined)];
    if (within === 'file') return [];
    return [{ line, start: position, end: position, bytes: Buffer.alloc(0), trouble: 'unclosed' }];
  }

  return { push, end };
}

function withoutReturn(record: RawRecord): RawRecord {
  if (record.bytes.at(-1) !== 0x0d || record.trouble !== undefined) return record;
  return { ...record, end: record.end - 1, bytes: record.bytes.subarray(0, -1) };
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (!isSpace(byte)) return false;
  return true;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
