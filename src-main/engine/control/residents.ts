// The runs that are in runners: takes them up, takes what their runners tell into the journal, and sees them leave.
import type { RunError, RunEvent } from '#contract/journal';
import type { RunSummary } from '#contract/run';
import type { Json } from '#contract/turn';
import type { Clock, NewEvent, Store } from '../ports.ts';
import { Problem } from '../problem.ts';
import type { BatchItem } from '../run/protocol.ts';
import { runErrorOf } from '../run/run-failure.ts';
import type { RunnerListener, Runners } from '../runner/runners.ts';
import type { AgentFiles } from './agent-files.ts';
import type { Effects } from './effects.ts';
import { knownRun } from './find-run.ts';
import { hasEnded } from './head.ts';
import type { JournalWriter } from './journal-writer.ts';
import { Intake } from './intake.ts';
import { LiveRun, Withdrawn } from './live-run.ts';
import { Losses } from './losses.ts';
import type { Orders, Ready, TakeUp } from './orders.ts';
import { mostPrinted, Printed } from './printed.ts';
import { forget } from './run-keep.ts';
import type { Watchers } from './watchers.ts';

/** How long one waits for the first sign of a run, ms. */
const beginMs = 1_000;
/** How long a run may take to do the one thing that it was taken up for, ms. */
const obeyMs = 5_000;
/** How much later than a wait is over a runner may say so, ms. */
const waitPatience = 500;
/** A cancelled run that shows no sign of obeying is taken out of its runner after so long, ms. */
const cancelPatience = 2_000;

export interface ResidentParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly writer: JournalWriter;
  readonly runners: Runners;
  readonly files: AgentFiles;
  readonly orders: Orders;
  readonly effects: Effects;
  readonly watchers: Watchers;
  /** A wait of a run in a runner is due then. */
  readonly wakeAt: (run: string, until: number) => void;
  /** The run has left its runner and all it did is on disk. */
  readonly onLeft: (run: string) => void;
}

export interface TakeUpOptions extends TakeUp {
  /** Goes into the journal; undefined for a run that has not begun. */
  readonly why: string | undefined;
  readonly alone?: boolean;
  /** Its file, where the caller has it already. */
  readonly ready?: Ready;
}

export class Residents implements RunnerListener {
  readonly #parts: ResidentParts;
  readonly #live = new Map<string, LiveRun>();
  /** Those that lost their runner and have no other yet. */
  readonly #strays = new Map<string, LiveRun>();
  readonly #coming = new Map<string, Promise<LiveRun>>();
  readonly #intake: Intake;
  readonly #losses = new Losses();
  readonly #printed = new Printed(mostPrinted);
  #isClosing = false;

