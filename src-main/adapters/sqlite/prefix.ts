// Ids by how they start, as a person types them.
import { fromKey, hashRange, runIdBytes, toText, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';

/** Above every text that starts as the prefix does. */
const last = '\u{10FFFF}';

export class IdPrefixes {
  readonly #matching: Statement<TextColumn>;

  readonly #size: number | undefined;

  constructor(db: Connection, table: 'traces' | 'pairs' | 'runs') {
    this.#size = table === 'runs' ? runIdBytes : undefined;
    this.#matching = db.pluck(
      `SELECT id FROM ${table} WHERE id BETWEEN ? AND ? OR id BETWEEN ? AND ? ORDER BY id LIMIT 2`,
    );
  }

  /** At most two ids that start with `prefix`. */
  startingWith(prefix: string): string[] {
    const [least, greatest] = hashRange(prefix, this.#size) ?? [undefined, undefined];
    const ids = this.#matching.all(least, greatest, toText(prefix), toText(prefix + last)).map(fromKey);
    // A string that is kept as bytes may lie between those of hashes.
    return ids.filter((id) => id.startsWith(prefix));
  }
}
