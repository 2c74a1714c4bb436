// Which runs a list shows, each found by a search in one index that has them in order already.
import type { RunFilter, RunStatus, RunSummary } from '#contract/run';
import type { Connection, Statement } from './connection.ts';
import type { RunAgents } from './run-agents.ts';
import { headOf, selectRuns, statusNumbers, type RunRow } from './run-rows.ts';

export class RunLists {
  readonly #agents: RunAgents;
  readonly #all: Statement<RunRow>;
  readonly #ofStatus: Statement<RunRow>;
  readonly #ofAgent: Statement<RunRow>;
  readonly #ofBoth: Statement<RunRow>;
  readonly #oldest: Statement<RunRow>;
  readonly #children: Statement<RunRow>;

  constructor(db: Connection, agents: RunAgents) {
    this.#agents = agents;
    this.#all = db.prepare(`${selectRuns} WHERE n < ? ORDER BY n DESC LIMIT ?`);
    this.#ofStatus = db.prepare(`${selectRuns} WHERE status = ? AND n < ? ORDER BY n DESC LIMIT ?`);
    this.#ofAgent = db.prepare(`${selectRuns} WHERE agent = ? AND n < ? ORDER BY n DESC LIMIT ?`);
    this.#ofBoth = db.prepare(`${selectRuns} WHERE agent = ? AND status = ? AND n < ? ORDER BY n DESC LIMIT ?`);
    this.#oldest = db.prepare(`${selectRuns} WHERE status = ? ORDER BY n LIMIT ?`);
    this.#children = db.prepare(`${selectRuns} WHERE origin_run = ? ORDER BY n DESC`);
  }

  /** Newest first, older than the run numbered `before`. */
  newest(filter: RunFilter, before = Number.MAX_SAFE_INTEGER, limit: number): RunSummary[] {
    const agent = filter.agent === undefined ? undefined : this.#agents.number(filter.agent);
    if (filter.agent !== undefined && agent === undefined) return [];
    const statuses = new Set(filter.status);
    if (statuses.size === 0)
      return this.#runs(agent === undefined ? this.#all.all(before, limit) : this.#ofAgent.all(agent, before, limit));
    const lists = Array.from(statuses, (name) => {
      const status = statusNumbers[name];
      return agent === undefined
        ? this.#ofStatus.all(status, before, limit)
        : this.#ofBoth.all(agent, status, before, limit);
    });
    return this.#runs(merged(lists, (one, two) => two.n - one.n, limit));
  }

  oldest(statuses: readonly RunStatus[], limit: number): RunSummary[] {
    const lists = statuses.map((status) => this.#oldest.all(statusNumbers[status], limit));
    return this.#runs(merged(lists, (one, two) => one.n - two.n, limit));
  }

  /** Forks and replays of a run, newest first. */
  children(run: number): RunSummary[] {
    return this.#runs(this.#children.all(run));
  }

  #runs(rows: readonly RunRow[]): RunSummary[] {
    return rows.map((row) => headOf(row, this.#agents.name(row.agent)).run);
  }
}

function merged(
  lists: readonly (readonly RunRow[])[],
  order: (one: RunRow, two: RunRow) => number,
  limit: number,
): readonly RunRow[] {
  const [only, ...others] = lists;
  if (only !== undefined && others.length === 0) return only;
  return lists.flat().toSorted(order).slice(0, limit);
}
