// Runners, bundler and models that a test plays by hand: what a run does is what the test says it does.
import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { RunError, RunEvent } from '#contract/journal';
import type { RunSummary } from '#contract/run';
import type { Json, JsonObject } from '#contract/turn';
import { RunControl } from '#engine/control/run-control';
import type { ModelCall, ModelReply } from '#engine/models/model';
import { Models } from '#engine/models/models';
import { noRedaction, type Redactor } from '#engine/redactor';
import type { Bundle, Bundler, Clock, Store } from '#engine/ports';
import type { BatchItem, Description, RunOrder, ToolFace } from '#engine/run/protocol';
import { RunFailure } from '#engine/run/run-failure';
import type { RunMessage, RunnerListener, Runners, ToolCall } from '#engine/runner/runners';

export class PlayedClock implements Clock {
  time = 1_000_000;
  now(): number {
    return this.time;
  }
}

/** Files by path; a bundle is its file alone and those named in `with`. */
export class PlayedBundler implements Bundler {
  readonly files = new Map<string, { text: string; with: readonly string[] }>();

  put(file: string, text: string, others: readonly string[] = []): void {
    this.files.set(file, { text, with: others });
  }

  bundle(_folder: string, file: string): Promise<Bundle> {
    const found = this.files.get(file);
    if (found === undefined) return Promise.reject(new Error(`there is no ${file}`));
    const names = [file, ...found.with];
    const files = Object.fromEntries(names.map((name) => [name, this.files.get(name)?.text ?? '']));
    const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex');
    return Promise.resolve({ hash, url: `file:///${file}?${hash}`, files });
  }
}

export class PlayedRunners implements Runners {
  readonly #listener: RunnerListener;
  readonly orders: { readonly order: RunOrder; readonly alone: boolean }[] = [];
  readonly sent: RunMessage[] = [];
  readonly dropped: string[] = [];
  readonly calls: ToolCall[] = [];
  readonly in = new Set<string>();
  /** By the file in a bundle's URL. */
  readonly descriptions = new Map<string, Description>();
  tool: (call: ToolCall) => Promise<Json> = () => Promise.resolve('done');

  constructor(listener: RunnerListener) {
    this.#listener = listener;
  }

  run(order: RunOrder, alone: boolean): void {
    this.orders.push({ order, alone });
    this.in.add(order.run);
    // It shows that it has come.
    queueMicrotask(() => this.#listener.batch(order.run, []));
  }

  send(message: RunMessage): void {
    this.sent.push(message);
  }

  has(run: string): boolean {
    return this.in.has(run);
  }

  describe(url: string): Promise<Description> {
    const file = url.slice('file:///'.length, url.indexOf('?'));
    const found = this.descriptions.get(file);
    if (found !== undefined) return Promise.resolve(found);
    return Promise.reject(new RunFailure({ name: 'SyntaxError', message: 'it does not load' }));
  }

  callTool(call: ToolCall): Promise<Json> {
    this.calls.push(call);
    return this.tool(call);
  }

  drop(run: string): void {
    this.dropped.push(run);
    this.in.delete(run);
  }

  warm(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }

  /* What the runner does ---------------------------------------------------------------------------------------------------------------- */

  /** The run's last order. */
  orderOf(run: string): RunOrder {
    const order = this.orders.findLast((one) => one.order.run === run)?.order;
    if (order === undefined) throw new Error(`${run} was not ordered`);
    return order;
  }

  tells(run: string, ...events: readonly RunEvent[]): void {
    this.#listener.batch(
      run,
      events.map((event): BatchItem => ({ at: 1_000_000, event: JSON.stringify(event) })),
    );
  }

  says(run: string, ...items: readonly BatchItem[]): void {
    this.#listener.batch(run, items);
  }

  asks(run: string, key: string, kind: 'model' | 'tool' | 'cache', name: string, request: Json | object): void {
    this.says(run, { at: 1_000_000, effect: { key, kind, name, request: JSON.stringify(request) } });
  }

  leaves(run: string, last: RunEvent): void {
    this.tells(run, last);
    this.in.delete(run);
    this.#listener.left(run);
  }

  left(run: string): void {
    this.in.delete(run);
    this.#listener.left(run);
  }

  refuses(run: string, error: RunError): void {
    this.in.delete(run);
    this.#listener.refused(run, error);
  }

