// What a person typed, as a full-text query that is never a syntax error.
import type { Connection, Statement } from './connection.ts';

/**
 * The text as SQLite's tokenizer is given it. The tokenizer knows the Unicode of 2012 and takes later emoji for letters, so that
 * "yes🙂" would be one word.
 */
export function wordText(text: string): string {
  const wellFormed = text.toWellFormed();
  return /[\ud800-\udbff]/.test(wellFormed)
    ? wellFormed.replace(/(?![\p{L}\p{N}\p{M}\p{Co}])[\u{10000}-\u{10ffff}]/gu, ' ')
    : wellFormed;
}

/**
 * Takes a person's text apart exactly as the index took its texts apart, by SQLite's own tokenizer in a table in memory. What then
 * reaches MATCH is letters and digits in quotes only, so that no quote, operator, NUL or emoji means anything.
 */
export class Words {
  readonly #add: Statement<object>;
  readonly #clear: Statement<object>;
  readonly #terms: Statement<string>;

  constructor(db: Connection) {
    db.exec(`
      CREATE VIRTUAL TABLE temp.typed USING fts5 (text, content = '', tokenize = 'unicode61 remove_diacritics 2');
      CREATE VIRTUAL TABLE temp.typed_terms USING fts5vocab (temp, typed, instance);
    `);
    this.#add = db.prepare('INSERT INTO temp.typed (rowid, text) VALUES (1, ?)');
    this.#clear = db.prepare(`INSERT INTO temp.typed (typed) VALUES ('delete-all')`);
    this.#terms = db.pluck('SELECT term FROM temp.typed_terms ORDER BY "offset"');
  }

  /** A query for rows that hold every word, the last one also as the beginning of a word; undefined where there is no word. */
  query(text: string): string | undefined {
    this.#add.run(wordText(text));
    const terms = this.#terms.all();
    this.#clear.run();
    return terms.length === 0 ? undefined : `${terms.map((term) => `"${term}"`).join(' AND ')} *`;
  }
}
