// A world in one process for runs: the real host of runs, a journal in memory, effects from a script, crashes wherever a test wants one.
import type { JournalEvent, RunError, RunEvent, Usage } from '#contract/journal';
import type { Breakpoint } from '#contract/run';
import type { Json, JsonObject, Message } from '#contract/turn';
import type { AgentDefinition } from '#engine/graph/definition';
import type { Snapshot } from '#engine/ports';
import { foldRun, type FoldedInterrupt, type RunFold } from '#engine/run/fold';
import {
  fromRunnerSchema,
  modelRequestSchema,
  type EffectAsk,
  type FromRunner,
  type ModelRequest,
  type RunOrder,
  type Settled,
} from '#engine/run/protocol';
import { RunHost } from '#engine/run/run-host';
import { turnBelow, turnsOf } from '#engine/turns/path';
import { runEventSchema } from '#contract/journal';

/** An effect that the run asks for. */
export interface Asked {
  readonly key: string;
  readonly kind: EffectAsk['kind'];
  readonly name: string;
  /** Of a model: a ModelRequest. */
  readonly request: Json;
}

export type Outcome =
  | { readonly result: Json; readonly usage?: Usage }
  | { readonly error: RunError }
  /** It waits for a person; `allow` later says what then. */
  | { readonly suspended: true };

export interface WorldOptions {
  readonly agent: { readonly definition: AgentDefinition };
  readonly input?: JsonObject;
  readonly seed?: number;
  /** What effects come to; by default tools give null, and nothing is kept in the cache. */
  readonly effects?: (asked: Asked) => Outcome | Promise<Outcome>;
  /** What a person says to an interrupt when the run has gone to sleep; undefined: nothing yet. Waits are over at once. */
  readonly answers?: (interrupt: FoldedInterrupt) => Json | undefined;
  /** Told of every event as it is written. */
  readonly onEvent?: (entry: JournalEvent, world: RunWorld) => void;
  /** Main: a journal of another run that effects are served from by key. */
  readonly given?: Readonly<Record<string, Json>>;
}

export type OrderOptions = Partial<
  Pick<RunOrder, 'breakpoints' | 'until' | 'pause' | 'edit' | 'migrateFrom' | 'hash'>
> & {
  /** Taken up in another version of the agent. */
  readonly agent?: WorldOptions['agent'];
};

const runId = 'a'.repeat(32);
const noUsage: Usage = { inputTokens: 0, outputTokens: 0 };

/** A text that a model says. */
export function says(text: string, usage: Usage = { inputTokens: 10, outputTokens: 5 }): Outcome {
  return modelSays({ content: [{ text, type: 'text' }], role: 'assistant' }, usage);
}

export function modelSays(message: Message, usage: Usage = { inputTokens: 10, outputTokens: 5 }): Outcome {
  const result = { message, stop: 'end', model: 'test' } as unknown as Json;
  return { result, usage };
}

/** What a run asked a model, with its messages. */
export function modelRequest(asked: Asked): ModelRequest {
  return modelRequestSchema.parse(asked.request);
}

export class RunWorld {
  readonly options: WorldOptions;
  /** The journal. */
  readonly events: JournalEvent[] = [];
  readonly snapshots: Snapshot[] = [];
  /** Every effect that was done in the world, in order. */
  readonly performed: Asked[] = [];
  /** Sizes of batches, in items. */
  readonly batches: number[] = [];
  refused: RunError | undefined;
  /** The journal's length in characters, as it was sent. */
  bytes = 0;
  #host: RunHost | undefined;
  /** Counts takings up, so that what an older one still sends is let go. */
  #life = 0;
  #left: (() => void) | undefined;
  #received = 0;
  /** A batch is being written. */
  #isHolding = false;

  constructor(options: WorldOptions) {
    this.options = options;
  }

  get fold(): RunFold {
    return foldRun(this.events);
  }

  /** Last state of the run's own scope. */
  get state(): JsonObject | undefined {
    return this.fold.root?.state;
  }

