// The runner's end of a journal: collects what happens in a run and sends it to main in batches, in order.
import type { RunEvent } from '#contract/journal';
import { largestItem, type BatchItem, type EffectAsk, type FromRunner } from './protocol.ts';
import { failure } from './run-failure.ts';

/** Items and characters over which a batch goes at once. */
const fullItems = 256;
const fullSize = 65_536;
/** Items that main has not confirmed, over which a run waits for it. */
const farAhead = 4000;
/** Events since the last snapshot, in characters, below which none is worth it. */
const leastForSnapshot = 65_536;

export class Journal {
  readonly #run: string;
  readonly #send: (message: FromRunner) => void;
  #items: BatchItem[] = [];
  #size = 0;
  #isDue = false;
  #isClosed = false;
  #sent = 0;
  #acked = 0;
  #waiting: (() => void)[] = [];
  /** Characters of events since the last snapshot, and of that. */
  #since = 0;
  #snapshotSize: number;

  constructor(run: string, send: (message: FromRunner) => void, snapshotSize: number) {
    this.#run = run;
    this.#send = send;
    this.#snapshotSize = snapshotSize;
  }

  /** Throws a RunFailure "TooLarge" where the event is so large that it would hold up everybody. */
  emit(event: RunEvent): void {
    if (this.#isClosed) return;
    const text = JSON.stringify(event);
    requireSmall(text, placeOf(event));
    // Code that tells a thousand things without a pause: none of these belongs together with what comes next.
    if (event.type === 'log' || event.type === 'clock.read') this.flushIfFull();
    this.#since += text.length;
    this.#put({ at: Date.now(), event: text }, text.length);
  }

  /** At once: main cannot do it before it is on disk. */
  ask(effect: EffectAsk): void {
    if (this.#isClosed) return;
    requireSmall(effect.request, `What is asked under ${effect.key}`);
    this.#since += effect.request.length;
    this.#put({ at: Date.now(), effect }, effect.request.length);
    this.flush();
  }

  /** Right after the event that it covers; where enough has come since the last one. */
  snapshotIfDue(make: () => string): void {
    if (this.#isClosed || this.#since < Math.max(leastForSnapshot, 2 * this.#snapshotSize)) return;
    const snapshot = make();
    this.#since = 0;
    this.#snapshotSize = snapshot.length;
    // Then more of the journal is read when the run is taken up again.
    if (snapshot.length > largestItem) return;
    this.#put({ snapshot }, snapshot.length);
  }

  /** To be called between steps, so that what belongs into one transaction goes in one batch. */
  flushIfFull(): void {
    if (this.#items.length >= fullItems || this.#size >= fullSize) this.flush();
  }

  flush(): void {
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    this.#size = 0;
    this.#sent += items.length;
    this.#send({ type: 'batch', run: this.#run, items });
  }

  /** What is emitted from now on is lost: the run is over here. */
  close(): void {
    this.flush();
    this.#isClosed = true;
  }

  acked(count: number): void {
    this.#acked = Math.max(this.#acked, count);
    if (this.isFarAhead) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
  }

  get isFarAhead(): boolean {
    return this.#sent + this.#items.length - this.#acked > farAhead;
  }

  /** Resolves when main has caught up. */
  async caughtUp(): Promise<void> {
    this.flush();
    if (this.isFarAhead) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
  }

  #put(item: BatchItem, size: number): void {
    this.#items.push(item);
    this.#size += size;
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.flush();
    });
  }
}

function placeOf(event: RunEvent): string {
  if ('node' in event) return `What "${event.node}" gave`;
  return event.type === 'step.finished' ? `What step ${event.step} changed in the state` : 'What is to be recorded';
}

function requireSmall(text: string, what: string): void {
  if (text.length <= largestItem) return;
  const millions = (length: number): string => `${Math.round(length / 1e6)} million characters`;
  throw failure(
    'TooLarge',
    `${what} is too large: it has ${millions(text.length)}, and ${millions(largestItem)} are the most.`,
    'Keep large data in files that tools write and read, and only their names in the state.',
  );
}
