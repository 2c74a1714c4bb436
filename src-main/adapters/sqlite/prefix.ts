// Ids by how they start, as a person types them.
import { fromKey, hashRange, runIdBytes, toText, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';

/** Above every text that starts as the prefix does. */
const last = '\u{10FFFF}';

export class IdPrefixes {
  readonly #between: Statement<TextColumn>;
  readonly #size: number | undefined;

  constructor(db: Connection, table: 'traces' | 'pairs' | 'runs') {
    this.#size = table === 'runs' ? runIdBytes : undefined;
    this.#between = db.pluck(`SELECT id FROM ${table} WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 2`);
  }

  /** At most two ids that start with `prefix`. */
  startingWith(prefix: string): string[] {
    const range = hashRange(prefix, this.#size);
    const texts = this.#between.all(toText(prefix), toText(prefix + last));
    const ids = [...texts, ...(range === undefined ? [] : this.#between.all(...range))].map(fromKey);
    // A string that is kept as bytes may lie between those of hashes.
    return ids.filter((id) => id.startsWith(prefix)).slice(0, 2);
  }
}