  ofType<Type extends RunEvent['type']>(type: Type): Extract<RunEvent, { readonly type: Type }>[] {
    return this.events.flatMap(({ event }) =>
      event.type === type ? [event as Extract<RunEvent, { readonly type: Type }>] : [],
    );
  }

  /** Begins the run, or takes it up from its journal; resolves when it has left the runner, or crashed. */
  async go(options: OrderOptions = {}): Promise<RunFold> {
    const { agent = this.options.agent, ...more } = options;
    this.#received = 0;
    const isNew = this.events.length === 0;
    if (isNew) this.#write(this.#started());
    else this.#write({ type: 'run.resumed', why: 'test' });
    const life = (this.#life += 1);
    const hasBegun = this.events.some(({ event }) => event.type === 'step.finished');
    const snapshot = this.snapshots.at(-1);
    const order: RunOrder = {
      run: runId,
      agent: 'test',
      url: 'file:///test.mjs',
      input: this.options.input ?? {},
      seed: this.options.seed ?? 1,
      breakpoints: [],
      ...more,
      ...(hasBegun || this.options.given !== undefined
        ? {
            resume: {
              snapshot,
              events: hasBegun ? this.events.filter(({ seq }) => seq > (snapshot?.seq ?? 0)) : [],
              used: this.fold.usage,
              ...(this.options.given === undefined ? {} : { given: this.options.given }),
            },
          }
        : {}),
    };
    const left = new Promise<void>((resolve) => {
      this.#left = resolve;
    });
    const host = new RunHost({
      send: (message) => this.#life === life && this.#receive(structuredClone(message), life),
      load: () => Promise.resolve(agent.definition),
    });
    this.#host = host;
    host.receive({ type: 'run', order: structuredClone(order) });
    await left;
    return this.fold;
  }

  /** The same, and takes it up again whenever it has slept and something was answered, until it has ended or nothing can be done. */
  async finish(options: OrderOptions = {}): Promise<RunFold> {
    let fold = await this.go(options);
    while (this.#hasFallenAsleep(fold)) {
      if (!this.#answerAll(fold)) break;
      fold = await this.go();
    }
    return fold;
  }

  /** Drops the runner, and with it all that it has not sent and all effects under way. */
  crash(): void {
    this.#life += 1;
    this.#host = undefined;
    this.#left?.();
  }

  /** Answers an interrupt while the run is in the runner, or not. */
  answer(id: string, value: Json): void {
    this.#write({ type: 'interrupt.answered', id, value, by: 'test' });
    this.#host?.receive({ type: 'answer', run: runId, interrupt: id, value });
  }

  pause(): void {
    this.#host?.receive({ type: 'pause', run: runId });
  }

  cancel(): void {
    this.#host?.receive({ type: 'cancel', run: runId });
  }

  setBreakpoints(breakpoints: readonly Breakpoint[]): void {
    this.#host?.receive({ type: 'breakpoints', run: runId, breakpoints });
  }

  /** What a person decided about an effect that waits. */
  allow(key: string, outcome: Outcome): void {
    const asked = this.performed.findLast((one) => one.key === key);
    if (asked === undefined) throw new Error(`No effect ${key} waits.`);
    this.#finish(asked, outcome);
  }

  #started(): RunEvent {
    const { input = {}, seed = 1 } = this.options;
    return { type: 'run.started', agent: 'test', file: 'agents/test.agent.ts', hash: 'h', input, seed };
  }

  #hasFallenAsleep({ status }: RunFold): boolean {
    return status === 'sleeping' || status === 'waiting';
  }

