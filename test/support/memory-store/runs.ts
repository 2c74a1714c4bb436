// Runs and their journals in maps.
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
import { byBytes, known, type State } from './state.ts';

export class MemoryRuns implements RunStore {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  create(run: RunSummary): void {
    const { runs } = this.#state;
    if (runs.has(run.id)) throw new Problem('CONFLICT', `There is a run ${run.id} already.`);
    const parent = run.origin === undefined ? undefined : known(runs, run.origin.run, 'run');
    const seq = sharedSeq(run);
    if (parent !== undefined && seq > parent.seq)
      throw new Problem('BAD_INPUT', `The run ${parent.id} has no event ${seq}.`);
    runs.set(run.id, { ...run, seq });
  }

  get(id: string): RunSummary | undefined {
    return this.#state.runs.get(id);
  }

  startingWith(prefix: string): string[] {
    const ids = [...this.#state.runs.keys()].filter((id) => id.startsWith(prefix));
    return ids.toSorted(byBytes).slice(0, 2);
  }

  list(filter: RunFilter, after: string | undefined, limit: number): RunPage {
    const all = this.#newest();
    const start = after === undefined ? 0 : all.indexOf(known(this.#state.runs, after, 'run')) + 1;
    const fitting = all
      .slice(start)
      .filter(
        (run) =>
          (filter.status === undefined || filter.status.length === 0 || filter.status.includes(run.status)) &&
          (filter.agent === undefined || filter.agent === run.agent),
      );
    const items = fitting.slice(0, limit);
    const last = items.at(-1);
    return fitting.length <= limit || last === undefined ? { items } : { items, next: last.id };
  }

  counts(): RunCounts {
    const all = this.#newest();
    const counts = runStatuses.map((status) => [status, all.filter((run) => run.status === status).length]);
    return { byStatus: Object.fromEntries(counts) as Record<RunStatus, number>, total: all.length };
  }

  children(id: string): RunSummary[] {
    return this.#newest().filter((run) => run.origin?.run === id);
  }

  append(id: string, events: readonly NewEvent[], head: (run: RunSummary) => RunSummary): JournalEvent[] {
    const before = known(this.#state.runs, id, 'run');
    const seq = before.seq + events.length;
    const run = { ...head({ ...before, seq }), id, seq };
    const added = events.map(({ at, event }, index) => ({ seq: before.seq + 1 + index, at, event }));
    this.#state.journals.set(id, [...(this.#state.journals.get(id) ?? []), ...added]);
    this.#state.runs.set(id, run);
    return added;
  }

  update(run: RunSummary): void {
    const { seq } = known(this.#state.runs, run.id, 'run');
    this.#state.runs.set(run.id, { ...run, seq });
  }

  events(id: string, after: number, limit: number): JournalEvent[] {
    return this.#journal(id)
      .filter(({ seq }) => seq > after)
      .slice(0, limit);
  }

  #journal(id: string): readonly JournalEvent[] {
    const run = this.#state.runs.get(id);
    const own = this.#state.journals.get(id) ?? [];
    if (run?.origin?.kind !== 'fork') return own;
    const shared = sharedSeq(run);
    return [...this.#journal(run.origin.run).filter(({ seq }) => seq <= shared), ...own];
  }

  putSnapshot(id: string, snapshot: Snapshot): void {
    known(this.#state.runs, id, 'run');
    const others = (this.#state.snapshots.get(id) ?? []).filter(({ seq }) => seq !== snapshot.seq);
    this.#state.snapshots.set(id, [...others, snapshot]);
  }

  snapshot(id: string, seq: number): Snapshot | undefined {
    const own = (this.#state.snapshots.get(id) ?? []).filter((snapshot) => snapshot.seq <= seq);
    const newest = own.toSorted((one, two) => two.seq - one.seq)[0];
    const run = this.#state.runs.get(id);
    if (newest !== undefined || run?.origin?.kind !== 'fork') return newest;
    return this.snapshot(run.origin.run, Math.min(seq, sharedSeq(run)));
  }

  due(now: number, limit: number): { readonly ids: readonly string[]; readonly next: number | undefined } {
    const waking = this.#newest()
      .toReversed()
      .flatMap(({ id, wakeAt }) => (wakeAt === undefined ? [] : [{ id, wakeAt }]))
      .toSorted((one, two) => one.wakeAt - two.wakeAt);
    const ids = waking.filter(({ wakeAt }) => wakeAt <= now).map(({ id }) => id);
    return { ids: ids.slice(0, limit), next: waking[0]?.wakeAt };
  }

  unfinished(limit: number): RunSummary[] {
    const all = this.#newest().toReversed();
    return all.filter(({ status }) => status === 'queued' || status === 'running').slice(0, limit);
  }

  putSource(source: AgentSource): void {
    if (!this.#state.agentSources.has(source.hash)) this.#state.agentSources.set(source.hash, source);
  }

  source(hash: string): AgentSource | undefined {
    return this.#state.agentSources.get(hash);
  }

  cached(agent: string, node: string, key: string, now: number): readonly JsonObject[] | undefined {
    const result = this.#state.nodeResults.get(JSON.stringify([agent, node, key]));
    return result === undefined || result.until <= now ? undefined : result.patches;
  }

  putCached(agent: string, node: string, key: string, until: number, patches: readonly JsonObject[]): void {
    this.#state.nodeResults.set(JSON.stringify([agent, node, key]), { until, patches });
  }

  #newest(): RunSummary[] {
    return [...this.#state.runs.values()].toReversed();
  }
}

/** The last event that a run shares with the one it was forked from; 0 for none. */
function sharedSeq(run: RunSummary): number {
  return run.origin?.kind === 'fork' ? run.origin.seq : 0;
}
