// The whole runtime of a workspace, as a host puts it together: real store, real bundler, real runner processes, the scripted model.
import { NodeSpawner } from '#adapters/node-spawner';
import { openWorkspaceStore, systemClock } from '#adapters/workspace';
import type { RunEvent } from '#contract/journal';
import { endedStatuses, type OpenInterrupt, type RunStatus, type RunSummary } from '#contract/run';
import type { JsonObject } from '#contract/turn';
import type { RunControl } from '#engine/control/run-control';
import type { Store } from '#engine/ports';
import { openRuns, type OpenRuns } from '#hosts/runs';
import { scriptedOnly } from './scripted-only.ts';

export class Runtime implements AsyncDisposable {
  readonly store: Store;
  readonly control: RunControl;
  readonly failures: string[] = [];
  readonly #runs: OpenRuns;

  constructor(folder: string) {
    this.store = openWorkspaceStore(folder);
    this.#runs = openRuns({
      ...scriptedOnly(folder),
      store: this.store,
      clock: systemClock,
      folder,
      spawner: (program) => new NodeSpawner(program),
      changed: () => {},
      failed: (sentence) => void this.failures.push(sentence),
    });
    this.control = this.#runs.control;
  }

  run(id: string): RunSummary {
    return this.control.get(id).run;
  }

  events(id: string): readonly RunEvent[] {
    return this.store.runs.events(id, 0, 1_000_000).map(({ event }) => event);
  }

  /** Reads the run until `test` holds on what it is. Throws where it ends otherwise. */
  async until(id: string, test: (run: RunSummary) => boolean): Promise<RunSummary> {
    const stop = new AbortController();
    try {
      for await (const _ of this.control.watch(id, 0, stop.signal)) {
        const run = this.run(id);
        if (test(run)) return run;
        if (endedStatuses.includes(run.status)) break;
      }
    } finally {
      stop.abort();
    }
    const { status, error } = this.run(id);
    throw new Error(`The run is ${status}${error === undefined ? '' : `: ${error.name}: ${error.message}`}`);
  }

  reaches(id: string, ...statuses: readonly RunStatus[]): Promise<RunSummary> {
    return this.until(id, (run) => statuses.includes(run.status));
  }

  /** The question that the run waits with. */
  async asked(id: string): Promise<OpenInterrupt> {
    // What is open is known at once, how many there are once that is on disk.
    await this.until(id, (run) => run.open > 0 && this.control.get(id).interrupts.length > 0);
    const [first] = this.control.get(id).interrupts;
    if (first === undefined) throw new Error('The run waits for nobody.');
    return first;
  }

  /** State of the run's own scope at its end. */
  state(id: string): JsonObject {
    return this.control.state(id, '', this.run(id).step).state;
  }

  /** What has happened so far is in the traces when it resolves. */
  traced(): Promise<void> {
    return this.#runs.traces.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runs.close();
    this.store.close();
  }
}