  constructor(parts: ResidentParts) {
    this.#parts = parts;
    this.#intake = new Intake({
      ...parts,
      end: (live, event) => this.end(live, event),
      answer: (live, interrupt, value, by) => this.answer(live, interrupt, value, by),
      watchClock: (run, until) => this.#watchClock(run, until),
    });
  }

  live(id: string): LiveRun | undefined {
    return this.#live.get(id);
  }

  /** Whether it is in a runner or on its way there. */
  has(id: string): boolean {
    return this.#live.has(id) || this.#coming.has(id);
  }

  /** Takes nothing up any more, stops what may be done again, and gives the rest `ms` to be done and on record. */
  async close(ms: number): Promise<void> {
    this.#isClosing = true;
    const until = performance.now() + ms;
    for (const live of this.#everyone()) {
      for (const { stop, isRepeatable } of live.flights.values()) if (isRepeatable) stop.abort(new Withdrawn());
    }
    const isBusy = (): boolean =>
      this.#everyone().some(({ flights }) => [...flights.values()].some((one) => !one.isRepeatable));
    while (isBusy() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
    // What ends with its process now is not on record as failed: nobody knows whether it was done.
    for (const live of this.#everyone()) this.#parts.effects.abort(live, new Withdrawn());
  }

  #everyone(): LiveRun[] {
    return [...this.#live.values(), ...this.#strays.values()];
  }

  /** Gives the run to a runner; nothing where one has it. Throws why it cannot be (its file has changed, it has ended). */
  takeUp(id: string, options: TakeUpOptions): Promise<LiveRun> {
    const there = this.#live.get(id);
    // One that rests is just leaving, and hears nothing any more.
    if (there?.rest !== undefined && !there.hasEnded) return there.gone.then(() => this.takeUp(id, options));
    if (there !== undefined) return Promise.resolve(there);
    const coming = this.#coming.get(id);
    if (coming !== undefined) return coming;
    const taken = this.#takeUp(id, options).finally(() => this.#coming.delete(id));
    this.#coming.set(id, taken);
    return taken;
  }

  async #takeUp(id: string, options: TakeUpOptions): Promise<LiveRun> {
    const { store, orders } = this.#parts;
    const ready = options.ready ?? (await orders.ready(knownRun(this.#parts.store.runs, id)));
    if (this.#isClosing) throw new Problem('CANCELLED', 'The studio is closing.');
    this.#flush(id);
    const run = knownRun(this.#parts.store.runs, id);
    if (hasEnded(run)) throw new Problem('CONFLICT', `The run has ended: it is ${run.status}.`, 'Fork or replay it.');
    const standing = orders.standing(run, options);
    const recording = orders.recording(run);
    const order = orders.order(run, ready, standing, recording, options);
    const live =
      this.#stray(run, ready) ?? new LiveRun({ run, bundle: ready.agent.bundle, events: standing.events, recording });
    this.#live.set(id, live);
    if (options.why !== undefined) this.#put(live, [{ type: 'run.resumed', why: options.why }]);
    if (ready.migrateFrom !== undefined) this.#putSource(live, store, run);
    for (const one of live.interrupts.list()) this.#watchClock(id, one.until);
    this.#parts.files.prepareTools(ready.agent);
    this.#parts.runners.run(order, options.alone ?? false);
    if (live.isCancelled) this.cancel(live);
    return live;
  }

  /**
   * Takes a run up and waits for its first sign of life, or until it has done the one thing that it was taken up for and left again. Throws
   * BAD_INPUT where the runner refuses.
   */
  async obey(id: string, options: TakeUpOptions, until: 'begun' | 'gone'): Promise<void> {
    const live = await this.takeUp(id, options);
    const ms = until === 'begun' ? beginMs : obeyMs;
    await Promise.race([live[until], patience(ms)]);
    if (live.refusal !== undefined) throw new Problem('BAD_INPUT', live.refusal.message, live.refusal.hint);
  }

  #stray({ id, hash }: RunSummary, { agent, migrateFrom }: Ready): LiveRun | undefined {
    const stray = this.#strays.get(id);
    this.#strays.delete(id);
    if (stray === undefined) return undefined;
    if (migrateFrom !== undefined || stray.bundle.hash !== agent.bundle.hash || stray.bundle.hash !== hash) {
      this.#parts.effects.abort(stray, new Withdrawn());
      return undefined;
    }
    stray.moveOn();
    return stray;
  }

  /** Where it is on its way into a runner or out of one, waits until it is there or gone. */
  async settled(id: string): Promise<void> {
    await this.#coming.get(id)?.catch(() => undefined);
    const live = this.#live.get(id);
    if (live?.rest !== undefined) await live.gone;
  }

  /** Tells a run's runner to stop at the end of the step at hand. */
  pause(live: LiveRun): void {
    live.isPauseAsked = true;
    this.#parts.runners.send({ type: 'pause', run: live.id });
  }

  /** Tells a run's runner to stop, and itself stops what is under way for it. */
  cancel(live: LiveRun): void {
    live.isCancelled = true;
    this.#parts.effects.abort(live);
    this.#parts.runners.send({ type: 'cancel', run: live.id });
    this.#watchCancel(live, live.received);
  }

  /** Ends a run with an event of main's own, whatever its runner does. */
  end(live: LiveRun, event: RunEvent): void {
    if (live.hasEnded) return;
    this.#put(live, [event]);
    this.#parts.effects.abort(live);
    this.#parts.runners.drop(live.id);
    this.#leave(live);
  }

  fail(live: LiveRun, error: RunError): void {
    this.end(live, { type: 'run.failed', error });
  }

  /* What runners tell --------------------------------------------------------------------------------------------------------------- */

  batch(id: string, items: readonly BatchItem[]): void {
    const live = this.#live.get(id);
    if (live === undefined || live.hasEnded) return;
    const wrong = this.#intake.batch(live, items);
    if (wrong !== undefined) this.fail(live, { name: 'Protocol', message: wrong });
    else this.#forgetEnded(live);
  }

  left(id: string): void {
    const live = this.#live.get(id);
    if (live === undefined) return;
    if (!live.hasEnded && live.rest === undefined) {
      if (live.isCancelled) return this.end(live, { type: 'run.cancelled' });
      const message = 'The runner let go of the run without saying why.';
      return this.fail(live, { name: 'Protocol', message });
    }
    this.#rested(live);
  }

  /** It has left of itself. What it was told meanwhile came too late for it to hear. */
  #rested(live: LiveRun): void {
    const isAsleep = live.rest === 'slept' && !live.hasEnded;
    const isNeeded = !live.hasEnded && (live.isCancelled || (isAsleep && live.unheard.size > 0));
    if (isAsleep && !isNeeded && live.isPauseAsked) this.#put(live, [{ type: 'run.paused', why: 'asked' }]);
    this.#leave(live);
    if (!isNeeded) return this.#parts.effects.abort(live);
    this.#strays.set(live.id, live);
    this.#again(live, live.isCancelled ? 'cancelled' : 'answered', false);
  }

  refused(id: string, error: RunError): void {
    const live = this.#live.get(id);
    if (live === undefined) return;
    live.refusal = error;
    if (live.hasBegun) {
      this.#put(live, [{ type: 'log', level: 'error', text: error.message }]);
      // What it was in the middle of cannot be taken back then.
      if (live.isCancelled) return this.end(live, { type: 'run.cancelled' });
      this.#put(live, [{ type: 'run.paused', why: 'asked' }]);
      this.#leave(live);
    } else this.end(live, { type: 'run.failed', error });
  }

  lost(id: string, error: RunError, alone: boolean): void {
    const live = this.#live.get(id);
    if (live === undefined || this.#isClosing) return;
    if (live.hasEnded || live.rest !== undefined) return this.#rested(live);
    if (live.isCancelled) return this.end(live, { type: 'run.cancelled' });
    if (alone && this.#losses.isTooMany(id, live.results)) return this.fail(live, Losses.given(error));
    this.#live.delete(id);
    this.#strays.set(id, live);
    this.#again(live, error.message, true);
  }

  output(id: string | undefined, text: string, dropped: number): void {
    const live = id === undefined ? this.#only() : this.#live.get(id);
    if (live === undefined || live.hasEnded) return;
    const log = this.#printed.take(live.id, text, dropped);
    if (log !== undefined) this.#put(live, [{ type: 'log', level: 'info', text: log }]);
  }

  /* ----------------------------------------------------------------------------------------------------------------------------------- */

  /** A runner sees to its waits itself; main, a little later, to those that it forgot. */
  #watchClock(run: string, until: number | undefined): void {
    if (until !== undefined) this.#parts.wakeAt(run, until + waitPatience);
  }

  /** Puts an answer on record and tells the runner; nothing where it is not open any more. */
  answer(live: LiveRun, interrupt: string, value: Json, by: string): void {
    if (live.hasEnded || live.interrupts.get(interrupt) === undefined) return;
    const isOfEffect = live.ledger.get(interrupt) !== undefined;
    live.unheard.add(interrupt);
    this.#put(live, [{ type: 'interrupt.answered', id: interrupt, value, by }], () => {
      this.#parts.runners.send({ type: 'answer', run: live.id, interrupt, value });
      if (isOfEffect) this.#parts.effects.answered(live, interrupt);
    });
  }

  #putSource(live: LiveRun, store: Store, { file }: RunSummary): void {
    const { hash, files } = live.bundle;
    const within = (): void => store.runs.putSource({ hash, file, files });
    this.#parts.writer.put(live.id, { open: live.interrupts.forPeople, within });
  }

  #put(live: LiveRun, events: readonly RunEvent[], after?: () => void): void {
    const at = this.#parts.clock.now();
    const entries = events.map((event): NewEvent => ({ at, event }));
    for (const entry of entries) live.accept(entry);
    const open = live.interrupts.forPeople;
    this.#parts.writer.put(live.id, { events: entries, open, ...(after === undefined ? {} : { after }) });
    this.#forgetEnded(live);
  }

  #forgetEnded(live: LiveRun): void {
    if (!live.hasEnded) return;
    const within = (): void => forget(this.#parts.store.settings, live.id);
    this.#parts.writer.put(live.id, { open: 0, within });
    this.#losses.forget(live.id);
    this.#printed.forget(live.id);
    this.#intake.forget(live.id);
  }

  #leave(live: LiveRun): void {
    if (this.#live.get(live.id) === live) this.#live.delete(live.id);
    const open = live.interrupts.forPeople;
    this.#parts.writer.put(live.id, {
      open,
      after: () => {
        this.#parts.watchers.hushAll(live.id);
        this.#parts.onLeft(live.id);
        live.leave();
      },
    });
  }

  /** Takes a run up once more; tried again where the store takes nothing. */
  #again(live: LiveRun, why: string, alone: boolean): void {
    if (this.#isClosing) return;
    this.takeUp(live.id, { why, alone }).catch((error: unknown) => {
      if (this.#isClosing) return;
      if (this.#parts.writer.problem === undefined) this.putAside(live.id, error);
      else setTimeout(() => this.#again(live, why, alone), cancelPatience).unref();
    });
  }

  /** A run that cannot go on by itself and has nobody to say so to: it pauses, with the reason in its journal. */
  putAside(id: string, thrown: unknown): void {
    const { writer, clock, store } = this.#parts;
    const run = store.runs.get(id);
    if (run === undefined || hasEnded(run) || this.has(id)) return;
    const at = clock.now();
    const { message, hint } = runErrorOf(thrown);
    const text = hint === undefined ? message : `${message}\n${hint}`;
    const log: RunEvent = { type: 'log', level: 'error', text };
    const paused: RunEvent = { type: 'run.paused', why: 'asked' };
    writer.put(id, {
      events: [
        { at, event: log },
        { at, event: paused },
      ],
      open: run.open,
    });
  }

  #watchCancel(live: LiveRun, received: number): void {
    const timer = setTimeout(() => {
      if (live.hasEnded || this.#live.get(live.id) !== live) return;
      // It is at work on the undoing of what it did.
      if (live.received > received || live.flights.size > 0) return this.#watchCancel(live, live.received);
      this.end(live, { type: 'run.cancelled' });
    }, cancelPatience);
    timer.unref();
  }

  /** The one run that there is: then it is known whose output it was. */
  #only(): LiveRun | undefined {
    if (this.#live.size !== 1) return undefined;
    const [live] = this.#live.values();
    return live;
  }

  /** Its journal must be whole before it is read. */
  #flush(id: string): void {
    if (this.#parts.writer.has(id) && !this.#parts.writer.flush() && this.#parts.writer.problem !== undefined)
      throw this.#parts.writer.problem;
  }
}

function patience(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
