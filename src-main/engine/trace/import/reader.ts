// Reads a file of records as a stream, with bounded memory, and says which part of it could not be a record.
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { isUtf8 } from 'node:buffer';
import { basename } from 'node:path';
import type { Reject } from '#contract/import';
import { Problem, sentenceOf } from '../../problem.ts';
import { lineSplitter, valueSplitter, type RawRecord } from './split.ts';

/** A larger record is set aside: bytes. */
export const recordLimit = 64 * 1024 * 1024;
/** Bytes read at once. */
const chunkSize = 1024 * 1024;
/** Characters of a record that its report shows. */
const excerptLength = 2000;

/** lines: one record a line. values: the elements of one array, or values one after the other. */
export type Layout = 'lines' | 'values';

export interface Opened {
  readonly path: string;
  readonly bytes: number;
  readonly layout: Layout;
  /** Bytes of the byte order mark. */
  readonly skip: number;
}

/** Looks at a file's first bytes. Throws a Problem where it can hold no JSON records (missing, a folder, binary, UTF-16). */
export async function openRecords(path: string): Promise<Opened> {
  const { head, bytes } = await readHead(path);
  refuseForeign(head, basename(path));
  const skip = head.length >= 3 && head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  return { path, bytes, layout: layoutOf(head.subarray(skip)), skip };
}

/** Batches of records (one batch a chunk) with how far the file is read, bytes. */
export async function* readRecords(
  file: Opened,
  limit = recordLimit,
): AsyncGenerator<{ readonly records: readonly RawRecord[]; readonly position: number }, void, void> {
  const options = { offset: file.skip, limit };
  const splitter = file.layout === 'lines' ? lineSplitter(options) : valueSplitter(options);
  let position = file.skip;
  const stream = createReadStream(file.path, { start: file.skip, highWaterMark: chunkSize });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    position += chunk.length;
    yield { records: splitter.push(chunk), position };
  }
  yield { records: splitter.end(), position };
}

/** The record's text. Throws a Problem where it is none: too large, cut off, or not UTF-8. */
export function textOf(record: RawRecord): string {
  const { bytes, trouble } = record;
  if (trouble === 'too-large') {
    const size = Math.round((record.end - record.start) / 1024 / 1024);
    const hint = 'Split the record, or write one record a line.';
    throw new Problem(
      'BAD_INPUT',
      `The record is ${size} MiB long; up to ${recordLimit / 1024 / 1024} MiB are read.`,
      hint,
    );
  }
  if (trouble === 'unclosed') {
    throw new Problem(
      'BAD_INPUT',
      'The array is not closed: the file ends early.',
      'Records may be missing after this place.',
    );
  }
  if (!isUtf8(bytes)) {
    const hint = 'Convert the file to UTF-8 and import it again; what is already in stays once.';
    throw new Problem('BAD_INPUT', `It is not valid UTF-8 (near byte ${record.start + firstInvalid(bytes)}).`, hint);
  }
  return bytes.toString('utf8');
}

/** What the report says of a record that was set aside. */
export function rejectOf(file: string, record: RawRecord, thrown: unknown): Reject {
  const cause = thrown instanceof Problem ? thrown.message : `Atelier could not read it: ${sentenceOf(thrown)}`;
  const hint = thrown instanceof Problem ? thrown.hint : undefined;
  const excerpt = record.bytes
    .subarray(0, excerptLength * 4)
    .toString('utf8')
    .slice(0, excerptLength)
    .toWellFormed();
  const place = { file, line: record.line, byteStart: record.start, byteEnd: record.end };
  return hint === undefined ? { ...place, cause, excerpt } : { ...place, cause, hint, excerpt };
}

