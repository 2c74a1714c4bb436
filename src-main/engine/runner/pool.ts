// The runner processes: one for each group of runs (those of one bundle), one for tools, one spare that is ready.
import type { Json } from '#contract/turn';
import type { Spawner } from '../ports.ts';
import type { Description, RunOrder } from '../run/protocol.ts';
import { RunFailure } from '../run/run-failure.ts';
import { AgentRunner, type AgentRunnerOwner } from './agent-runner.ts';
import { Backoff } from './backoff.ts';
import { defaultLimits, type RunnerLimits } from './limits.ts';
import type { RunMessage, RunnerListener, Runners, ToolCall } from './runners.ts';
import { ToolRunner } from './tool-runner.ts';

export interface PoolParts {
  readonly spawner: Spawner;
  /** The workspace. */
  readonly folder: string;
  readonly listener: RunnerListener;
  readonly limits?: Partial<RunnerLimits>;
}

/** An order whose group has died lately, or for which there is no room. */
interface Waiting {
  readonly timer: ReturnType<typeof setTimeout> | undefined;
  readonly messages: RunMessage[];
}

/** What waits until there is room for a process of its group. */
interface InLine {
  readonly group: string;
  readonly run: string | undefined;
  readonly begin: () => void;
}

export class RunnerPool implements Runners {
  readonly #parts: Omit<PoolParts, 'limits'> & { readonly limits: RunnerLimits };
  readonly #owner: AgentRunnerOwner;
  readonly #tools: ToolRunner;
  readonly #backoff: Backoff;
  readonly #runners = new Set<AgentRunner>();
  /** The runner that takes a group's new orders. */
  readonly #groups = new Map<string, AgentRunner>();
  readonly #places = new Map<string, AgentRunner>();
  readonly #waiting = new Map<string, Waiting>();
  #line: InLine[] = [];
  readonly #idle = new Map<AgentRunner, ReturnType<typeof setTimeout>>();
  #spare: AgentRunner | undefined;
  #keepsSpare = false;
  #sparing: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(parts: PoolParts) {
    const limits = { ...defaultLimits, ...parts.limits };
    this.#parts = { ...parts, limits };
    this.#backoff = new Backoff(limits.againMs, limits.againMostMs);
    this.#tools = new ToolRunner(this.#parts, (text, dropped) => parts.listener.output(undefined, text, dropped));
    this.#owner = {
      listener: parts.listener,
      gone: (runner, run) => {
        if (this.#places.get(run) === runner) this.#places.delete(run);
        if (runner.group !== undefined) this.#backoff.succeeded(runner.group);
        this.#rest(runner);
      },
      ended: (runner, runs, error, unasked) => {
        if (unasked && runner.group !== undefined) this.#backoff.failed(runner.group, performance.now());
        this.#forget(runner);
        for (const run of runs) this.#places.delete(run);
        if (this.#closed) return;
        for (const run of runs) parts.listener.lost(run, error, unasked && runs.length === 1);
      },
    };
  }

  /** Pids of the processes that are there now. */
  get pids(): readonly number[] {
    const pids = [...this.#runners, this.#tools].map((runner) => runner.pid);
    return pids.filter((pid) => pid !== undefined);
  }

  run(order: RunOrder, alone: boolean): void {
    const { run } = order;
    if (this.#closed || this.has(run)) return;
    const group = alone ? `${order.url} ${run}` : order.url;
    const pause = this.#backoff.wait(group, performance.now());
    if (pause === 0) return this.#order(order, group, []);
    const messages: RunMessage[] = [];
    const timer = setTimeout(() => this.#order(order, group, messages), pause);
    this.#waiting.set(run, { timer, messages });
  }

  /** Gives the order when there is room, and then what was said to the run meanwhile. */
  #order(order: RunOrder, group: string, messages: RunMessage[]): void {
    const { run } = order;
    this.#waiting.set(run, { timer: undefined, messages });
    this.#inLine(group, run, () => {
      this.#waiting.delete(run);
      this.#give(order, group);
      for (const message of messages) this.send(message);
    });
  }

  send(message: RunMessage): void {
    this.#waiting.get(message.run)?.messages.push(message);
    this.#places.get(message.run)?.send(message);
  }

  has(run: string): boolean {
    return this.#places.has(run) || this.#waiting.has(run);
  }

