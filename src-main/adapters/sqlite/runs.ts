// Runs and their journals in SQLite.
import type { JournalEvent } from '#contract/journal';
import {
  runStatuses,
  type RunCounts,
  type RunFilter,
  type RunPage,
  type RunStatus,
  type RunSummary,
} from '#contract/run';
import type { JsonObject } from '#contract/turn';
import type { AgentSource, NewEvent, RunStore, Snapshot } from '#engine/ports';
import { Problem } from '#engine/problem';
import { AgentSources } from './agent-sources.ts';
import { fromKey, type TextColumn } from './columns.ts';
import type { Connection, Statement } from './connection.ts';
import { Journals, segmentsOf } from './journals.ts';
import { NodeResults } from './node-results.ts';
import { IdPrefixes } from './prefix.ts';
import { RunAgents } from './run-agents.ts';
import { RunHeads } from './run-heads.ts';
import { RunLists } from './run-lists.ts';
import {
  advanceColumns,
  advanceValues,
  isAdvance,
  statusNumbers,
  toRunKey,
  wholeColumns,
  wholeValues,
  type Head,
} from './run-rows.ts';

export class SqliteRuns implements RunStore {
  readonly #db: Connection;
  readonly #agents: RunAgents;
  readonly #heads: RunHeads;
  readonly #lists: RunLists;
  readonly #journals: Journals;
  readonly #sources: AgentSources;
  readonly #results: NodeResults;
  readonly #prefixes: IdPrefixes;
  readonly #insert: Statement<object>;
  readonly #advance: Statement<object>;
  readonly #replace: Statement<object>;
  readonly #counts: Statement<readonly [number, number]>;
  readonly #due: Statement<TextColumn>;
  readonly #earliest: Statement<number>;

  constructor(db: Connection) {
    this.#db = db;
    this.#agents = new RunAgents(db);
    this.#heads = new RunHeads(db, this.#agents);
    this.#lists = new RunLists(db, this.#agents);
    this.#journals = new Journals(db);
    this.#sources = new AgentSources(db);
    this.#results = new NodeResults(db, this.#agents);
    this.#prefixes = new IdPrefixes(db, 'runs');
    const columns = ['id', 'origin_run', 'shared', ...wholeColumns, ...advanceColumns];
    this.#insert = db.prepare(`INSERT INTO runs (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
    this.#advance = db.prepare(`UPDATE runs SET ${setting(advanceColumns)} WHERE n = ?`);
    this.#replace = db.prepare(`UPDATE runs SET ${setting([...wholeColumns, ...advanceColumns])} WHERE n = ?`);
    this.#counts = db.rows('SELECT status, count FROM run_counts');
    this.#due = db.pluck('SELECT id FROM runs WHERE wake_at <= ? ORDER BY wake_at, n LIMIT ?');
    this.#earliest = db.pluck('SELECT min(wake_at) FROM runs WHERE wake_at IS NOT NULL');
  }

