// Captures what goes through the gateway: requests and answers become turns, traces, spans, calls and exchanges, soon after and in batches.
import type { CassetteMode, GatewayCall } from '#contract/gateway';
import type { Topic } from '#contract/workspace';
import type { Upstreams } from '../models/upstream.ts';
import type { Clock, Store } from '../ports.ts';
import { sentenceOf } from '../problem.ts';
import type { Redactor } from '../redactor.ts';
import { Cassettes } from './cassettes.ts';
import { CapturedCall, CallReader } from './captured-call.ts';
import type { Answered, Asked, Lookup, Recorder, Recording } from './recorder.ts';
import { TraceWriter } from './trace-writer.ts';

/** What is ready waits so long for more, that one commit may do for many, ms. */
const longestWait = 40;
/** A slice of reading, and one of writing before its commit, ms. */
const sliceMs = 6;
/** Beyond so many steps or bytes that wait, whoever brings more waits until they are written. */
const mostWaiting = 4096;
const mostBytes = 64 * 1024 * 1024;
/** So many calls of runs are passed over to find those of the gateway. */
const mostListed = 20_000;
/** Views are told at most so often, ms. */
const tellMs = 200;

export interface CaptureParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly costOf: Upstreams['costOf'];
  readonly changed: (...topics: Topic[]) => void;
}

/** One thing to be written: the beginning of a call, or its end. */
interface Step {
  readonly call: CapturedCall;
  /** undefined: it has begun. */
  readonly answered: Answered | undefined;
  readonly bytes: number;
}

export class Capture implements Recorder {
  readonly #parts: CaptureParts;
  readonly #reader: CallReader;
  readonly #cassettes: Cassettes;
  readonly #writer: TraceWriter;
  /** Calls whose record in the store is not the last word, oldest first. */
  readonly #live = new Map<string, CapturedCall>();
  /** In order; the first `#read` of them have been read and wait to be written. */
  #steps: Step[] = [];
  #read = 0;
  #bytes = 0;
  #isReading = false;
  #writing: NodeJS.Timeout | undefined;
  #topics = new Set<Topic>();
  #telling: NodeJS.Timeout | undefined;

  constructor(parts: CaptureParts) {
    this.#parts = parts;
    this.#reader = new CallReader(parts);
    this.#cassettes = new Cassettes(parts, this.#reader);
    this.#writer = new TraceWriter(parts.store, parts.clock);
  }

