// The whole runtime of a workspace, as a host puts it together: real store, real bundler, real runner processes, the scripted model.
import { EsbuildBundler } from '#adapters/bundler';
import { NodeSpawner } from '#adapters/node-spawner';
import { openWorkspaceStore, systemClock } from '#adapters/workspace';
import type { JournalEvent, RunEvent } from '#contract/journal';
import { endedStatuses, type OpenInterrupt, type RunStatus, type RunSummary } from '#contract/run';
import type { JsonObject } from '#contract/turn';
import { RunControl } from '#engine/control/run-control';
import { modelFilesIn } from '#engine/models/model-files';
import { Models } from '#engine/models/models';
import { ScriptedModels } from '#engine/models/scripted';
import type { Store } from '#engine/ports';
import { RunnerPool } from '#engine/runner/pool';
import type { Runners } from '#engine/runner/runners';
import { runnerFiles } from '#hosts/runner-program';

export class Runtime implements AsyncDisposable {
  readonly store: Store;
  readonly control: RunControl;
  readonly #bundler: EsbuildBundler;
  #runners: Runners | undefined;

  /** `wrap`: to count or spoil what is asked of the store. */
  constructor(folder: string, wrap: (store: Store) => Store = (store) => store) {
    const { program, externals } = runnerFiles(folder);
    this.store = wrap(openWorkspaceStore(folder));
    this.#bundler = new EsbuildBundler(externals);
    this.control = new RunControl({
      store: this.store,
      clock: systemClock,
      folder,
      bundler: this.#bundler,
      runners: (listener) => {
        this.#runners = new RunnerPool({ spawner: new NodeSpawner(program), folder, listener });
        return this.#runners;
      },
      models: new Models([new ScriptedModels(modelFilesIn(folder))]),
      changed: () => {},
      written: () => {},
    });
  }

  /** A runner that is there before it is needed. */
  warm(): void {
    this.#runners?.warm();
  }

  run(id: string): RunSummary {
    return this.control.get(id).run;
  }

  events(id: string): readonly RunEvent[] {
    return this.journal(id).map(({ event }) => event);
  }

  journal(id: string): readonly JournalEvent[] {
    return this.store.runs.events(id, 0, 1_000_000);
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
    await this.until(id, (run) => run.open > 0);
    const [first] = this.control.get(id).interrupts;
    if (first === undefined) throw new Error('The run waits for nobody.');
    return first;
  }

  /** State of the run's own scope at its end. */
  state(id: string): JsonObject {
    return this.control.state(id, '', this.run(id).step).state;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.control.close();
    await this.#bundler.close();
    this.store.close();
  }
}
