// Runs, as people and programs ask for them: start, watch, answer, pause, cancel, edit, fork, replay, compare.
import type { JournalEvent } from '#contract/journal';
import type {
  Breakpoint,
  RunComparison,
  RunCounts,
  RunDetail,
  RunFilter,
  RunFork,
  RunPage,
  RunStart,
  RunSummary,
  RunUpdate,
  StepState,
} from '#contract/run';
import type { Json, JsonObject } from '#contract/turn';
import type { Models } from '../models/models.ts';
import type { Bundler, Clock, Store } from '../ports.ts';
import { Problem, sentenceOf } from '../problem.ts';
import type { Redactor } from '../redactor.ts';
import type { RunnerListener, Runners } from '../runner/runners.ts';
import { policyIn } from '../tools/policy-file.ts';
import { AgentFiles, type LoadedAgent } from './agent-files.ts';
import { checkAnswer } from './answers.ts';
import { Beginnings } from './beginnings.ts';
import { Cancelling } from './cancelling.ts';
import { compareRuns } from './compare.ts';
import { Effects } from './effects.ts';
import { hasEnded, rests } from './head.ts';
import { goingRun, knownRun } from './find-run.ts';
import { KnownRuns } from './known-runs.ts';
import { maskedBundler, maskedFork, maskedListener, maskedMembers, maskedRunners, maskedState } from './masking.ts';
import { JournalWriter } from './journal-writer.ts';
import { Orders } from './orders.ts';
import { RestingRuns } from './resting-runs.ts';
import { Residents } from './residents.ts';
import { keep, keptOf } from './run-keep.ts';
import { Seldom } from './seldom.ts';
import { States } from './state-at.ts';
import { Wakes } from './wakes.ts';
import { Waiters } from './waiters.ts';
import { Watchers } from './watchers.ts';

/** Views are told of changes at most so often, ms. */
const changedMs = 100;
/** How long a request waits for the runner to do what it was told, ms. */
const obeyMs = 5_000;
/** Runs taken up at once when the studio opens. */
const atOnce = 100;
/** How long writes that are under way may take when the studio closes, ms. */
const closeMs = 3_000;

export interface RunControlParts {
  readonly store: Store;
  readonly clock: Clock;
  /** The workspace. */
  readonly folder: string;
  readonly bundler: Bundler;
  readonly runners: (listener: RunnerListener) => Runners;
  readonly models: Models;
  /** What a run is given, does and says is masked before it is stored, shown or handed on. */
  readonly redactor: Redactor;
  /** Views that show runs should ask again. */
  readonly changed: () => void;
  /** A run has new events on disk; `isSettled`: it has ended, paused or gone to sleep. */
  readonly written: (run: string, isSettled: boolean) => void;
  /** What went wrong where nobody asked for anything: for the log of the host. */
  readonly failed: (sentence: string) => void;
}

export class RunControl {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #runners: Runners;
  readonly #files: AgentFiles;
  readonly #orders: Orders;
  readonly #writer: JournalWriter;
  readonly #watchers: Watchers;
  readonly #residents: Residents;
  readonly #wakes: Wakes;
  readonly #known: KnownRuns;
  readonly #resting: RestingRuns;
  readonly #cancelling: Cancelling;
  readonly #states: States;
  readonly #beginnings: Beginnings;
  readonly #changed: Seldom;
  readonly #written: RunControlParts['written'];
  readonly #waiters = new Waiters();
  readonly #redactor: Redactor;
  readonly #told: RunControlParts['failed'];

