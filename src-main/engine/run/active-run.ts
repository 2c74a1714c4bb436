// A run in the runner: from its order to its last event here.
import type { JsonObject } from '#contract/turn';
import type { RunEvent } from '#contract/journal';
import type { AgentDefinition } from '../graph/definition.ts';
import { Cancellation } from './cancellation.ts';
import type { Graphs, RunCore, Scope } from './core.ts';
import { deltaOf, put } from './delta.ts';
import { milliseconds, shortWait } from './duration.ts';
import { Effects } from './effects.ts';
import { foldRun, noUsage, type RunFold } from './fold.ts';
import { Gate } from './gate.ts';
import { Interrupts } from './interrupts.ts';
import { Journal } from './journal.ts';
import { toJson } from './plain-json.ts';
import type { FromRunner, RunOrder, ToRunner } from './protocol.ts';
import { Residence } from './residence.ts';
import { failure, runErrorOf, type RunFailure } from './run-failure.ts';
import { beginScope, placesOf, runScope, type Standing } from './scope.ts';
import type { Slots } from './slots.ts';
import { overBudget, Spending } from './spending.ts';

type Message = Exclude<Extract<ToRunner, { readonly run: string }>, { readonly type: 'run' }>;
type LastEvent = Extract<RunEvent, { readonly type: `run.${string}` }>;

export interface RunParts {
  readonly send: (message: FromRunner) => void;
  readonly graphs: Graphs;
  readonly slots: Slots;
  /** It is no longer here. */
  readonly left: () => void;
}

export class ActiveRun {
  readonly #parts: RunParts;
  readonly #order: RunOrder;
  readonly #core: RunCore;
  readonly #scope: Scope;
  readonly #fold: RunFold | undefined;
  /** Why the run cannot go on, whatever its code makes of it. */
  #broken: RunFailure | undefined;
  #isCancelled = false;
  #isOver = false;

  /** `definition` has been validated. */
  constructor(order: RunOrder, definition: AgentDefinition, parts: RunParts) {
    const { run, agent, seed, resume } = order;
    const fold = resume === undefined ? undefined : foldRun(resume.events, resume.snapshot);
    const snapshotSize = resume?.snapshot === undefined ? 0 : JSON.stringify(resume.snapshot.state).length;
    const journal = new Journal(run, parts.send, snapshotSize);
    const residence = new Residence(() => this.#idle());
    const cancellation = new Cancellation();
    const spending = new Spending('The run', definition.budget ?? {}, resume?.used ?? fold?.usage ?? noUsage);
    const gate = new Gate(journal, residence, cancellation, {
      breakpoints: order.breakpoints,
      until: fold?.hasReachedUntil === true ? undefined : order.until,
      pause: order.pause,
      stoppedAt: fold?.paused?.why === 'breakpoint' ? fold.paused.at : undefined,
    });
    this.#order = order;
    this.#parts = parts;
    this.#fold = fold;
    this.#scope = { path: '', graph: parts.graphs.of(definition), cancellation, spending };
    this.#core = {
      run,
      agent,
      seed,
      journal,
      effects: new Effects(journal),
      interrupts: new Interrupts(journal),
      residence,
      gate,
      slots: parts.slots,
      graphs: parts.graphs,
      cancellation,
      spending,
      given: resume?.given ?? {},
      recorded: fold,
      fail: (error) => this.#fail(error),
    };
  }

  /** Throws a RunFailure where it cannot be begun; then the journal is as it was. */
  begin(): void {
    const from = this.#standing();
    const { time } = this.#scope.graph.definition.budget ?? {};
    if (time !== undefined) {
      const end = Date.now() + milliseconds(time, 'The time budget of the agent');
      this.#core.residence.at(end, () => this.#fail(overBudget('The run', `${time} of time`)));
    }
    void this.#run(from);
  }

