// How JavaScript values stand in columns: ids as bytes, any string without loss, JSON as text.

/** A column as it is read or bound. */
export type Column = string | number | Uint8Array | null;
/** A text or id column: TEXT, or a BLOB where the string is a hash or not well-formed Unicode. */
export type TextColumn = string | Uint8Array;

const hashBytes = 32;
/** Of the id of a run. */
export const runIdBytes = 16;
/** First byte of a string kept as UTF-16, which makes its length odd and so never that of an id. */
const utf16Mark = 0xff;

/** An id: lower-case hex digits of `size` bytes take as many bytes, any other string stays a string. */
export function toKey(id: string, size = hashBytes): TextColumn {
  if (id.length !== size * 2 || id !== id.toLowerCase()) return toText(id);
  // Ends before the first character that is no hex digit.
  const bytes = Buffer.from(id, 'hex');
  return bytes.length === size ? bytes : toText(id);
}

export function fromKey(column: TextColumn): string {
  if (typeof column !== 'string' && column.length % 2 === 0) return asBuffer(column).toString('hex');
  return fromText(column);
}

/** The least and greatest column of ids of `size` bytes that start with `prefix`; undefined where none can. */
export function hashRange(prefix: string, size = hashBytes): readonly [Uint8Array, Uint8Array] | undefined {
  const digits = size * 2;
  if (prefix.length > digits || !/^[0-9a-f]*$/.test(prefix)) return undefined;
  return [Buffer.from(prefix.padEnd(digits, '0'), 'hex'), Buffer.from(prefix.padEnd(digits, 'f'), 'hex')];
}

/** SQLite's TEXT is UTF-8, which has no lone surrogates; a string that holds one is kept as UTF-16 bytes. */
export function toText(text: string): TextColumn {
  return text.isWellFormed() ? text : Buffer.concat([Buffer.of(utf16Mark), Buffer.from(text, 'utf16le')]);
}

export function fromText(column: TextColumn): string {
  return typeof column === 'string' ? column : asBuffer(column).toString('utf16le', 1);
}

/** JSON.stringify escapes lone surrogates and NUL, so its text is well-formed and nothing is lost. */
export function toJson(value: object | string | number | boolean | null): string {
  return JSON.stringify(value);
}

/** Only for text that `toJson` wrote from a T. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The object without its undefined members, as optional properties are meant. */
export function defined<T extends object>(object: { [Key in keyof T]: T[Key] | undefined }): T {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}
