// Runs by id, the last used in memory: whoever appends asks for the same ones again and again.
import { keepNewest } from '#engine/keep-newest';
import { Problem } from '#engine/problem';
import type { Connection, Statement } from './connection.ts';
import type { RunAgents } from './run-agents.ts';
import { headOf, selectRuns, toRunKey, type Head, type RunRow } from './run-rows.ts';

/** As many are kept: some MB. */
const kept = 4096;

export class RunHeads {
  readonly #agents: RunAgents;
  readonly #byId: Statement<RunRow>;
  readonly #byNumber: Statement<RunRow>;
  readonly #heads = new Map<string, Head>();

  constructor(db: Connection, agents: RunAgents) {
    this.#agents = agents;
    this.#byId = db.prepare(`${selectRuns} WHERE id = ?`);
    this.#byNumber = db.prepare(`${selectRuns} WHERE n = ?`);
    db.onRollback(() => this.#heads.clear());
  }

  find(id: string): Head | undefined {
    const known = this.#heads.get(id);
    if (known !== undefined) return known;
    const row = this.#byId.get(toRunKey(id));
    return row === undefined ? undefined : this.keep(this.#head(row));
  }

  /** Throws NOT_FOUND. */
  reference(id: string): Head {
    const head = this.find(id);
    if (head === undefined) throw new Problem('NOT_FOUND', `The run ${id} is not in the workspace.`);
    return head;
  }

  /** The run with this row number. */
  at(n: number): Head | undefined {
    const row = this.#byNumber.get(n);
    return row === undefined ? undefined : this.#head(row);
  }

  #head(row: RunRow): Head {
    return headOf(row, this.#agents.name(row.agent));
  }

  keep(head: Head): Head {
    this.#heads.set(head.run.id, head);
    keepNewest(this.#heads, kept);
    return head;
  }
}
