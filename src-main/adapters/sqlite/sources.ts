// What gives a trace's source back, in SQLite: records, and residues in chains.
import type { ResidueLink, SourceRecord } from '#engine/ports';
import { Problem } from '#engine/problem';
import type { Patch } from '#engine/turns/residue';
import { storedLength } from './chain.ts';
import { fromJson, fromKey, toJson, toKey, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';
import type { SqliteImports } from './imports.ts';
import { RecentNumbers } from './recent-numbers.ts';

interface RecordRow {
  readonly id: TextColumn;
  readonly import: TextColumn;
  readonly position: number;
  readonly patch: string | null;
}

interface ResidueRow {
  readonly id: TextColumn;
  readonly index: number;
  readonly patch: string;
}

/** Numbers of so many records are remembered: a trace is put right after its record. */
const remembered = 1000;

export class SqliteSources {
  readonly #db: Connection;
  readonly #imports: SqliteImports;
  readonly #recordNumbers: RecentNumbers;
  readonly #recordNumber: Statement<number>;
  readonly #putRecord: Statement<object>;
  readonly #record: Statement<RecordRow>;
  readonly #residueNumber: Statement<number>;
  readonly #putResidue: Statement<object>;
  readonly #residues: Statement<ResidueRow>;

  constructor(db: Connection, imports: SqliteImports) {
    this.#db = db;
    this.#imports = imports;
    this.#recordNumbers = new RecentNumbers(db, remembered);
    this.#recordNumber = db.pluck('SELECT n FROM records WHERE id = ?');
    this.#putRecord = db.prepare(
      'INSERT INTO records (id, import, position, patch) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
    );
    this.#record = db.prepare(
      'SELECT r.id, i.id AS import, r.position, r.patch FROM records r JOIN imports i ON i.n = r.import WHERE r.id = +?',
    );
    this.#residueNumber = db.pluck('SELECT n FROM residues WHERE id = ?');
    this.#putResidue = db.prepare('INSERT INTO residues (id, parent, "index", patch) VALUES (?, ?, ?, ?)');
    this.#residues = db.prepare(`
      WITH RECURSIVE up (n, parent, step) AS (
        SELECT n, parent, 0 FROM residues WHERE id = ?
        UNION ALL SELECT r.n, r.parent, step + 1 FROM up JOIN residues r ON r.n = up.parent
      )
      SELECT r.id, r."index", r.patch FROM up JOIN residues r ON r.n = up.n ORDER BY step DESC`);
  }

  /** The number of a stored record that a trace refers to. */
  recordReference(id: string): number {
    const number = this.#recordNumbers.or(id, () => this.#recordNumber.get(toKey(id)));
    if (number === undefined) throw new Problem('NOT_FOUND', `The source record ${id} is not in the workspace.`);
    return number;
  }

  /** The number of a stored residue that a trace refers to; undefined stays undefined. */
  residueReference(id: string | undefined): number | undefined {
    if (id === undefined) return undefined;
    const number = this.#residueNumber.get(toKey(id));
    if (number === undefined) throw new Problem('NOT_FOUND', `The residue ${id} is not in the workspace.`);
    return number;
  }

  putRecord(record: SourceRecord): boolean {
    const patch = record.patch === undefined ? undefined : toJson(record.patch);
    const importNumber = this.#imports.reference(record.importId);
    const number = this.#putRecord.insertNew(toKey(record.id), importNumber, record.position, patch);
    if (number !== undefined) this.#recordNumbers.set(record.id, number);
    return number !== undefined;
  }

  record(id: string): SourceRecord | undefined {
    const row = this.#record.get(toKey(id));
    if (row === undefined) return undefined;
    const record = { id, importId: fromKey(row.import), position: row.position };
    return row.patch === null ? record : { ...record, patch: fromJson<Patch>(row.patch) };
  }

  putResidues(chain: readonly ResidueLink[], texts: readonly string[] = []): void {
    const stored = storedLength(chain.length, (index) => {
      const link = chain[index];
      return link !== undefined && this.#residueNumber.get(toKey(link.id)) !== undefined;
    });
    if (stored === chain.length) return;
    const aboveId = stored === 0 ? chain[0]?.parent : chain[stored - 1]?.id;
    let above = this.residueReference(aboveId);
    const links = chain.slice(stored);
    for (const [index, link] of links.entries()) {
      if (link.parent === (index === 0 ? aboveId : links[index - 1]?.id)) continue;
      throw new Problem('BAD_INPUT', `The residue ${link.id} is not below the one before it in its chain.`);
    }
    this.#db.part(() => {
      for (const [index, link] of links.entries()) {
        const text = texts[stored + index] ?? toJson(link.patch);
        above = this.#putResidue.insert(toKey(link.id), above, link.index, text);
      }
    });
  }

  residues(id: string): ResidueLink[] {
    let parent: string | undefined;
    return this.#residues.all(toKey(id)).map((row) => {
      const link = { id: fromKey(row.id), index: row.index, patch: fromJson<Patch>(row.patch) };
      const chained = parent === undefined ? link : { ...link, parent };
      parent = link.id;
      return chained;
    });
  }
}