  #answerAll(fold: RunFold): boolean {
    let hasAnswered = fold.openInterrupts().length === 0;
    for (const interrupt of fold.openInterrupts()) {
      const value = interrupt.kind === 'wait' ? null : this.options.answers?.(interrupt);
      if (value === undefined) continue;
      this.answer(interrupt.id, value);
      hasAnswered = true;
    }
    return hasAnswered;
  }

  #receive(given: FromRunner, life: number): void {
    const message = fromRunnerSchema.parse(given);
    if (message.type === 'refused') this.refused = message.error;
    if (message.type === 'refused' || message.type === 'left') this.#left?.();
    if (message.type !== 'batch') return;
    this.batches.push(message.items.length);
    this.#received += message.items.length;
    const asked: EffectAsk[] = [];
    const before = this.events.length;
    this.#isHolding = true;
    for (const item of message.items) {
      if ('event' in item) {
        this.bytes += item.event.length;
        this.#write(runEventSchema.parse(JSON.parse(item.event)), item.at);
      } else if ('effect' in item) {
        asked.push(item.effect);
        this.#request(item.effect);
      } else {
        const seq = this.events.length;
        this.bytes += item.snapshot.length;
        this.snapshots.push({ ...(JSON.parse(item.snapshot) as Omit<Snapshot, 'seq'>), seq });
      }
    }
    this.#isHolding = false;
    // A batch is written as one: a crash comes before or after it.
    for (const entry of this.events.slice(before)) this.options.onEvent?.(entry, this);
    if (this.#life !== life) return;
    for (const one of asked) void this.#perform(one, life);
    this.#host?.receive({ type: 'ack', run: runId, count: this.#received });
  }

  #request(effect: EffectAsk): void {
    const request = journaledRequest(effect);
    const before = this.fold.effect(effect.key);
    const again = before === undefined ? {} : { again: before.asked + 1 };
    const { key, kind, name } = effect;
    this.#write({ type: 'effect.requested', key, kind, name, request, ...again });
  }

  async #perform(effect: EffectAsk, life: number): Promise<void> {
    const { key, kind, name } = effect;
    const asked: Asked = { key, kind, name, request: JSON.parse(effect.request) as Json };
    if (kind === 'cache' && this.options.effects === undefined) return this.#finish(asked, { result: null });
    this.performed.push(asked);
    const outcome = (await this.options.effects?.(asked)) ?? { result: null };
    if (this.#life === life) this.#finish(asked, outcome);
    return undefined;
  }

  #finish(asked: Asked, outcome: Outcome): void {
    const { key } = asked;
    if ('suspended' in outcome) {
      this.#write({ type: 'interrupt.opened', id: key, kind: 'approval', title: `Allow ${asked.name}?` });
      this.#settle(key, { suspended: key });
      return;
    }
    if ('error' in outcome) {
      this.#write({ type: 'effect.finished', key, ms: 0, error: outcome.error });
      this.#settle(key, { error: outcome.error });
      return;
    }
    if (asked.kind !== 'model') {
      this.#write({ type: 'effect.finished', key, ms: 0, result: outcome.result });
      this.#settle(key, { result: outcome.result });
      return;
    }
    const { result, usage = noUsage } = outcome;
    const answer = result as JsonObject;
    const read = turnsOf(modelRequestSchema.parse(asked.request).messages).at(-1);
    const wrote = turnBelow(read, answer.message as unknown as Message).id;
    this.#write({ type: 'effect.finished', key, ms: 0, result: { wrote, ...answer }, usage });
    this.#settle(key, { result: { ...answer, usage: usage as unknown as Json } });
  }

  #settle(key: string, settled: Settled): void {
    this.#host?.receive({ type: 'settled', run: runId, key, settled: structuredClone(settled) });
  }

  #write(event: RunEvent, at = Date.now()): void {
    const entry: JournalEvent = { seq: this.events.length + 1, at, event };
    this.events.push(entry);
    if (!this.#isHolding) this.options.onEvent?.(entry, this);
  }
}

function journaledRequest({ kind, request }: EffectAsk): Json {
  if (kind !== 'model') return JSON.parse(request) as Json;
  const { messages, parameters } = modelRequestSchema.parse(JSON.parse(request));
  return { read: turnsOf(messages).at(-1)?.id ?? '', parameters };
}