async function readHead(path: string): Promise<{ readonly head: Buffer; readonly bytes: number }> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) throw new Problem('BAD_INPUT', `${basename(path)} is a folder.`, 'Give the files in it.');
    // A pipe may never say anything, a device never end.
    if (!info.isFile()) {
      const hint = 'Write what it gives into a file and import that.';
      throw new Problem('BAD_INPUT', `${basename(path)} is a pipe or a device, not a file.`, hint);
    }
    const file = await open(path, 'r');
    try {
      const head = Buffer.alloc(chunkSize);
      const { bytesRead } = await file.read(head, 0, chunkSize, 0);
      return { head: head.subarray(0, bytesRead), bytes: info.size };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new Problem('NOT_FOUND', `There is no file ${path}.`, undefined, { cause: error });
    if (code === 'EACCES' || code === 'EPERM') {
      throw new Problem('REFUSED', `${path} may not be read.`, 'Change its permissions.', { cause: error });
    }
    throw new Problem('BAD_INPUT', `${path} cannot be read: ${sentenceOf(error)}`, undefined, { cause: error });
  }
}

/** First bytes of files that people mistake for JSON. */
const foreign: readonly { readonly bytes: readonly number[]; readonly what: string; readonly hint: string }[] = [
  { bytes: [0x1f, 0x8b], what: 'gzip-compressed', hint: 'Unpack it first (gunzip).' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], what: 'Zstandard-compressed', hint: 'Unpack it first (zstd -d).' },
  { bytes: [0x50, 0x4b, 0x03, 0x04], what: 'a ZIP archive', hint: 'Unpack it first.' },
  { bytes: [0x50, 0x41, 0x52, 0x31], what: 'a Parquet file', hint: 'Write it as JSONL first.' },
  { bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], what: 'an SQLite database', hint: 'Write its rows as JSONL first.' },
  { bytes: [0xff, 0xfe], what: 'UTF-16 text', hint: 'Save it as UTF-8.' },
  { bytes: [0xfe, 0xff], what: 'UTF-16 text', hint: 'Save it as UTF-8.' },
  { bytes: [0x7b, 0x00], what: 'UTF-16 text', hint: 'Save it as UTF-8.' },
  { bytes: [0x5b, 0x00], what: 'UTF-16 text', hint: 'Save it as UTF-8.' },
  { bytes: [0x00, 0x7b], what: 'UTF-16 text', hint: 'Save it as UTF-8.' },
  { bytes: [0x00, 0x5b], what: 'UTF-16 text', hint: 'Save it as UTF-8.' },
];

function refuseForeign(head: Buffer, name: string): void {
  const match = foreign.find(
    ({ bytes }) => head.length >= bytes.length && bytes.every((byte, at) => head[at] === byte),
  );
  if (match !== undefined) throw new Problem('BAD_INPUT', `${name} is ${match.what}, not UTF-8 JSON.`, match.hint);
}

/**
 * An array at the top is split into its elements; so is a value that goes on over lines. Where the first line is complete,
 * or the second one starts a record of its own, it is one record a line.
 */
function layoutOf(head: Buffer): Layout {
  const text = head.toString('utf8');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const first = lines[0]?.trimEnd() ?? '';
  const second = lines[1] ?? '';
  if (first.trimStart().startsWith('[')) return isWhole(first) && second.startsWith('[') ? 'lines' : 'values';
  if (!first.trimStart().startsWith('{') || lines.length < 2) return 'lines';
  return isWhole(first) || /^[{[]/.test(second) ? 'lines' : 'values';
}

/** Whether every bracket that opens in the line closes in it; strings are followed. */
function isWhole(line: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at];
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
  }
  return depth === 0 && !inString;
}

/** Where UTF-8 breaks, to within a character. */
function firstInvalid(bytes: Buffer): number {
  let low = 0;
  let high = bytes.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    // A prefix may end inside a character, which is no fault of the text.
    const sound = [0, 1, 2, 3].some((cut) => isUtf8(bytes.subarray(0, Math.max(0, middle - cut))));
    if (sound) low = middle;
    else high = middle;
  }
  return low;
}
