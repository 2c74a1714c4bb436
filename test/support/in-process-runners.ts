// Runners in the same process: the real scheduler on agents and tools that a test has in its hands, without files, bundles or children.
import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { Json } from '#contract/turn';
import { RunControl, type RunControlParts } from '#engine/control/run-control';
import type { Agent } from '#engine/graph/define-agent';
import type { Tool } from '#engine/graph/define-tool';
import type { Shape } from '#engine/graph/channels';
import { Models } from '#engine/models/models';
import { noRedaction, type Redactor } from '#engine/redactor';
import type { ModelProvider } from '#engine/models/model';
import type { Bundle, Bundler, Clock, Store } from '#engine/ports';
import { describeAgent, describeTools, toolIn } from '#engine/run/describe';
import { toJson } from '#engine/run/plain-json';
import type { Description, FromRunner, RunOrder } from '#engine/run/protocol';
import { RunHost } from '#engine/run/run-host';
import { RunFailure, runErrorOf } from '#engine/run/run-failure';
import type { RunMessage, RunnerListener, Runners, ToolCall } from '#engine/runner/runners';

/** The workspace of a test: files that are not there, with what they would hold. `text` stands for what is written in them. */
export class Shelf implements Bundler {
  readonly #files = new Map<string, { readonly text: string; readonly with: readonly string[] }>();
  readonly #modules = new Map<string, Readonly<Record<string, unknown>>>();

  putAgent(file: string, agent: Agent<Shape>, text = 'an agent', others: readonly string[] = []): void {
    this.#files.set(file, { text, with: others });
    this.#modules.set(`${file} ${text}`, { default: agent });
  }

  putTools(file: string, tools: Readonly<Record<string, Tool<never, unknown>>>, text = 'tools'): void {
    this.#files.set(file, { text, with: [] });
    this.#modules.set(`${file} ${text}`, tools);
  }

