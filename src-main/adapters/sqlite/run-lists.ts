// Which runs a list shows: row numbers, found in the indexes alone.
import type { RunFilter, RunStatus } from '#contract/run';
import type { Connection, Statement } from './connection.ts';
import type { RunAgents } from './run-agents.ts';
import { statusNumbers } from './run-rows.ts';

export class RunLists {
  readonly #agents: RunAgents;
  readonly #all: Statement<number>;
  readonly #ofStatus: Statement<number>;
  readonly #ofAgent: Statement<number>;
  readonly #ofBoth: Statement<number>;
  readonly #oldest: Statement<number>;
  readonly #children: Statement<number>;

  constructor(db: Connection, agents: RunAgents) {
    this.#agents = agents;
    const newest = (where: string): Statement<number> =>
      db.pluck(`SELECT n FROM runs WHERE ${where} n < ? ORDER BY n DESC LIMIT ?`);
    this.#all = newest('');
    this.#ofStatus = newest('status = ? AND');
    this.#ofAgent = newest('agent = ? AND');
    this.#ofBoth = newest('agent = ? AND status = ? AND');
    this.#oldest = db.pluck('SELECT n FROM runs WHERE status = ? ORDER BY n LIMIT ?');
    this.#children = db.pluck('SELECT n FROM runs WHERE origin_run = ? ORDER BY n DESC');
  }

  /** Newest first, older than the run numbered `before`. */
  newest(filter: RunFilter, before = Number.MAX_SAFE_INTEGER, limit: number): number[] {
    const statuses = new Set(filter.status);
    const agent = filter.agent === undefined ? undefined : this.#agents.number(filter.agent);
    if (filter.agent !== undefined && agent === undefined) return [];
    if (statuses.size === 0)
      return agent === undefined ? this.#all.all(before, limit) : this.#ofAgent.all(agent, before, limit);
    const lists = Array.from(statuses, (status) =>
      agent === undefined
        ? this.#ofStatus.all(statusNumbers[status], before, limit)
        : this.#ofBoth.all(agent, statusNumbers[status], before, limit),
    );
    return merged(lists, (one, two) => two - one, limit);
  }

  oldest(statuses: readonly RunStatus[], limit: number): number[] {
    const lists = statuses.map((status) => this.#oldest.all(statusNumbers[status], limit));
    return merged(lists, (one, two) => one - two, limit);
  }

  /** Forks and replays of a run, newest first. */
  children(run: number): number[] {
    return this.#children.all(run);
  }
}

function merged(
  lists: readonly (readonly number[])[],
  order: (one: number, two: number) => number,
  limit: number,
): number[] {
  return lists.flat().toSorted(order).slice(0, limit);
}
