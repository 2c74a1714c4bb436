// Traces in SQLite: put, change, hide, and the looks that mining takes at them.
import type { Page, Score, Span, TraceFacets, TraceFilter, TraceSort, TraceSummary } from '#contract/trace';
import type { TurnId } from '#contract/turn';
import type { ResidueLink, SourceRecord, StoredTrace, TraceStore } from '#engine/ports';
import { Problem } from '#engine/problem';
import { fromKey, fromText, toKey, toText, type TextColumn } from './columns.ts';
import type { Bindable, Connection, Statement } from './connection.ts';
import type { SqliteImports } from './imports.ts';
import { IdPrefixes } from './prefix.ts';
import { RecentNumbers } from './recent-numbers.ts';
import type { SqliteSources } from './sources.ts';
import type { SqliteSpans } from './spans.ts';
import type { TraceColumnReader } from './trace-columns.ts';
import type { TraceList } from './trace-list.ts';
import type { TraceRows } from './trace-rows.ts';
import type { TurnTree } from './tree.ts';
import type { SqliteTurns } from './turns.ts';

const sides: readonly StoredTrace['side'][] = ['', 'chosen', 'rejected'];

/** Groups read at once while mining goes through them. */
const groupsAtOnce = 100;
/** Turns below a turn that are looked through one by one; above that all traces are, in order, until enough are found. */
const fewTurns = 2000;

interface Row {
  readonly n: number;
  readonly record: TextColumn;
  readonly side: number;
  readonly residue: TextColumn | null;
}

/** Numbers of so many traces are remembered. */
const remembered = 1000;

const columns =
  'id, record, side, residue, import, position, name, source, "group", model, error, leaf, messages, spans, ' +
  'tool_calls, started_at, ended_at, input_tokens, output_tokens, imported_at';

export interface TraceParts {
  readonly turns: SqliteTurns;
  readonly tree: TurnTree;
  readonly imports: SqliteImports;
  readonly sources: SqliteSources;
  readonly spans: SqliteSpans;
  readonly rows: TraceRows;
  readonly columns: TraceColumnReader;
  readonly list: TraceList;
}

export class SqliteTraces implements TraceStore {
  readonly #db: Connection;
  readonly #parts: TraceParts;
  readonly #prefixes: IdPrefixes;
  readonly #numbers: RecentNumbers;
  readonly #number: Statement<{ n: number; removed: number }>;
  readonly #insert: Statement<object>;
  readonly #update: Statement<object>;
  readonly #setRemoved: Statement<object>;
  readonly #get: Statement<Row>;
  readonly #ofRecord: Statement<Row>;
  readonly #clearScores: Statement<object>;
  readonly #addScore: Statement<object>;
  readonly #groups: Statement<TextColumn>;
  readonly #ofGroup: Statement<number>;
  readonly #below: Statement<number>;
  readonly #atLeaves: Statement<number>;
  readonly #writers: Statement<number>;
  readonly #leaves: Statement<[number, number]>;
  readonly #count: Statement<number>;