  constructor(parts: RunControlParts) {
    const { store, clock, folder, bundler, models, redactor } = parts;
    this.#redactor = redactor;
    this.#told = parts.failed;
    this.#store = store;
    this.#clock = clock;
    this.#written = parts.written;
    this.#changed = new Seldom(changedMs, parts.changed);
    this.#watchers = new Watchers(store.runs);
    this.#states = new States(store.runs);
    // What runners tell comes later than this constructor is done.
    const listener: RunnerListener = {
      batch: (run, items) => this.#residents.batch(run, items),
      left: (run) => this.#residents.left(run),
      refused: (run, error) => this.#residents.refused(run, error),
      lost: (run, error, alone) => this.#residents.lost(run, error, alone),
      output: (run, text, dropped) => this.#residents.output(run, text, dropped),
    };
    this.#runners = maskedRunners(parts.runners(maskedListener(listener, redactor)), redactor);
    this.#files = new AgentFiles(folder, maskedBundler(bundler, redactor), this.#runners);
    this.#orders = new Orders(store, this.#files);
    this.#writer = new JournalWriter(store, {
      committed: (run, events) => this.#committed(run, events),
      trouble: () => this.#changed.ring(),
      unwritable: (run, cause) =>
        this.#failed(run, 'NotSaved', `What the run did cannot be saved: ${sentenceOf(cause)}`),
      broken: (run, cause) =>
        this.#failed(run, 'Internal', `Atelier made a mistake with this run: ${sentenceOf(cause)}`),
    });
    const effects = new Effects({
      store,
      clock,
      models,
      redactor,
      writer: this.#writer,
      runners: this.#runners,
      files: this.#files,
      watchers: this.#watchers,
      policy: policyIn(folder),
      fail: (live, error) => this.#residents.fail(live, error),
      depart: (live, event) => this.#residents.end(live, event),
    });
    this.#residents = new Residents({
      store,
      clock,
      effects,
      writer: this.#writer,
      runners: this.#runners,
      files: this.#files,
      orders: this.#orders,
      watchers: this.#watchers,
      wakeAt: (run, until) => this.#wakes.waits(run, until),
      onLeft: (run) => this.#onLeft(run),
    });
    const { residents, writer, orders, files } = {
      residents: this.#residents,
      writer: this.#writer,
      orders: this.#orders,
      files: this.#files,
    };
    this.#known = new KnownRuns(clock, orders, residents);
    this.#resting = new RestingRuns({
      store,
      clock,
      writer,
      orders,
      residents,
      known: this.#known,
      committed: (run, events) => this.#committed(run, events),
    });
    this.#cancelling = new Cancelling(store.runs, residents, this.#resting, this.#known);
    this.#beginnings = new Beginnings({ store, clock, writer, files, orders, residents });
    this.#wakes = new Wakes(store.runs, clock, {
      wake: (run) => this.#resting.wake(run),
      wakeLive: (run) => this.#wakeLive(run),
    });
  }

  /**
   * Arms the timers. With `resume`, takes up what was under way when the last process ended and wakes whatever sleeps in the store; without,
   * only what is started or resumed here is seen to.
   */
  async open(options: { readonly resume: boolean }): Promise<void> {
    if (options.resume) {
      const runs = this.#store.runs.unfinished(Number.MAX_SAFE_INTEGER);
      for (let from = 0; from < runs.length; from += atOnce) {
        const some = runs.slice(from, from + atOnce);
        await Promise.all(some.map((run) => this.#resting.takeUpAgain(run, 'The studio was closed while it ran.')));
      }
    }
    this.#wakes.open(options.resume);
  }

  /** Runs stop where they are and go on when the workspace is opened again. All that was acknowledged is on disk. */
  async close(): Promise<void> {
    this.#wakes.close();
    this.#changed.close();
    await this.#residents.close(closeMs);
    await this.#runners.close();
    this.#writer.close();
  }

  /** Why nothing can be written now: runs stand still until it can. */
  get problem(): Problem | undefined {
    return this.#writer.problem;
  }

  /** Starts a runner before it is needed. */
  warm(): void {
    this.#runners.warm();
  }

  list(filter: RunFilter, after: string | undefined, limit: number): RunPage {
    return this.#store.runs.list(filter, after, limit);
  }

  counts(): RunCounts {
    return this.#store.runs.counts();
  }

  get(id: string): RunDetail {
    const run = knownRun(this.#store.runs, id);
    return {
      run: this.#troubled(run),
      input: this.#orders.input(id),
      interrupts: this.#known.interrupts(run).list(),
      breakpoints: keptOf(this.#store.settings, id).breakpoints,
      children: this.#store.runs.children(id),
    };
  }

  /** An agent's file with what only the loaded file can say. Throws BAD_INPUT where it cannot be loaded; NOT_FOUND. */
  agent(file: string): Promise<LoadedAgent> {
    return this.#files.agent(file);
  }

  /** Throws BAD_INPUT where the file cannot be loaded or the input does not fit; NOT_FOUND. */
  start(start: RunStart): Promise<RunSummary> {
    return this.#beginnings.start({ ...start, input: maskedMembers(start.input, this.#redactor) });
  }

  /** Updates after `after` until `signal` aborts; whoever calls must read or abort. NOT_FOUND. */
  watch(id: string, after: number, signal: AbortSignal | undefined): AsyncGenerator<RunUpdate, void, void> {
    knownRun(this.#store.runs, id);
    return this.#watchers.watch(id, after, signal);
  }

  journal(
    id: string,
    after: number,
    limit: number,
  ): { readonly events: readonly JournalEvent[]; readonly total: number } {
    return { events: this.#store.runs.events(id, after, limit), total: knownRun(this.#store.runs, id).seq };
  }

  state(id: string, scope: string, step: number): StepState {
    knownRun(this.#store.runs, id);
    return maskedState(this.#states.at(id, scope, step), this.#redactor);
  }

  /** Stops at the end of the step at hand, or at once where it sleeps. CONFLICT where it has ended. */
  async pause(id: string): Promise<RunSummary> {
    await this.#residents.settled(id);
    const run = goingRun(this.#store.runs, id);
    if (run.status === 'paused') return run;
    const live = this.#residents.live(id);
    if (live !== undefined) {
      this.#residents.pause(live);
      return run;
    }
    return this.#resting.append(id, ({ open }) => ({ events: [{ type: 'run.paused', why: 'asked' }], open }));
  }

  /** CONFLICT where it has ended, or its file has changed and declares no migration. */
  async resume(id: string, options: { readonly step?: boolean | undefined } = {}): Promise<RunSummary> {
    await this.#residents.settled(id);
    const run = goingRun(this.#store.runs, id);
    if (this.#residents.has(id)) return run;
    await this.#residents.takeUp(id, { why: 'asked', pause: options.step === true ? 'step' : undefined });
    return this.#soon(id, (run) => !rests(run.status));
  }

  /** Ends it; what it has under way is stopped, what its attempts have done is undone. */
  async cancel(id: string): Promise<RunSummary> {
    await this.#cancelling.cancel(id);
    return this.#soon(id, hasEnded);
  }

  /** NOT_FOUND where nothing of this id is open; BAD_INPUT where the form does not take the value. */
  async answer(id: string, interrupt: string, given: Json, by: string): Promise<RunSummary> {
    const value = this.#redactor.json(given);
    const run = goingRun(this.#store.runs, id);
    const open = this.#known.interrupts(run).get(interrupt);
    if (open === undefined) throw new Problem('NOT_FOUND', 'This question is not open any more.');
    checkAnswer(open, value);
    const live = this.#residents.live(id);
    if (live !== undefined) {
      this.#residents.answer(live, interrupt, value, by);
      return this.#soon(id, () => this.#known.interrupts(knownRun(this.#store.runs, id)).get(interrupt) === undefined);
    }
    const ready = run.status === 'paused' ? undefined : await this.#orders.ready(run);
    try {
      await this.#resting.answer(id, [{ type: 'interrupt.answered', id: interrupt, value, by }], 'answered', ready);
    } catch (error) {
      // Somebody else has set it going meanwhile.
      if (this.#residents.live(id) !== undefined) return this.answer(id, interrupt, value, by);
      throw error;
    }
    return knownRun(this.#store.runs, id);
  }

  /** State of a paused run that stands between two steps. CONFLICT, BAD_INPUT where the agent's schemas do not take it. */
  async edit(id: string, given: JsonObject, remove: readonly string[]): Promise<RunSummary> {
    const set = maskedMembers(given, this.#redactor);
    const run = goingRun(this.#store.runs, id);
    if (run.status !== 'paused') throw new Problem('CONFLICT', 'Only a paused run can be edited.', 'Pause it first.');
    if (!this.#known.isBetweenSteps(run)) {
      const hint = 'Let it go on for one step, or fork it at the step before.';
      throw new Problem(
        'CONFLICT',
        'The run stands in the middle of a step, whose nodes have begun with the state as it is.',
        hint,
      );
    }
    await this.#residents.obey(id, { why: 'edit', pause: 'now', edit: { set, remove } }, 'gone');
    return knownRun(this.#store.runs, id);
  }

  async setBreakpoints(id: string, breakpoints: readonly Breakpoint[]): Promise<RunDetail> {
    goingRun(this.#store.runs, id);
    const { settings } = this.#store;
    await this.#writer.do(() => keep(settings, id, { ...keptOf(settings, id), breakpoints: [...breakpoints] }));
    this.#runners.send({ type: 'breakpoints', run: id, breakpoints });
    // Nothing of it goes into the journal, but others look at the run, too.
    this.#changed.ring();
    return this.get(id);
  }

  /** NOT_FOUND where the run has not done that step, or no model answered under the key. */
  fork(fork: RunFork): Promise<RunSummary> {
    return this.#beginnings.fork(maskedFork(fork, this.#redactor));
  }

  /** Does the run again with the effects of its journal; past `upTo`, a step of its own scope, with those of the world. */
  replay(id: string, upTo: number | undefined): Promise<RunSummary> {
    return this.#beginnings.replay(id, upTo);
  }

  compare(one: string, two: string): RunComparison {
    return compareRuns(this.#store.runs, knownRun(this.#store.runs, one), knownRun(this.#store.runs, two));
  }

  /* ----------------------------------------------------------------------------------------------------------------------------------- */

  #wakeLive(id: string): void {
    const live = this.#residents.live(id);
    if (live === undefined) return;
    for (const one of live.interrupts.due(this.#clock.now())) this.#residents.answer(live, one.id, null, 'clock');
    for (const one of live.interrupts.list()) {
      if (one.kind === 'wait' && one.until !== undefined) this.#wakes.waits(id, one.until);
    }
  }

  /* What is written ------------------------------------------------------------------------------------------------------------------ */

  #committed(run: RunSummary, events: readonly JournalEvent[]): void {
    if (events.length === 0) return;
    this.#watchers.tell(run.id, events);
    this.#changed.ring();
    this.#written(run.id, hasEnded(run) || rests(run.status));
    if (run.wakeAt !== undefined) this.#wakes.sleeps(run.id, run.wakeAt);
    this.#waiters.tell(run);
  }

  #onLeft(id: string): void {
    this.#wakes.forget(id);
    const run = this.#store.runs.get(id);
    if (run?.wakeAt !== undefined) this.#wakes.sleeps(id, run.wakeAt);
  }

  #failed(id: string, name: string, message: string): void {
    const live = this.#residents.live(id);
    if (live !== undefined) this.#residents.fail(live, { name, message });
    // In no runner any more: nothing can be put into its journal, but it is told.
    else this.#told(`Run ${id}: ${message}`);
  }

  /** The run once `test` holds, or as it is when that takes too long. */
  async #soon(id: string, test: (run: RunSummary) => boolean): Promise<RunSummary> {
    const now = knownRun(this.#store.runs, id);
    if (test(now)) return now;
    return (await this.#waiters.wait(id, test, obeyMs)) ?? knownRun(this.#store.runs, id);
  }

  /** Says of a run under way that it stands still because nothing can be written. */
  #troubled(run: RunSummary): RunSummary {
    const { problem } = this.#writer;
    if (problem === undefined || !this.#residents.has(run.id)) return run;
    const { message, hint } = problem;
    return { ...run, error: { name: 'NotSaved', message, ...(hint === undefined ? {} : { hint }) } };
  }
}
