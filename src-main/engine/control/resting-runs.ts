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

type Answered = Extract<RunEvent, { readonly type: 'interrupt.answered' }>;

/** `open`: interrupts that a person must answer after that. */
interface Addition {
  readonly events: readonly RunEvent[];
  readonly open: number;
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

  /**
   * What `make` says of the run as it is then; to a run that is in no runner. CONFLICT where it has got into one meanwhile, or has ended;
   * what `make` throws.
   */
  async append(id: string, make: (run: RunSummary) => Addition): Promise<RunSummary> {
    const written = await this.#parts.writer.do(() => {
      if (this.#parts.residents.live(id) !== undefined) throw justGoneOn();
      const run = knownRun(this.#parts.store.runs, id);
      if (hasEnded(run)) throw new Problem('CONFLICT', 'The run has just ended.');
      const { events, open } = make(run);
      return this.#appendNow(id, events, open);
    });
    const run = knownRun(this.#parts.store.runs, id);
    this.#parts.committed(run, written);
    return run;
  }

  /**
   * Answers on record and the run under way with them, or neither: a crash between the two leaves it running. A paused one stays so, and
   * needs no `ready`. CONFLICT where a question has been answered meanwhile.
   */
  async answer(id: string, answers: readonly Answered[], why: string, ready: Ready | undefined): Promise<void> {
    const run = await this.append(id, (now) => {
      const { known } = this.#parts;
      const interrupts = known.interrupts(now);
      if (answers.some((one) => interrupts.get(one.id) === undefined))
        throw new Problem('CONFLICT', 'This question has just been answered.');
      const isPaused = now.status === 'paused';
      if (!isPaused && ready === undefined) throw justGoneOn();
      const resumed: RunEvent[] = isPaused ? [] : [{ type: 'run.resumed', why }];
      return { events: [...answers, ...resumed], open: known.openAfter(now, ...answers) };
    });
    // Something else may have come into the same commit.
    if (run.status === 'running' && ready !== undefined)
      await this.#parts.residents.takeUp(id, { why: undefined, ready });
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
      const answers = due.map((one): Answered => ({
        type: 'interrupt.answered',
        id: one.id,
        value: null,
        by: 'clock',
      }));
      await this.answer(id, answers, 'its time has come', ready);
    } catch (error) {
      if (this.#parts.writer.problem === undefined) this.#parts.residents.putAside(id, error);
    }
  }
}

function justGoneOn(): Problem {
  return new Problem('CONFLICT', 'The run has just gone on.', 'Try again.');
}