  receive(message: Message): void {
    if (this.#isOver) return;
    const { journal, effects, interrupts, gate, cancellation } = this.#core;
    switch (message.type) {
      case 'ack':
        return journal.acked(message.count);
      case 'settled':
        return effects.settle(message.key, message.settled);
      case 'answer':
        effects.answered(message.interrupt);
        return interrupts.answer(message.interrupt, message.value);
      case 'pause':
        return gate.pause();
      case 'breakpoints':
        gate.breakpoints = message.breakpoints;
        return undefined;
      case 'cancel':
        this.#isCancelled = true;
        return cancellation.cancel(failure('Cancelled', 'The run was cancelled.'));
    }
  }

  /* Where it begins ---------------------------------------------------------------------------------------------------------------- */

  #standing(): Standing {
    const root = this.#fold?.root;
    if (root === undefined) {
      this.#core.recorded = undefined;
      return beginScope(this.#core, this.#scope, this.#order.input);
    }
    const next = placesOf(this.#scope, root.next);
    const before = toJson(root.state, 'The state') as JsonObject;
    const migrated = this.#migrated(before);
    const state = this.#edited(migrated);
    const { journal } = this.#core;
    const { migrateFrom, hash = '', edit } = this.#order;
    if (migrateFrom !== undefined) {
      const to = this.#scope.graph.definition.version ?? '';
      journal.emit({ type: 'run.migrated', from: migrateFrom, to, hash, delta: deltaOf(before, migrated) });
    }
    if (edit !== undefined) journal.emit({ type: 'run.edited', delta: deltaOf(migrated, state) });
    return { state, step: root.step, next, joins: root.joins };
  }

  #migrated(state: JsonObject): JsonObject {
    const { migrateFrom } = this.#order;
    if (migrateFrom === undefined) return state;
    const { definition, channels } = this.#scope.graph;
    const migrate = definition.migrate[migrateFrom];
    if (migrate === undefined)
      throw failure('CannotMigrate', `The agent says nothing of how to come from version ${migrateFrom}.`);
    return channels.completed(migrate(state));
  }

  #edited(before: JsonObject): JsonObject {
    const { edit } = this.#order;
    if (edit === undefined) return before;
    if (this.#fold !== undefined && [...this.#fold.nodes()].length > 0) {
      throw failure(
        'StepBegun',
        'The state cannot be edited now: the step at hand has begun with the state as it is.',
        'Let the step come to its end (resume for one step), or fork before it.',
      );
    }
    const { channels } = this.#scope.graph;
    const state: Record<string, JsonObject[string]> = { ...before };
    for (const key of edit.remove) delete state[key];
    for (const [key, value] of Object.entries(edit.set)) put(state, key, channels.value(key, value));
    return Object.freeze(state);
  }

  /* How it ends -------------------------------------------------------------------------------------------------------------------- */

  async #run(from: Standing): Promise<void> {
    try {
      await runScope(this.#core, this.#scope, from);
      this.#leave({ type: 'run.finished' });
    } catch (thrown) {
      const error = this.#broken?.error ?? runErrorOf(thrown);
      this.#leave(error.name === 'Cancelled' ? { type: 'run.cancelled' } : { type: 'run.failed', error });
    }
  }

  #fail(error: RunFailure): void {
    this.#broken ??= error;
    this.#core.cancellation.cancel(error);
  }

  /** Nothing goes on by itself any more. */
  #idle(): void {
    if (this.#isOver) return;
    const { gate, residence } = this.#core;
    const { nextWake } = residence;
    if (this.#isCancelled || this.#broken !== undefined) return this.#stuck();
    if (gate.stop !== undefined) return this.#leave({ type: 'run.paused', ...gate.stop });
    if (!residence.isWaiting) {
      const error = { name: 'Internal', message: 'Nothing in the run goes on, and it waits for nothing.' };
      return this.#leave({ type: 'run.failed', error });
    }
    // Its timer is running here: that is less work than going to sleep.
    if (nextWake !== undefined && nextWake - Date.now() < shortWait) return undefined;
    return this.#leave({ type: 'run.slept', ...(nextWake === undefined ? {} : { until: nextWake }) });
  }

  /** What takes something back waits for a person, while the run is to end. */
  #stuck(): void {
    const text = 'Not everything could be taken back: what does that waits for a person.';
    this.#core.journal.emit({ type: 'log', level: 'error', text });
    if (this.#broken === undefined) this.#leave({ type: 'run.cancelled' });
    else this.#leave({ type: 'run.failed', error: this.#broken.error });
  }

  #leave(last: LastEvent): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { journal, residence, cancellation, run } = this.#core;
    journal.emit(last);
    journal.close();
    residence.end();
    cancellation.abandon(failure('Cancelled', 'The run has left.'));
    this.#parts.send({ type: 'left', run });
    this.#parts.left();
  }
}
