// Results of nodes that are kept for a time, in SQLite.
import type { JsonObject } from '#contract/turn';
import { fromJson, toJson, toText } from './columns.ts';
import type { Connection, Statement } from './connection.ts';
import type { RunAgents } from './run-agents.ts';

/** With each result that comes, at most so many go whose time is over. */
const swept = 8;

export class NodeResults {
  readonly #db: Connection;
  readonly #agents: RunAgents;
  readonly #get: Statement<string>;
  readonly #put: Statement<object>;
  readonly #sweep: Statement<object>;
  /** The latest time anybody has asked at. */
  #now = 0;

  constructor(db: Connection, agents: RunAgents) {
    this.#db = db;
    this.#agents = agents;
    this.#get = db.pluck('SELECT patches FROM node_results WHERE agent = ? AND node = ? AND key = ? AND until > ?');
    this.#put = db.prepare(`
      INSERT INTO node_results (agent, node, key, until, patches) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (agent, node, key) DO UPDATE SET until = excluded.until, patches = excluded.patches`);
    this.#sweep = db.prepare(`
      DELETE FROM node_results WHERE n IN (SELECT n FROM node_results WHERE until <= ? ORDER BY until LIMIT ${swept})`);
  }

  get(agent: string, node: string, key: string, now: number): readonly JsonObject[] | undefined {
    this.#now = Math.max(this.#now, now);
    const number = this.#agents.number(agent);
    const text = number === undefined ? undefined : this.#get.get(number, toText(node), toText(key), now);
    return text === undefined ? undefined : fromJson<readonly JsonObject[]>(text);
  }

  put(agent: string, node: string, key: string, until: number, patches: readonly JsonObject[]): void {
    const text = toJson(patches);
    this.#db.part(() => {
      this.#sweep.run(this.#now);
      this.#put.run(this.#agents.add(agent), toText(node), toText(key), until, text);
    });
  }
}
