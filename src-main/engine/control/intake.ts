// Takes what runners tell of their runs into the journals, and does what follows from it in main.
import type { RunEvent } from '#contract/journal';
import type { Json, JsonObject } from '#contract/turn';
import type { NewEvent, Store } from '../ports.ts';
import { nodePath } from '../run/path.ts';
import type { BatchItem } from '../run/protocol.ts';
import type { Runners } from '../runner/runners.ts';
import type { Effects } from './effects.ts';
import { isWithin } from './interrupts.ts';
import type { JournalWriter } from './journal-writer.ts';
import type { LiveRun } from './live-run.ts';
import { mostLogged, Printed } from './printed.ts';
import { rootStepOf } from './recording.ts';
import { cacheKey } from './effect-work.ts';
import { keep, keptOf } from './run-keep.ts';
import { parseItem, whatIsWrong } from './runner-items.ts';

export interface IntakeParts {
  readonly store: Store;
  readonly writer: JournalWriter;
  readonly runners: Runners;
  readonly effects: Effects;
  readonly end: (live: LiveRun, event: RunEvent) => void;
  readonly answer: (live: LiveRun, interrupt: string, value: Json, by: string) => void;
  readonly watchClock: (run: string, until: number | undefined) => void;
}

export class Intake {
  readonly #parts: IntakeParts;
  /** To questions of the batch at hand; they go behind its events. */
  readonly #answers: { readonly interrupt: string; readonly value: Json; readonly by: string }[] = [];

  readonly #logged = new Printed(mostLogged);

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** The run has ended. */
  forget(run: string): void {
    this.#logged.forget(run);
  }

  /** Takes a batch of a run that is under way; returns what is wrong with it, if anything: what stood before that counts. */
  batch(live: LiveRun, items: readonly BatchItem[]): string | undefined {
    const { id } = live;
    live.showsUp();
    this.#answers.length = 0;
    let events: NewEvent[] = [];
    const write = (more: Parameters<JournalWriter['put']>[1]): void => {
      this.#parts.writer.put(id, { ...more, events });
      events = [];
    };
    try {
      for (const item of items) {
        live.received += 1;
        const parsed = parseItem(item);
        if (parsed.kind === 'event') {
          const taken = this.#take(live, parsed.event, events);
          if (!taken) break;
        } else {
          write({
            open: live.interrupts.forPeople,
            ...(parsed.kind === 'snapshot' ? { snapshot: parsed.snapshot } : {}),
          });
          if (parsed.kind === 'effect') {
            requireNow(live, parsed.ask.key);
            this.#parts.effects.ask(live, parsed.ask);
          }
        }
        if (live.hasEnded) break;
      }
    } catch (error) {
      write({ open: live.interrupts.forPeople });
      return whatIsWrong(error);
    }
    const count = live.received;
    const after = (): void => this.#parts.runners.send({ type: 'ack', run: id, count });
    write({ open: live.interrupts.forPeople, after });
    for (const { interrupt, value, by } of this.#answers.splice(0)) this.#parts.answer(live, interrupt, value, by);
    return undefined;
  }

  /** Takes one event of a runner; false where nothing may follow it. */
  #take(live: LiveRun, entry: NewEvent, events: NewEvent[]): boolean {
    const { event, at } = entry;
    if (event.type === 'step.finished' && event.scope === '' && event.step !== live.nextStep)
      throw new Error(`The runner finished step ${event.step}, where step ${live.nextStep} was to come.`);
    if (event.type === 'interrupt.opened') requireNow(live, event.id);
    const departure = live.recording?.departure(event);
    if (departure !== undefined) {
      this.#parts.writer.put(live.id, { events: events.splice(0), open: live.interrupts.forPeople });
      this.#parts.end(live, { type: 'run.departed', ...departure });
      return false;
    }
    if (event.type === 'log') {
      const text = this.#logged.take(live.id, event.text, 0);
      if (text !== undefined) events.push(text === event.text ? entry : { at, event: { ...event, text } });
      return true;
    }
    const taken = event.type === 'run.migrated' ? { at, event: this.#migrated(live, event) } : entry;
    events.push(taken);
    live.accept(taken);
    this.#follow(live, taken.event);
    return !live.hasEnded;
  }

  /** What an event of a runner brings about in main. */
  #follow(live: LiveRun, event: RunEvent): void {
    const { store, writer } = this.#parts;
    switch (event.type) {
      case 'node.finished': {
        this.#stopWithin(live, event);
        const { cache, node } = event;
        if (cache === undefined || live.recording?.isStrict === true) return;
        const patches = cache.patches.map((patch): JsonObject => ({ ...patch }));
        const within = (): void =>
          store.runs.putCached(live.agent, node, cacheKey(live.bundle, cache.key), cache.until, patches);
        writer.put(live.id, { open: live.interrupts.forPeople, within });
        return;
      }
      case 'node.failed':
        return this.#stopWithin(live, event);
      case 'interrupt.opened':
        return this.#opened(live, event);
      case 'run.edited':
        return this.#keepWithout(live, 'edit');
      case 'run.paused':
        return this.#keepWithout(live, event.why === 'until' ? 'until' : 'paused');
      default:
        return;
    }
  }

  /** Nobody waits for the effects of a node that is over (its time was up, or it let them go). */
  #stopWithin(
    live: LiveRun,
    { scope, step, node }: { readonly scope: string; readonly step: number; readonly node: string },
  ): void {
    if (live.flights.size === 0) return;
    const path = nodePath(scope, step, node);
    for (const [key, flight] of live.flights) if (isWithin(key, path)) flight.stop.abort();
  }

  #opened(live: LiveRun, event: Extract<RunEvent, { readonly type: 'interrupt.opened' }>): void {
    const { recording } = live;
    const recorded = recording?.answerTo(event);
    if (recorded !== undefined) this.#answers.push({ interrupt: event.id, ...recorded });
    else this.#parts.watchClock(live.id, event.until);
  }

  /** The runner knows neither hash nor versions for sure: main does. */
  #migrated(live: LiveRun, event: Extract<RunEvent, { readonly type: 'run.migrated' }>): RunEvent {
    return { ...event, hash: live.bundle.hash };
  }

  /** What has come about need not be asked for again. */
  #keepWithout({ id, interrupts }: LiveRun, what: 'edit' | 'until' | 'paused'): void {
    const { settings } = this.#parts.store;
    const { [what]: done, ...rest } = keptOf(settings, id);
    if (done === undefined) return;
    this.#parts.writer.put(id, { open: interrupts.forPeople, within: () => keep(settings, id, rest) });
  }
}

/** Questions and effects are of the step at hand: under the key of one that is over, another could be passed off for what a person allowed. */
function requireNow({ nextStep }: LiveRun, key: string): void {
  if (nextStep === 0 || rootStepOf(key) !== nextStep)
    throw new Error(`The runner spoke of ${key}, where step ${nextStep} was to come.`);
}
