// Runs that are in no runner: what is put into their journals there, and how they are woken.
import type { JournalEvent, RunEvent } from '#contract/journal';
import type { RunSummary } from '#contract/run';
import type { Clock, NewEvent, Store } from '../ports.ts';
import { Problem } from '../problem.ts';
import { hasEnded, headAfter } from './head.ts';
import type { JournalWriter } from './journal-writer.ts';
import { knownRun } from './find-run.ts';
import type { KnownRuns } from './known-runs.ts';
import type { Orders, Ready } from './orders.ts';
import type { Residents } from './residents.ts';

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly writer: JournalWriter;
  readonly orders: Orders;
  readonly residents: Residents;
  readonly known: KnownRuns;
  readonly committed: (run: RunSummary, events: readonly JournalEvent[]) => void;
}

export class RestingRuns {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Inside a commit: to a run that is in no runner. */
  #appendNow(id: string, events: readonly RunEvent[], open: number): readonly JournalEvent[] {
    const at = this.#parts.clock.now();
    const entries = events.map((event): NewEvent => ({ at, event }));
    return this.#parts.store.runs.append(id, entries, (run) => headAfter(run, entries, open));
  }

  /** To a run that is in no runner; CONFLICT where it has got into one meanwhile. */
  async append(id: string, events: readonly RunEvent[], open: number): Promise<RunSummary> {
    const written = await this.#parts.writer.do(() => {
      if (this.#parts.residents.live(id) !== undefined)
        throw new Problem('CONFLICT', 'The run has just gone on.', 'Try again.');
      if (hasEnded(knownRun(this.#parts.store.runs, id))) throw new Problem('CONFLICT', 'The run has just ended.');
      return this.#appendNow(id, events, open);
    });
    const run = knownRun(this.#parts.store.runs, id);
    this.#parts.committed(run, written);
    return run;
  }

  /** Answers on record and the run under way with them, or neither: a crash between the two leaves it running. */
  async answer(run: RunSummary, answers: readonly RunEvent[], why: string, ready: Ready): Promise<void> {
    const open = this.#parts.known.openAfter(run, ...answers);
    await this.append(run.id, [...answers, { type: 'run.resumed', why }], open);
    await this.#parts.residents.takeUp(run.id, { why: undefined, ready });
  }

  async takeUpAgain(run: RunSummary, why: string): Promise<void> {
    const hasBegun = this.#parts.store.runs.events(run.id, 1, 1).length > 0;
    try {
      await this.#parts.residents.takeUp(run.id, { why: hasBegun ? why : undefined });
    } catch (error) {
      this.#parts.residents.putAside(run.id, error);
    }
  }

  /** Never rejects. */
  async wake(id: string): Promise<void> {
    if (this.#parts.residents.has(id)) return;
    try {
      const run = knownRun(this.#parts.store.runs, id);
      const ready = await this.#parts.orders.ready(run);
      const now = this.#parts.clock.now();
      const due = this.#parts.known.interrupts(run).due(now);
      const answers = due.map((one): RunEvent => ({
        type: 'interrupt.answered',
        id: one.id,
        value: null,
        by: 'clock',
      }));
      await this.answer(run, answers, 'its time has come', ready);
    } catch (error) {
      if (this.#parts.writer.problem === undefined) this.#parts.residents.putAside(id, error);
    }
  }
}
