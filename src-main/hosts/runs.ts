// What runs agents in one workspace, put together for a host: store, bundler, runners, models, traces.
import { EsbuildBundler } from '#adapters/bundler';
import type { Topic } from '#contract/workspace';
import { RunControl } from '#engine/control/run-control';
import type { Models } from '#engine/models/models';
import type { Clock, Spawner, Store } from '#engine/ports';
import type { Redactor } from '#engine/redactor';
import { RunnerPool } from '#engine/runner/pool';
import type { RunnerProgram } from '#engine/runner/program';
import { RunTraces } from '#engine/trace/run/run-traces';
import { runnerFiles } from './runner-program.ts';

export interface RunsParts {
  readonly store: Store;
  readonly clock: Clock;
  /** The workspace. */
  readonly folder: string;
  /** Masks what runs are given, do and say. */
  readonly redactor: Redactor;
  readonly models: Models;
  /** How this host starts processes. */
  readonly spawner: (program: RunnerProgram) => Spawner;
  /** Views that show these should ask again. */
  readonly changed: (...topics: Topic[]) => void;
  /** What went wrong where nobody asked for anything: for the log of the host. */
  readonly failed: (sentence: string) => void;
}

export interface OpenRuns {
  readonly control: RunControl;
  readonly traces: RunTraces;
  /** Runs stop where they are, their traces are brought up to date. The store is left open. */
  close(): Promise<void>;
}

/** `control.open` is the caller's to call: whether runs that were under way go on differs from host to host. */
export function openRuns({ store, clock, folder, redactor, models, spawner, changed, failed }: RunsParts): OpenRuns {
  const { program, externals } = runnerFiles(folder);
  const bundler = new EsbuildBundler(externals);
  const traces = new RunTraces(store, {
    onChange: () => changed('traces', 'runs'),
    onFailure: (run, error) => failed(`The trace of run ${run} was not made: ${String(error)}`),
  });
  const control = new RunControl({
    store,
    clock,
    folder,
    bundler,
    runners: (listener) => new RunnerPool({ spawner: spawner(program), folder, listener }),
    models,
    redactor,
    failed,
    changed: () => changed('runs'),
    written: (run, isSettled) => (isSettled ? traces.settled(run) : traces.touched(run)),
  });
  return {
    control,
    traces,
    async close() {
      await control.close();
      await traces.close();
      await bundler.close();
    },
  };
}