  async describe(url: string): Promise<Description> {
    if (this.#closed) throw new RunFailure({ name: 'Lost', message: 'The studio is closing.' });
    const { promise, resolve } = Promise.withResolvers<AgentRunner | undefined>();
    this.#inLine(url, undefined, () => resolve(this.#closed ? undefined : this.#runnerOf(url)));
    const runner = await promise;
    if (runner === undefined) throw new RunFailure({ name: 'Lost', message: 'The studio is closing.' });
    try {
      return await runner.describe(url);
    } finally {
      this.#rest(runner);
    }
  }

  callTool(call: ToolCall): Promise<Json> {
    return this.#tools.call(call);
  }

  drop(run: string): void {
    clearTimeout(this.#waiting.get(run)?.timer);
    this.#waiting.delete(run);
    this.#line = this.#line.filter((one) => one.run !== run);
    const runner = this.#places.get(run);
    this.#places.delete(run);
    runner?.drop(run);
  }

  warm(): void {
    this.#keepsSpare = true;
    if (!this.#closed) this.#spare ??= this.#start(undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#sparing);
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
    for (const { run, begin } of this.#line.splice(0)) if (run === undefined) begin();
    await Promise.all([this.#tools.close(), ...[...this.#runners].map((runner) => runner.close())]);
  }

  /* Room ------------------------------------------------------------------------------------------------------------------------------ */

  #inLine(group: string, run: string | undefined, begin: () => void): void {
    if (this.#hasRoom(group)) return begin();
    this.#line.push({ group, run, begin });
    this.#endIdle();
  }

  #hasRoom(group: string): boolean {
    const { most } = this.#parts.limits;
    return this.#groups.get(group)?.open === true || this.#spare !== undefined || this.#runners.size < most;
  }

  /** Begins what there is room for now. */
  #admit(): void {
    for (;;) {
      const index = this.#line.findIndex(({ group }) => this.#hasRoom(group));
      const [next] = index < 0 ? [] : this.#line.splice(index, 1);
      if (next === undefined) break;
      next.begin();
    }
    if (this.#line.length > 0) this.#endIdle();
  }

  /** The one that has had nothing to do for longest. */
  #endIdle(): void {
    const [oldest] = this.#idle;
    if (oldest === undefined) return;
    const [runner, timer] = oldest;
    clearTimeout(timer);
    this.#idle.delete(runner);
    void runner.close();
  }

  /* Processes -------------------------------------------------------------------------------------------------------------------------- */

  #give(order: RunOrder, group: string): void {
    const runner = this.#runnerOf(group);
    this.#places.set(order.run, runner);
    runner.run(order);
  }

  #runnerOf(group: string): AgentRunner {
    const there = this.#groups.get(group);
    const runner = there?.open === true ? there : (this.#takeSpare() ?? this.#start(group));
    runner.group = group;
    this.#groups.set(group, runner);
    clearTimeout(this.#idle.get(runner));
    this.#idle.delete(runner);
    return runner;
  }

  #takeSpare(): AgentRunner | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    if (this.#keepsSpare) {
      // Later: what was just asked for comes first.
      clearTimeout(this.#sparing);
      this.#sparing = setTimeout(() => this.warm(), 1000);
      this.#sparing.unref();
    }
    return spare?.open === true ? spare : undefined;
  }

  #start(group: string | undefined): AgentRunner {
    const runner = new AgentRunner({ ...this.#parts, role: 'agent' }, this.#owner);
    runner.group = group;
    this.#runners.add(runner);
    return runner;
  }

  /** A runner with nothing to do ends after a while; one that takes no new orders at once. */
  #rest(runner: AgentRunner): void {
    if (!runner.idle || this.#idle.has(runner) || !this.#runners.has(runner)) return;
    const needed = runner.group !== undefined && this.#groups.get(runner.group) === runner;
    const timer = setTimeout(() => void runner.close(), needed ? this.#parts.limits.idleMs : 0);
    timer.unref();
    this.#idle.set(runner, timer);
    if (this.#line.length > 0 || this.#idle.size > this.#parts.limits.mostIdle) this.#endIdle();
  }

  #forget(runner: AgentRunner): void {
    clearTimeout(this.#idle.get(runner));
    this.#idle.delete(runner);
    this.#runners.delete(runner);
    if (this.#spare === runner) this.#spare = undefined;
    if (runner.group !== undefined && this.#groups.get(runner.group) === runner) this.#groups.delete(runner.group);
    if (!this.#closed) this.#admit();
  }
}
