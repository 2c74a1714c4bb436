// Makes the order with which a runner takes a run up: from the file as it is now, and from the journal.
import type { JournalEvent } from '#contract/journal';
import type { RunSummary } from '#contract/run';
import type { JsonObject, Message } from '#contract/turn';
import type { Snapshot, Store } from '../ports.ts';
import { Problem } from '../problem.ts';
import type { RunOrder } from '../run/protocol.ts';
import { agentNameOf, type AgentFiles, type LoadedAgent } from './agent-files.ts';
import { migrationOf } from './changed-file.ts';
import { turnOfAnswer } from './effect-work.ts';
import { eventsOf } from './journal-pages.ts';
import { Recording } from './recording.ts';
import { keptOf, type Kept } from './run-keep.ts';

/** The file of a run, ready to go on with. */
export interface Ready {
  readonly agent: LoadedAgent;
  readonly migrateFrom: string | undefined;
}

/** Where a run stands by its journal: its last snapshot, and what came after. */
export interface Standing {
  readonly snapshot: Snapshot | undefined;
  readonly events: readonly JournalEvent[];
}

export interface TakeUp {
  /** Of a run that has just been put into the store: nothing of it need be read there. */
  readonly fresh?: { readonly input: JsonObject; readonly kept: Kept };
  readonly pause?: 'now' | 'step' | undefined;
  readonly edit?: RunOrder['edit'] | undefined;
}

export class Orders {
  readonly #store: Store;
  readonly #files: AgentFiles;

  constructor(store: Store, files: AgentFiles) {
    this.#store = store;
    this.#files = files;
  }

  /** Throws CONFLICT where the file has changed and nothing is declared for that; BAD_INPUT where it cannot be loaded. */
  async ready(run: RunSummary): Promise<Ready> {
    const agent = await this.#files.agent(run.file);
    return { agent, migrateFrom: migrationOf(run, agent, this.#store.runs.source(run.hash)) };
  }

  standing(run: RunSummary, { fresh }: TakeUp = {}): Standing {
    if (fresh !== undefined && run.seq <= 1) return { snapshot: undefined, events: [] };
    const snapshot = this.#store.runs.snapshot(run.id, run.seq);
    return { snapshot, events: [...eventsOf(this.#store.runs, run.id, snapshot?.seq ?? 0)] };
  }

  input(id: string): JsonObject {
    const [first] = this.#store.runs.events(id, 0, 1);
    if (first?.event.type === 'run.started') return objectOf(first.event.input);
    throw new Problem('NOT_FOUND', `The run ${id} has no beginning.`);
  }

  /** What the run is served from instead of the world, if anything. */
  recording(run: RunSummary): Recording | undefined {
    const { origin } = run;
    if (origin === undefined) return undefined;
    const { runs, turns, settings } = this.#store;
    if (origin.kind === 'replay') return Recording.ofRun(runs, origin.run, origin.upTo);
    const { message: edit } = keptOf(settings, run.id);
    if (edit === undefined || run.step > origin.step) return undefined;
    const wrote = (read: string, message: Message): string => turnOfAnswer(turns, read, message).id;
    return Recording.withMessage(runs, origin.run, origin, edit, wrote);
  }

  /** Throws INTERNAL where the journal is not whole. */
  order(
    run: RunSummary,
    { agent, migrateFrom }: Ready,
    standing: Standing,
    recording: Recording | undefined,
    { pause, edit, fresh }: TakeUp,
  ): RunOrder {
    if (fresh === undefined) requireWhole(run, standing);
    const { breakpoints, until, paused, edit: kept } = fresh?.kept ?? keptOf(this.#store.settings, run.id);
    const stop = pause ?? (paused === true ? 'now' : undefined);
    const change = edit ?? kept;
    const { snapshot, events } = standing;
    const hasBegun = snapshot !== undefined || events.some(({ event }) => event.type === 'step.finished');
    const given = recording === undefined || Object.keys(recording.clocks).length === 0 ? undefined : recording.clocks;
    const resume = hasBegun || given !== undefined;
    return {
      run: run.id,
      agent: agentNameOf(run.file),
      url: agent.bundle.url,
      input: fresh?.input ?? this.input(run.id),
      seed: run.seed,
      breakpoints,
      ...(resume
        ? {
            resume: {
              snapshot,
              events: hasBegun ? events : [],
              used: run.usage,
              ...(given === undefined ? {} : { given }),
            },
          }
        : {}),
      ...(until === undefined ? {} : { until }),
      ...(stop === undefined ? {} : { pause: stop }),
      ...(migrateFrom === undefined ? {} : { migrateFrom, hash: agent.bundle.hash }),
      ...(change === undefined ? {} : { edit: change }),
    };
  }
}

/** A journal from which something has been taken would have done again what was done. */
function requireWhole({ seq }: RunSummary, { snapshot, events }: Standing): void {
  const missing = seq - (snapshot?.seq ?? 0) - events.length;
  if (missing === 0) return;
  throw new Problem(
    'INTERNAL',
    `The journal of the run is damaged: ${missing} of its ${seq} events are missing.`,
    'Fork it at a step that is still there, or cancel it.',
  );
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
