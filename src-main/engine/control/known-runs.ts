// What is known of runs, wherever they are: their summaries, their open interrupts, where they stand.
import type { RunEvent } from '#contract/journal';
import type { RunSummary } from '#contract/run';
import type { Clock } from '../ports.ts';
import { hasEnded } from './head.ts';
import { OpenInterrupts } from './interrupts.ts';
import type { Orders, Standing } from './orders.ts';
import type { Residents } from './residents.ts';

export class KnownRuns {
  readonly #clock: Clock;
  readonly #orders: Orders;
  readonly #residents: Residents;

  constructor(clock: Clock, orders: Orders, residents: Residents) {
    this.#clock = clock;
    this.#orders = orders;
    this.#residents = residents;
  }

  interrupts(run: RunSummary): OpenInterrupts {
    const live = this.#residents.live(run.id);
    if (live !== undefined) return live.interrupts;
    const open = new OpenInterrupts();
    if (!hasEnded(run)) for (const { event, at } of this.#orders.standing(run).events) open.apply(event, at);
    return open;
  }

  /** How many interrupts a person must answer, once these events have happened. */
  openAfter(run: RunSummary, ...events: readonly RunEvent[]): number {
    const open = this.interrupts(run).copy();
    for (const event of events) open.apply(event, this.#clock.now());
    return open.forPeople;
  }

  /** Whether nothing of a step has been done since the last one of its own scope ended. */
  isBetweenSteps(run: RunSummary): boolean {
    return isBetweenSteps(this.#orders.standing(run));
  }
}

const betweenSteps: readonly RunEvent['type'][] = [
  'run.started',
  'run.resumed',
  'run.paused',
  'run.edited',
  'run.migrated',
  'log',
];

function isBetweenSteps({ events }: Standing): boolean {
  for (const { event } of events.toReversed()) {
    if (event.type === 'step.finished' && event.scope === '') return true;
    if (!betweenSteps.includes(event.type)) return false;
  }
  return true;
}