  bundle(_folder: string, file: string): Promise<Bundle> {
    const found = this.#files.get(file);
    if (found === undefined) return Promise.reject(new Error(`There is no file ${file}.`));
    const names = [file, ...found.with];
    const files = Object.fromEntries(names.map((name) => [name, this.#files.get(name)?.text ?? '']));
    const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex');
    return Promise.resolve({ hash, url: `shelf:${file} ${found.text}`, files });
  }

  module(url: string): Readonly<Record<string, unknown>> {
    const module = this.#modules.get(url.slice('shelf:'.length));
    if (module === undefined) throw new RunFailure({ name: 'NotFound', message: `There is no module ${url}.` });
    return module;
  }
}

export class InProcessRunners implements Runners {
  readonly #listener: RunnerListener;
  readonly #shelf: Shelf;
  readonly #in = new Set<string>();
  readonly #folder: string;
  #host: RunHost;
  /** Orders given, for those who count them. */
  readonly orders: RunOrder[] = [];

  constructor(listener: RunnerListener, shelf: Shelf, folder: string) {
    this.#listener = listener;
    this.#shelf = shelf;
    this.#folder = folder;
    this.#host = this.#newHost();
  }

  run(order: RunOrder): void {
    this.orders.push(order);
    this.#in.add(order.run);
    this.#host.receive(structuredClone({ type: 'run', order }));
  }

  send(message: RunMessage): void {
    if (this.#in.has(message.run)) this.#host.receive(structuredClone(message));
  }

  has(run: string): boolean {
    return this.#in.has(run);
  }

  /** Throws a RunFailure where what lies there is neither agent nor tools. */
  async describe(url: string): Promise<Description> {
    await Promise.resolve();
    const module = this.#shelf.module(url);
    const tools = describeTools(module);
    const found = module.default;
    if (typeof found !== 'object' || found === null || !('definition' in found)) return { tools };
    return { agent: describeAgent(Object(found.definition)), tools };
  }

  async callTool({ url, name, key, input, signal }: ToolCall): Promise<Json> {
    const tool = Object.values(this.#shelf.module(url))
      .map((value) => toolIn(value))
      .find((one) => one?.name === name);
    if (tool === undefined) throw new RunFailure({ name: 'NoTool', message: `There is no tool ${name}.` });
    try {
      const given: unknown = tool.input.parse(input);
      const result: unknown = await Reflect.apply(tool.run, undefined, [given, { signal, key, folder: this.#folder }]);
      return result === undefined ? null : toJson(result, 'What the tool gave');
    } catch (error) {
      throw new RunFailure(runErrorOf(error), { cause: error });
    }
  }

  drop(run: string): void {
    this.send({ type: 'cancel', run });
    this.#in.delete(run);
  }

  warm(): void {}

  close(): Promise<void> {
    this.vanish();
    return Promise.resolve();
  }

  /** All runner processes are gone, and nobody hears of it: main has died too. */
  vanish(): void {
    this.#in.clear();
    this.#host = this.#newHost();
  }

  /** The process that all runs are in dies. */
  die(): void {
    const runs = [...this.#in];
    this.vanish();
    for (const run of runs) {
      this.#listener.lost(run, { name: 'Lost', message: 'The runner died.' }, runs.length === 1);
    }
  }

  #newHost(): RunHost {
    const host: RunHost = new RunHost({
      send: (message) => {
        // What a process that has gone says is not heard.
        if (this.#host === host) this.#hear(structuredClone(message));
      },
      load: (url) => Promise.resolve(Object(this.#shelf.module(url).default).definition),
    });
    return host;
  }

  #hear(message: FromRunner): void {
    if (message.type === 'batch' && this.#in.has(message.run)) this.#listener.batch(message.run, message.items);
    if (message.type === 'left' && this.#in.delete(message.run)) this.#listener.left(message.run);
    if (message.type === 'refused' && this.#in.delete(message.run)) this.#listener.refused(message.run, message.error);
  }
}

export interface Workshop {
  readonly control: RunControl;
  readonly runners: InProcessRunners;
  readonly shelf: Shelf;
  readonly store: Store;
  /** Main dies with its runners: nothing it has not on disk is left. Another may be opened on the same store. */
  readonly crash: () => void;
  /** The run's status once it is one of these. */
  readonly until: (run: string, ...statuses: readonly string[]) => Promise<string>;
}

export interface WorkshopOptions {
  readonly redactor?: Redactor;
  readonly store: Store;
  readonly shelf: Shelf;
  readonly folder?: string;
  readonly clock?: Clock;
  readonly providers?: readonly ModelProvider[];
  readonly changed?: () => void;
}

/** A control with the real scheduler; closed when the test is done. */
export function workshop(options: WorkshopOptions): Workshop {
  const { store, shelf, folder = '/nowhere', clock = { now: () => Date.now() }, providers = [] } = options;
  let runners: InProcessRunners | undefined;
  let isAlive = true;
  const parts: RunControlParts = {
    store: dying(store, () => isAlive),
    // For the dead no time comes.
    clock: { now: () => (isAlive ? clock.now() : 0) },
    folder,
    bundler: shelf,
    runners: (listener) => (runners = new InProcessRunners(listener, shelf, folder)),
    models: new Models(providers),
    redactor: options.redactor ?? noRedaction,
    changed: options.changed ?? ((): void => undefined),
    written: () => undefined,
    failed: (sentence) => {
      if (isAlive) throw new Error(sentence);
    },
  };
  const control = new RunControl(parts);
  if (runners === undefined) throw new Error('the control made no runners');
  const own = runners;
  onTestFinished(async () => {
    if (isAlive) await control.close();
  });
  return {
    control,
    shelf,
    store,
    runners: own,
    crash() {
      isAlive = false;
      own.vanish();
    },
    async until(run, ...statuses) {
      const patience = performance.now() + 10_000;
      for (;;) {
        if (performance.now() > patience) {
          const events = store.runs.events(run, 0, 10_000).slice(-5);
          throw new Error(`It does not come to ${statuses.join()}: ${JSON.stringify(events)}`);
        }
        const { status, error } = control.get(run).run;
        if (statuses.includes(status)) return status;
        if (['finished', 'failed', 'cancelled', 'departed'].includes(status)) {
          throw new Error(`The run is ${status}: ${error?.message ?? ''}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
  };
}

/** A store that takes nothing of a process that has died. */
function dying(store: Store, isAlive: () => boolean): Store {
  return {
    ...store,
    transaction<T>(work: () => T): T {
      if (!isAlive()) throw new Error('This process has died.');
      return store.transaction(work);
    },
  };
}