  constructor(db: Connection, parts: TraceParts) {
    this.#db = db;
    this.#parts = parts;
    const stored =
      't.n, r.id AS record, t.side, s.id AS residue FROM traces t JOIN records r ON r.n = t.record ' +
      'LEFT JOIN residues s ON s.n = t.residue';
    this.#numbers = new RecentNumbers(db, remembered);
    this.#prefixes = new IdPrefixes(db, 'traces');
    this.#number = db.prepare('SELECT n, removed FROM traces WHERE id = ?');
    this.#insert = db.prepare(
      `INSERT INTO traces (${columns}) VALUES (${columns
        .split(',')
        .map(() => '?')
        .join(', ')})`,
    );
    this.#update = db.prepare(`UPDATE traces SET (${columns.replace('id, record, side, residue, ', '')}) =
      (${columns
        .split(',')
        .slice(4)
        .map(() => '?')
        .join(', ')}) WHERE n = ?`);
    this.#setRemoved = db.prepare('UPDATE traces SET removed = ? WHERE n = ? AND removed = ?');
    this.#get = db.prepare(`SELECT ${stored} WHERE t.id = +?`);
    this.#ofRecord = db.prepare(`SELECT ${stored} WHERE r.id = +? ORDER BY t.side, t.n`);
    this.#clearScores = db.prepare('DELETE FROM scores WHERE trace = ?');
    this.#addScore = db.prepare('INSERT INTO scores (trace, place, name, value, comment) VALUES (?, ?, ?, ?, ?)');
    const scored = 't.removed = 0 AND t.leaf IS NOT NULL AND EXISTS (SELECT 1 FROM scores s WHERE s.trace = t.n)';
    this.#groups = db.pluck(
      `SELECT DISTINCT t."group" FROM traces t INDEXED BY traces_group WHERE t."group" > ? AND ${scored} ORDER BY t."group" LIMIT ${groupsAtOnce}`,
    );
    this.#ofGroup = db.pluck(`SELECT t.n FROM traces t WHERE t."group" = ? AND ${scored} ORDER BY t.n`);
    this.#below = db.pluck(`
      WITH RECURSIVE below (n) AS (VALUES (?) UNION ALL SELECT t.n FROM below JOIN turns t ON t.parent = below.n)
      SELECT n FROM below LIMIT ${fewTurns + 1}`);
    this.#atLeaves = db.pluck(`
      SELECT t.n FROM json_each(?) turn CROSS JOIN traces t INDEXED BY traces_leaf ON t.leaf = turn.value
      WHERE t.removed = 0 ORDER BY t.n LIMIT ?`);
    this.#writers = db.pluck(`
      SELECT DISTINCT s.trace FROM spans s JOIN traces t ON t.n = s.trace WHERE s.wrote = +? AND t.removed = 0
      ORDER BY s.trace LIMIT ?`);
    this.#leaves = db.rows(
      'SELECT n, leaf FROM traces NOT INDEXED WHERE n > ? AND removed = 0 AND leaf IS NOT NULL ORDER BY n LIMIT ?',
    );
    this.#count = db.pluck('SELECT (SELECT count(*) FROM traces) - (SELECT count(*) FROM traces WHERE removed = 1)');
  }

  /** The number of a stored trace that another row refers to; undefined stays undefined. */
  reference(id: string | undefined): number | undefined {
    return id === undefined ? undefined : this.#numberOf(id);
  }

  #numberOf(id: string): number {
    const number = this.#numbers.or(id, () => this.#number.get(toKey(id))?.n);
    if (number === undefined) throw new Problem('NOT_FOUND', `The trace ${id} is not in the workspace.`);
    return number;
  }

  put(trace: StoredTrace): boolean {
    const { summary } = trace;
    const key = toKey(summary.id);
    const known = this.#number.get(key);
    if (known !== undefined) {
      if (known.removed === 1) this.setRemoved([summary.id], false);
      return false;
    }
    const { sources } = this.#parts;
    const record = sources.recordReference(trace.recordId);
    const residue = sources.residueReference(trace.residue);
    const values = this.#values(summary);
    this.#db.part(() => {
      const number = this.#insert.insert(key, record, sides.indexOf(trace.side), residue, ...values);
      this.#insertScores(number, summary.scores);
      this.#numbers.set(summary.id, number);
    });
    this.#db.changed('traces');
    return true;
  }

  update(summary: TraceSummary): void {
    const number = this.#numberOf(summary.id);
    const values = this.#values(summary);
    this.#db.part(() => {
      this.#update.run(...values, number);
      this.#clearScores.run(number);
      this.#insertScores(number, summary.scores);
    });
    this.#changed(number);
  }

  #changed(number: number): void {
    this.#parts.columns.changed(number);
    this.#db.changed('traces');
  }

  #values(summary: TraceSummary): Bindable[] {
    checkScores(summary.scores);
    const text = (value: string | undefined): Bindable => (value === undefined ? undefined : toText(value));
    return [
      this.#parts.imports.reference(summary.importId),
      summary.position,
      toText(summary.name),
      summary.source,
      text(summary.group),
      text(summary.model),
      text(summary.error),
      this.#parts.turns.reference(summary.leaf),
      summary.messageCount,
      summary.spanCount,
      summary.toolCallCount,
      summary.startedAt,
      summary.endedAt,
      summary.inputTokens,
      summary.outputTokens,
      summary.importedAt,
    ];
  }

  #insertScores(trace: number, scores: readonly Score[]): void {
    for (const [place, { name, value, comment }] of scores.entries()) {
      this.#addScore.run(trace, place, toText(name), value, comment === undefined ? undefined : toText(comment));
    }
  }

  get(id: string): StoredTrace | undefined {
    const row = this.#get.get(toKey(id));
    return row === undefined ? undefined : this.#stored([row])[0];
  }

  startingWith(prefix: string): string[] {
    return this.#prefixes.startingWith(prefix);
  }

  ofRecord(recordId: string): StoredTrace[] {
    return this.#stored(this.#ofRecord.all(toKey(recordId)));
  }

  #stored(rows: readonly Row[]): StoredTrace[] {
    const summaries = this.#parts.rows.summaries(rows.map((row) => row.n));
    return rows.flatMap((row, index) => {
      const summary = summaries[index];
      if (summary === undefined) return [];
      const trace = { summary, recordId: fromKey(row.record), side: sides[row.side] ?? '' };
      return [row.residue === null ? trace : { ...trace, residue: fromKey(row.residue) }];
    });
  }

  putSpans(traceId: string, spans: readonly Span[]): number {
    const number = this.#numberOf(traceId);
    const added = this.#parts.spans.put(number, spans);
    this.#db.changed('traces');
    return added;
  }

  spans(traceId: string): Span[] {
    return this.#parts.spans.ofTrace(traceId);
  }

  list(filter: TraceFilter, sort: TraceSort, offset: number, limit: number): Page<TraceSummary> {
    return this.#parts.list.list(filter, sort, offset, limit);
  }

  facets(): TraceFacets {
    return this.#parts.list.facets();
  }

  setRemoved(ids: readonly string[], removed: boolean): number {
    const changed = this.#db.transaction(() =>
      ids.flatMap((id) => {
        const known = this.#number.get(toKey(id));
        if (known === undefined || this.#setRemoved.run(removed ? 1 : 0, known.n, removed ? 0 : 1) === 0) return [];
        return [known.n];
      }),
    );
    for (const number of changed) this.#changed(number);
    return changed.length;
  }

  putScores(traceId: string, scores: readonly Score[]): void {
    const number = this.#numberOf(traceId);
    checkScores(scores);
    const names = new Set(scores.map((score) => score.name));
    const kept = (this.#parts.rows.summaries([number])[0]?.scores ?? []).filter((score) => !names.has(score.name));
    const all = [...kept, ...scores];
    this.#db.part(() => {
      this.#clearScores.run(number);
      this.#insertScores(number, all);
    });
    this.#changed(number);
  }

  /** Reads some groups at a time and holds no statement open, so that the reader may write in between. */
  *scoredGroups(): Generator<{ readonly group: string; readonly traces: readonly TraceSummary[] }> {
    let after: TextColumn = '';
    const empty = this.#ofGroup.all('');
    if (empty.length > 0) yield { group: '', traces: this.#parts.rows.summaries(empty) };
    for (;;) {
      const groups = this.#groups.all(after);
      for (const group of groups) {
        yield { group: fromText(group), traces: this.#parts.rows.summaries(this.#ofGroup.all(group)) };
        after = group;
      }
      if (groups.length < groupsAtOnce) return;
    }
  }

  through(turn: TurnId, limit: number): TraceSummary[] {
    const number = this.#parts.turns.number(turn);
    if (number === undefined) return [];
    const below = this.#below.all(number);
    const byLeaf =
      below.length <= fewTurns ? this.#atLeaves.all(JSON.stringify(below), limit) : this.#scanThrough(number, limit);
    const all = new Set([...byLeaf, ...this.#writers.all(number, limit)]);
    return this.#parts.rows.summaries([...all].toSorted((one, two) => one - two).slice(0, limit));
  }

  #scanThrough(turn: number, limit: number): number[] {
    const found: number[] = [];
    let after = 0;
    while (found.length < limit) {
      const leaves = this.#leaves.all(after, fewTurns);
      for (const [trace, leaf] of leaves) {
        if (found.length < limit && this.#parts.tree.isAbove(turn, leaf)) found.push(trace);
        after = trace;
      }
      if (leaves.length < fewTurns) break;
    }
    return found;
  }

  putRecord(record: SourceRecord): boolean {
    return this.#parts.sources.putRecord(record);
  }

  record(id: string): SourceRecord | undefined {
    return this.#parts.sources.record(id);
  }

  putResidues(chain: readonly ResidueLink[], texts?: readonly string[]): void {
    this.#parts.sources.putResidues(chain, texts);
  }

  residues(id: string): ResidueLink[] {
    return this.#parts.sources.residues(id);
  }

  count(): number {
    return this.#count.get() ?? 0;
  }
}

function checkScores(scores: readonly Score[]): void {
  const wrong = scores.find((score) => Number.isNaN(score.value));
  if (wrong !== undefined) throw new Problem('BAD_INPUT', `The score ${wrong.name} is not a number.`);
}