  loses(run: string, alone: boolean): void {
    this.in.delete(run);
    this.#listener.lost(run, { name: 'Lost', message: 'its runner died' }, alone);
  }

  prints(run: string | undefined, text: string, dropped = 0): void {
    this.#listener.output(run, text, dropped);
  }

  /** What main said about this effect. */
  settled(run: string, key: string): unknown {
    return this.sent.findLast((one) => one.type === 'settled' && one.run === run && one.key === key);
  }
}

export const agentFile = 'agents/a.agent.ts';
export const toolFile = 'tools/t.ts';

export function toolFace(name: string, more: Partial<ToolFace> = {}): ToolFace {
  const face = { name, description: name, file: toolFile, input: {}, effect: 'read', idempotent: false } as const;
  return { ...face, ...more };
}

export interface Played {
  readonly control: RunControl;
  readonly runners: PlayedRunners;
  readonly bundler: PlayedBundler;
  readonly clock: PlayedClock;
  readonly store: Store;
  readonly changes: { count: number };
  /** Answers the models give; set anew where a test wants others. */
  readonly models: { reply: (call: ModelCall) => Promise<ModelReply> };
  /** Starts a run whose first step is done. */
  readonly begin: (input?: JsonObject) => Promise<RunSummary>;
  /** What was put off until the end of this turn of the loop is done, several times over. */
  readonly settle: () => Promise<void>;
  readonly types: (run: string) => string[];
}

export interface PlayedOptions {
  readonly redactor?: Redactor;
  readonly folder?: string;
  readonly clock?: PlayedClock;
  readonly bundler?: PlayedBundler;
  readonly tools?: readonly ToolFace[];
  readonly version?: string;
  readonly migratesFrom?: readonly string[];
  /** It is not closed, as if its process had died. */
  readonly crashes?: boolean;
}

export function say(text: string): ModelReply {
  const message = { role: 'assistant', content: [{ type: 'text', text }] } as const;
  return {
    message: { ...message, content: [...message.content] },
    stop: 'end',
    model: 'm',
    usage: { inputTokens: 2, outputTokens: 3 },
  };
}

/** A control over `store`, in whose workspace there is one agent and one tool file. */
export function played(store: Store, options: PlayedOptions = {}): Played {
  const clock = options.clock ?? new PlayedClock();
  const bundler = options.bundler ?? new PlayedBundler();
  if (options.bundler === undefined) {
    bundler.put(agentFile, 'an agent', [toolFile]);
    bundler.put(toolFile, 'tools');
  }
  const tools = [...(options.tools ?? [])];
  const changes = { count: 0 };
  const models: Played['models'] = { reply: () => Promise.resolve(say('hello')) };
  let runners: PlayedRunners | undefined;
  const control = new RunControl({
    store,
    clock,
    bundler,
    folder: options.folder ?? '/nowhere',
    runners: (listener) => (runners = new PlayedRunners(listener)),
    models: new Models([{ name: 'test', call: (call) => models.reply(call) }]),
    redactor: options.redactor ?? noRedaction,
    changed: () => void (changes.count += 1),
    written: () => undefined,
    failed: (sentence) => {
      throw new Error(sentence);
    },
  });
  if (runners === undefined) throw new Error('the control made no runners');
  const own = runners;
  own.descriptions.set(agentFile, {
    agent: {
      input: { type: 'object', properties: { n: { type: 'number' }, text: { type: 'string' } } },
      state: {},
      migratesFrom: [...(options.migratesFrom ?? [])],
      tools,
      ...(options.version === undefined ? {} : { version: options.version }),
    },
    tools: [],
  });
  own.descriptions.set(toolFile, { tools });
  if (options.crashes !== true) onTestFinished(() => control.close());
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    control,
    runners: own,
    bundler,
    clock,
    store,
    changes,
    models,
    settle,
    async begin(input = {}) {
      const run = await control.start({ file: agentFile, input, seed: 7 });
      own.tells(run.id, step(0, {}, ['n']));
      await settle();
      return run;
    },
    types: (run) => store.runs.events(run, 0, 1000).map(({ event }) => event.type),
  };
}

export function step(n: number, state: JsonObject, next: string[], scope = ''): RunEvent {
  return { type: 'step.finished', scope, step: n, delta: [['=', [], state]], next };
}

export function node(n: number, name: string, scope = ''): RunEvent {
  return { type: 'node.finished', scope, step: n, node: name, ms: 1 };
}
