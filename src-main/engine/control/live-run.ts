// A run that is in a runner: what main keeps in mind of it until it leaves.
import type { JournalEvent, RunError } from '#contract/journal';
import type { RunSummary } from '#contract/run';
import type { Bundle, NewEvent } from '../ports.ts';
import { InTurn } from './in-turn.ts';
import { OpenInterrupts, isWithin } from './interrupts.ts';
import { nodePath } from '../run/path.ts';
import { EffectLedger } from './ledger.ts';
import type { Recording } from './recording.ts';

/** An effect under way. */
export interface Flight {
  readonly stop: AbortController;
  /** Whether it may be done again: then nothing is lost where it is stopped. */
  readonly isRepeatable: boolean;
}

export class LiveRun {
  readonly id: string;
  readonly agent: string;
  readonly seed: number;
  readonly bundle: Bundle;
  readonly interrupts = new OpenInterrupts();
  readonly ledger = new EffectLedger();
  /** Effects under way, by key. */
  readonly flights = new Map<string, Flight>();
  /** Interrupts answered while it was in the runner whose nodes have shown nothing of it yet. */
  readonly unheard = new Set<string>();
  /** Where effects come from before they come from the world. */
  readonly recording: Recording | undefined;
  /** In which order they come from there. */
  readonly turns: InTurn | undefined;
  /** Items taken from its runner. */
  received = 0;
  /** Its last event has been taken: nothing follows it. */
  hasEnded = false;
  isCancelled = false;
  /** Its runner was told to stop at the next step. */
  isPauseAsked = false;
  /** It has paused or gone to sleep. */
  rest: 'paused' | 'slept' | undefined;
  /** It has done something of its own: what its runner refuses then leaves it as it was. */
  hasBegun: boolean;
  /** Why its order could not be begun. */
  refusal: RunError | undefined;
  /** Last finished step of the run's own scope. */
  step: number;
  /** Steps, nodes and effects that came to their end: what tells getting on from beginning anew. */
  results = 0;
  #isAtStart: boolean;

  readonly #gone = Promise.withResolvers<void>();
  readonly #begun = Promise.withResolvers<void>();

  constructor(options: {
    readonly run: RunSummary;
    readonly bundle: Bundle;
    /** Of the step at hand. */
    readonly events: readonly JournalEvent[];
    readonly recording: Recording | undefined;
  }) {
    const { run, bundle, events, recording } = options;
    this.id = run.id;
    this.agent = run.agent;
    this.seed = run.seed;
    this.step = run.step;
    this.#isAtStart = run.step === 0;
    this.bundle = bundle;
    this.recording = recording;
    this.turns =
      recording === undefined ? undefined : new InTurn(recording, (key) => this.ledger.get(key)?.state === 'settled');
    for (const { event, at } of events) this.accept({ event, at });
    // The steps that a fork begins with are another run's.
    this.hasBegun = run.status !== 'queued';
  }

  /** The step of its own scope that comes next, 0 where it has not begun. */
  get nextStep(): number {
    return this.#isAtStart ? 0 : this.step + 1;
  }

  /** Resolves when it has left its runner and all it did is on disk. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  leave(): void {
    this.#gone.resolve();
    this.#begun.resolve();
  }

  /** Resolves when its runner has done anything with it, or will not. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  showsUp(): void {
    this.#begun.resolve();
  }

  /** Its runner has shown that the node at `path` goes on: it knows what that was told. */
  hears(path: string): void {
    if (this.unheard.size === 0) return;
    for (const id of this.unheard) if (isWithin(id, path)) this.unheard.delete(id);
  }

  /** It goes into another runner after it lost its own; what is under way for it in main goes on. */
  moveOn(): void {
    this.received = 0;
    this.rest = undefined;
    this.isPauseAsked = false;
    this.unheard.clear();
    this.refusal = undefined;
  }

  /** Takes an event into account that will be written, or is. */
  accept({ event, at }: NewEvent): void {
    this.interrupts.apply(event, at);
    this.ledger.apply(event);
    switch (event.type) {
      case 'run.paused':
        this.rest = 'paused';
        return;
      case 'run.slept':
        this.rest = 'slept';
        return;
      case 'run.resumed':
        this.rest = undefined;
        return;
      case 'effect.finished':
        this.results += 1;
        return;
      case 'step.finished':
        this.rest = undefined;
        this.results += 1;
        if (event.scope !== '') return;
        this.hasBegun = true;
        this.#isAtStart = false;
        this.step = event.step;
        this.unheard.clear();
        return;
      case 'node.finished':
      case 'node.failed':
        this.results += 1;
        return this.hears(nodePath(event.scope, event.step, event.node));
      case 'run.finished':
      case 'run.failed':
      case 'run.cancelled':
      case 'run.departed':
        this.hasEnded = true;
        return;
      default:
        return;
    }
  }
}

/** Why an effect is stopped that will be asked for again: nothing of it goes on record. */
export class Withdrawn extends Error {
  override readonly name = 'AbortError';
}
