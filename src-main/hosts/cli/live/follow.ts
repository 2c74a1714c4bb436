// Follows a run from the command line until it ends or rests: draws or writes what happens, asks the person, lets Ctrl-C pause it.
import type { OpenInterrupt, RunDetail, RunSummary, RunUpdate } from '#contract/run';
import { endedStatuses } from '#contract/run';
import type { Json } from '#contract/turn';
import { Problem } from '#engine/problem';
import type { Live } from '../command.ts';
import { jsonLine, shortId } from '../text.ts';
import { askFor } from './ask.ts';
import type { Followed } from './onwards.ts';
import { linesOf } from './run-lines.ts';
import { treeLines } from './run-tree.ts';
import { RunView } from './run-view.ts';
import { Screen } from './screen.ts';

/** What is done with runs here; the engine's control does it. */
export interface FollowedRuns {
  readonly get: (id: string) => RunDetail;
  readonly watch: (id: string, after: number, signal: AbortSignal) => AsyncIterable<RunUpdate>;
  readonly pause: (id: string) => Promise<RunSummary> | RunSummary;
  readonly answer: (id: string, interrupt: string, value: Json) => Promise<RunSummary> | RunSummary;
}

/** Frames a second: enough for text that streams. */
const frameMs = 80;
/** A timer that is due sooner is waited for. */
const shortSleep = 60_000;

/**
 * Ends when the run has ended, is paused, or waits for a person who is not there or for a time that is far off. `signal` (Ctrl-C) pauses the
 * run and waits for that.
 */
export async function follow(
  runs: FollowedRuns,
  id: string,
  after: number,
  live: Live,
  signal: AbortSignal,
): Promise<Followed> {
  return new Follower(runs, id, after, live).run(signal);
}

class Follower {
  readonly #runs: FollowedRuns;
  readonly #id: string;
  readonly #after: number;
  readonly #live: Live;
  readonly #view = new RunView();
  readonly #screen: Screen | undefined;
  readonly #watching = new AbortController();
  readonly #title: string;
  /** While the person is asked nothing is drawn. */
  #isAsking = false;
  /** Interrupts the person left open. */
  readonly #left = new Set<string>();

  constructor(runs: FollowedRuns, id: string, after: number, live: Live) {
    this.#runs = runs;
    this.#id = id;
    this.#after = after;
    this.#live = live;
    this.#screen = live.screen === undefined ? undefined : new Screen(live.screen);
    this.#title = `${runs.get(id).run.agent} ${shortId(id)}`;
  }

  async run(signal: AbortSignal): Promise<Followed> {
    const stop = (): void => void this.#pause();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const frames = this.#screen === undefined ? undefined : setInterval(() => this.#draw(), frameMs);
    try {
      if (!(await this.#rests(signal))) {
        for await (const update of this.#runs.watch(this.#id, this.#after, this.#watching.signal)) {
          this.#take(update);
          if (update.kind === 'events' && (await this.#rests(signal))) break;
        }
      }
      this.#draw();
      this.#screen?.leave();
    } finally {
      clearInterval(frames);
      signal.removeEventListener('abort', stop);
      this.#watching.abort();
    }
    const { run, interrupts } = this.#runs.get(this.#id);
    return { run, interrupts: interrupts.filter((one) => one.kind !== 'wait') };
  }

  #take(update: RunUpdate): void {
    this.#view.take(update);
    if (this.#screen !== undefined) return;
    if (this.#live.asJson) this.#live.line(jsonLine(update));
    else if (update.kind === 'events')
      for (const event of update.events) for (const line of linesOf(event)) this.#live.line(line);
  }

  /** Whether nothing more is to be seen for now. Asks what a person can answer. */
  async #rests(signal: AbortSignal): Promise<boolean> {
    const { run, interrupts } = this.#runs.get(this.#id);
    // What happened since has not been told yet.
    if (run.seq > Math.max(this.#after, this.#view.seq)) return false;
    if (endedStatuses.includes(run.status) || run.status === 'paused') return true;
    if (run.status === 'waiting') {
      const open = interrupts.filter((one) => one.kind !== 'wait' && !this.#left.has(one.id));
      if (this.#live.person === undefined || signal.aborted || open.length === 0) return true;
      return !(await this.#askAll(open, signal));
    }
    if (run.status !== 'sleeping') return false;
    return signal.aborted || (this.#screen === undefined && (run.wakeAt ?? Infinity) - Date.now() > shortSleep);
  }

  /** Whether something was answered. */
  async #askAll(open: readonly OpenInterrupt[], signal: AbortSignal): Promise<boolean> {
    const { person } = this.#live;
    if (person === undefined) return false;
    this.#draw();
    this.#screen?.leave();
    this.#isAsking = true;
    let answered = 0;
    try {
      for (const interrupt of open) {
        if (signal.aborted) break;
        const answer = await askFor(interrupt, person);
        if (answer === undefined) this.#left.add(interrupt.id);
        else if (await this.#answer(interrupt, answer.value)) answered += 1;
      }
    } finally {
      this.#isAsking = false;
    }
    return answered > 0;
  }

  /** Asks again where the answer does not fit. */
  async #answer(interrupt: OpenInterrupt, value: Json): Promise<boolean> {
    const { person } = this.#live;
    try {
      await this.#runs.answer(this.#id, interrupt.id, value);
      return true;
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'BAD_INPUT' || person === undefined) throw error;
      person.say([error.message, error.hint].filter((text) => text !== undefined).join(' '));
      const again = await askFor(interrupt, person);
      if (again !== undefined) return this.#answer(interrupt, again.value);
      this.#left.add(interrupt.id);
      return false;
    }
  }

  async #pause(): Promise<void> {
    const { run } = this.#runs.get(this.#id);
    if (run.status !== 'running' && run.status !== 'queued') return this.#watching.abort();
    this.#live.note('Pausing after this step. Ctrl-C again leaves at once; nothing that was recorded is lost.');
    try {
      await this.#runs.pause(this.#id);
    } catch (error) {
      // It came to rest by itself in between.
      if (!(error instanceof Problem)) throw error;
      this.#watching.abort();
    }
  }

  #draw(): void {
    if (this.#screen === undefined || this.#isAsking) return;
    const { columns, rows, colour } = this.#screen;
    this.#screen.draw(treeLines(this.#title, this.#view, { columns, rows, colour, now: Date.now() }));
  }
}