  begin(asked: Asked): Recording {
    const call = new CapturedCall(asked, this.#parts.redactor);
    this.#live.set(asked.id, call);
    this.#add({ call, answered: undefined, bytes: 0 });
    let isEnded = false;
    const traceIdOf = (): string | undefined => this.#traceIdOf(call);
    return {
      get traceId() {
        return traceIdOf();
      },
      streaming: (status) => {
        if (isEnded) return;
        call.record = { ...call.record, state: 'streaming', status };
        this.#tell('gateway');
      },
      finish: (answered) => {
        if (isEnded) return;
        isEnded = true;
        call.finish(answered);
        this.#add({ call, answered, bytes: answered.body.length });
      },
    };
  }

  find(asked: Asked, _mode: CassetteMode): Lookup {
    // Only what is in the store can be found.
    this.settle();
    return this.#cassettes.find(asked);
  }

  /** Calls that an upstream has answered are in the store when it returns. */
  settle(): void {
    if (this.#steps.some(({ answered }) => answered?.from === 'upstream')) this.#drain();
  }

  calls(filter: { readonly key?: string }, limit: number): readonly GatewayCall[] {
    const live = [...this.#live.values()]
      .map(({ record }) => record)
      .filter(({ key }) => filter.key === undefined || key === filter.key)
      .toReversed();
    if (live.length >= limit) return live.slice(0, limit);
    const stored = this.#stored(filter, limit).filter(({ id }) => !this.#live.has(id));
    return [...live, ...stored].toSorted((one, two) => two.at - one.at).slice(0, limit);
  }

  /** The store's list holds the calls of runs, too. */
  #stored(filter: { readonly key?: string }, limit: number): readonly GatewayCall[] {
    for (let wanted = limit; ; wanted *= 8) {
      const listed = this.#parts.store.calls.list(filter, wanted);
      const ours = listed.filter(({ key }) => key !== '').slice(0, limit);
      if (ours.length === limit || listed.length < wanted || wanted > mostListed) return ours;
    }
  }

  async flush(): Promise<void> {
    while (this.#steps.length > 0) {
      this.#readSome(sliceMs);
      this.#writeSome(sliceMs);
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#tellNow();
  }

  #add(step: Step): void {
    this.#steps.push(step);
    this.#bytes += step.bytes;
    this.#tell('gateway');
    if (this.#steps.length > mostWaiting || this.#bytes > mostBytes) this.#drain();
    else this.#schedule();
  }

  #schedule(): void {
    if (this.#read < this.#steps.length && !this.#isReading) {
      this.#isReading = true;
      setImmediate(() => this.#onReading());
    }
    if (this.#steps.length > 0) this.#writing ??= setTimeout(() => this.#onWriting(), longestWait).unref();
  }

  #onReading(): void {
    this.#isReading = false;
    this.#readSome(sliceMs);
    this.#schedule();
  }

  #onWriting(): void {
    this.#writing = undefined;
    this.#readSome(sliceMs);
    this.#writeSome(sliceMs);
    if (this.#steps.length > 0) setImmediate(() => (this.#writing === undefined ? this.#onWriting() : undefined));
  }

  #drain(): void {
    while (this.#steps.length > 0) {
      this.#readSome(Number.POSITIVE_INFINITY);
      this.#writeSome(Number.POSITIVE_INFINITY);
    }
  }

  /** Known once all that came before it has been read: what it continues may be among that. */
  #traceIdOf(call: CapturedCall): string | undefined {
    while (!call.isRead && this.#read < this.#steps.length) this.#readNext();
    return call.record.traceId;
  }

  #readSome(ms: number): void {
    const until = performance.now() + ms;
    while (this.#read < this.#steps.length && performance.now() < until) this.#readNext();
  }

  #readNext(): void {
    const step = this.#steps[this.#read];
    this.#read += 1;
    if (step === undefined) return;
    try {
      if (step.answered === undefined) this.#reader.begin(step.call);
      else this.#reader.end(step.call, step.answered);
    } catch (error) {
      step.call.unwritten(sentenceOf(error));
    }
  }

  /** One transaction. What fails takes nothing else with it. */
  #writeSome(ms: number): void {
    if (this.#read === 0) return;
    const until = performance.now() + ms;
    let done = 0;
    const written: Step[] = [];
    try {
      this.#parts.store.relaxed(() => {
        while (done < this.#read && (done === 0 || performance.now() < until)) {
          const step = this.#steps[done];
          done += 1;
          // Where the end is here too, both are written at once in its place.
          if (step === undefined || (step.answered === undefined && step.call.isWhole)) continue;
          this.#write(step.call, step.answered !== undefined);
          written.push(step);
        }
      });
      for (const { call, answered } of written) call.written(answered !== undefined);
    } catch {
      // All of it was rolled back.
      this.#writeAlone(done);
    }
    this.#settle(done);
  }

  /** The first steps, each by itself; what cannot be written is told with its call, and the rest of that written all the same. */
  #writeAlone(count: number): void {
    const alone = (call: CapturedCall, isEnd: boolean): void => {
      try {
        this.#parts.store.relaxed(() => this.#write(call, isEnd));
        call.written(isEnd);
      } catch (error) {
        call.unwritten(sentenceOf(error));
      }
    };
    for (const { call, answered } of this.#steps.slice(0, count)) {
      // One that was to be written with its end.
      if (answered !== undefined && call.isWhole) alone(call, false);
      alone(call, answered !== undefined);
    }
  }

  #write(call: CapturedCall, isEnd: boolean): void {
    const isNew = isEnd ? call.writeEnd(this.#writer) : call.writeBegin(this.#writer);
    if (isNew) this.#topics.add('workspace');
  }

  #settle(count: number): void {
    const written = this.#steps.slice(0, count);
    this.#steps = this.#steps.slice(count);
    this.#read -= count;
    for (const { call, answered, bytes } of written) {
      this.#bytes -= bytes;
      // One that could not be written is shown from memory as long as there is room.
      if (answered !== undefined && !call.isUnwritten) this.#live.delete(call.asked.id);
    }
    this.#forgetUnwritten();
    this.#tell('traces', 'gateway');
  }

  #forgetUnwritten(): void {
    if (this.#live.size < 2 * mostWaiting) return;
    for (const [id, call] of this.#live) if (call.isUnwritten && call.hasEnded) this.#live.delete(id);
  }

  #tell(...topics: readonly Topic[]): void {
    for (const topic of topics) this.#topics.add(topic);
    this.#telling ??= setTimeout(() => this.#tellNow(), tellMs).unref();
  }

  #tellNow(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    if (this.#topics.size > 0) this.#parts.changed(...this.#topics);
    this.#topics = new Set();
  }
}