  create(run: RunSummary): void {
    if (this.#heads.find(run.id) !== undefined)
      throw new Problem('CONFLICT', `There is a run ${run.id} in the workspace already.`);
    const { origin } = run;
    const parent = origin === undefined ? undefined : this.#heads.reference(origin.run);
    const shared = origin?.kind === 'fork' ? origin.seq : 0;
    if (parent !== undefined && shared > parent.run.seq)
      throw new Problem('BAD_INPUT', `The run ${parent.run.id} has no event ${shared} to fork from.`);
    const started = { ...run, seq: shared };
    this.#db.part(() => {
      const values = [...wholeValues(started, this.#agents.add(run.agent)), ...advanceValues(started)];
      const n = this.#insert.insert(toRunKey(run.id), parent?.n, shared, ...values);
      this.#heads.keep({ n, parent: shared > 0 ? parent?.n : undefined, shared, run: started });
    });
  }

  get(id: string): RunSummary | undefined {
    return this.#heads.find(id)?.run;
  }

  startingWith(prefix: string): string[] {
    return this.#prefixes.startingWith(prefix);
  }

  list(filter: RunFilter, after: string | undefined, limit: number): RunPage {
    const before = after === undefined ? undefined : this.#heads.reference(after).n;
    const found = this.#lists.newest(filter, before, limit + 1);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return found.length <= limit || last === undefined ? { items } : { items, next: last.id };
  }

  counts(): RunCounts {
    const counts = new Map(this.#counts.all());
    const of = (status: RunStatus): number => counts.get(statusNumbers[status]) ?? 0;
    const byStatus: Record<RunStatus, number> = {
      queued: of('queued'),
      running: of('running'),
      paused: of('paused'),
      waiting: of('waiting'),
      sleeping: of('sleeping'),
      finished: of('finished'),
      failed: of('failed'),
      cancelled: of('cancelled'),
      departed: of('departed'),
    };
    return { byStatus, total: runStatuses.reduce((sum, status) => sum + byStatus[status], 0) };
  }

  children(id: string): RunSummary[] {
    const head = this.#heads.find(id);
    return head === undefined ? [] : this.#lists.children(head.n);
  }

  append(id: string, events: readonly NewEvent[], head: (run: RunSummary) => RunSummary): JournalEvent[] {
    const known = this.#heads.reference(id);
    const first = known.run.seq + 1;
    const seq = known.run.seq + events.length;
    const segments = segmentsOf(events);
    const run = { ...head({ ...known.run, seq }), id, seq };
    this.#db.part(() => {
      this.#journals.put(known.n, known.run.seq, segments);
      this.#write(known, run);
    });
    return events.map(({ at, event }, index) => ({ seq: first + index, at, event }));
  }

  update(run: RunSummary): void {
    const known = this.#heads.reference(run.id);
    this.#db.part(() => this.#write(known, { ...run, seq: known.run.seq }));
  }

  #write(known: Head, run: RunSummary): void {
    if (isAdvance(known.run, run)) this.#advance.run(...advanceValues(run), known.n);
    else this.#replace.run(...wholeValues(run, this.#agents.add(run.agent)), ...advanceValues(run), known.n);
    this.#heads.keep({ ...known, run });
  }

  events(id: string, after: number, limit: number): JournalEvent[] {
    const events: JournalEvent[] = [];
    let upTo = Infinity;
    // The run itself last, before it the ones whose events it shares, as far as they are asked for.
    const parts: { n: number; upTo: number }[] = [];
    for (let head = this.#heads.find(id); head !== undefined; head = this.#parent(head)) {
      parts.push({ n: head.n, upTo });
      if (after >= head.shared) break;
      upTo = Math.min(upTo, head.shared);
    }
    for (const part of parts.toReversed()) this.#journals.read(part.n, after, part.upTo, limit, events);
    return events;
  }

  putSnapshot(id: string, snapshot: Snapshot): void {
    this.#journals.putSnapshot(this.#heads.reference(id).n, snapshot);
  }

  snapshot(id: string, seq: number): Snapshot | undefined {
    let upTo = seq;
    for (let head = this.#heads.find(id); head !== undefined; head = this.#parent(head)) {
      const found = this.#journals.snapshot(head.n, upTo);
      if (found !== undefined) return found;
      upTo = Math.min(upTo, head.shared);
    }
    return undefined;
  }

  #parent(head: Head): Head | undefined {
    return head.parent === undefined ? undefined : this.#heads.at(head.parent);
  }

  due(now: number, limit: number): { readonly ids: readonly string[]; readonly next: number | undefined } {
    return { ids: this.#due.all(now, limit).map(fromKey), next: this.#earliest.get() ?? undefined };
  }

  unfinished(limit: number): RunSummary[] {
    return this.#lists.oldest(['queued', 'running'], limit);
  }

  putSource(source: AgentSource): void {
    this.#sources.put(source);
  }

  source(hash: string): AgentSource | undefined {
    return this.#sources.get(hash);
  }

  cached(agent: string, node: string, key: string, now: number): readonly JsonObject[] | undefined {
    return this.#results.get(agent, node, key, now);
  }

  putCached(agent: string, node: string, key: string, until: number, patches: readonly JsonObject[]): void {
    this.#results.put(agent, node, key, until, patches);
  }
}

function setting(columns: readonly string[]): string {
  return columns.map((column) => `${column} = ?`).join(', ');
}
