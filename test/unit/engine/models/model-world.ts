// Providers for tests: the real way out over real HTTP to servers on loopback, a vault that holds what a test says, time that a test moves.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { NodeHttp } from '#adapters/http';
import type { ModelSettings, ProviderSettings } from '#contract/model';
import { Egress } from '#engine/egress/egress';
import { Breaker, type BreakerOptions } from '#engine/models/breaker';
import { BudgetKeeper, type Budgets } from '#engine/models/budget';
import { Limiter } from '#engine/models/limits';
import { ModelError, type ModelCall } from '#engine/models/model';
import { modelFilesIn } from '#engine/models/model-files';
import { ModelService, type ModelServiceParts } from '#engine/models/model-service';
import { ScriptedModels } from '#engine/models/scripted';
import { timingOf, type Timing } from '#engine/models/timing';
import type { UpstreamRequest } from '#engine/models/upstream';
import { ServerUpstream } from '#engine/models/upstream-server';
import type { HttpResponse, Outbound, WayOut } from '#engine/network-ports';
import type { Store } from '#engine/ports';
import { Problem } from '#engine/problem';
import { noRedaction, type Redactor } from '#engine/redactor';
import type { Released, ReleaseTo, Secrets } from '#engine/vault/secrets';
import { memoryStore } from '#test/memory-store/store';
import { temporaryFolder } from '#test/store';
import { startFakeUpstream, type FakeUpstream, type Played, type PlayedRequest } from '#test/upstream/fake-upstream';

/** Time that stands still until it is moved. */
export class ManualTime implements Timing {
  #now: number;
  #timers: { readonly at: number; readonly ring: () => void }[] = [];

  constructor(now = 1_700_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, ring: () => void): () => void {
    const timer = { at: this.#now + ms, ring };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  /** When the next one rings, ms from now; undefined where none is set. */
  get next(): number | undefined {
    return this.#timers.length === 0 ? undefined : Math.min(...this.#timers.map(({ at }) => at)) - this.#now;
  }

  /** Rings everything that is due by then, in order. */
  pass(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= until).toSorted((one, two) => one.at - two.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== due);
      this.#now = Math.max(this.#now, due.at);
      due.ring();
    }
    this.#now = until;
  }
}

/** Time that does not wait: every pause is over at once, and on record. */
export function noWaiting(): Timing & { readonly pauses: number[] } {
  const pauses: number[] = [];
  return {
    pauses,
    now: Date.now,
    after(ms, ring) {
      // Patience is not what a test waits for.
      if (ms >= 100_000) return () => undefined;
      pauses.push(ms);
      const soon = setImmediate(ring);
      return () => clearImmediate(soon);
    },
  };
}

export async function until(what: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!what()) {
    if (Date.now() > deadline) throw new Error('It did not come to that.');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export async function fakeUpstream(play: (request: PlayedRequest) => Played | Promise<Played>): Promise<FakeUpstream> {
  const server = await startFakeUpstream(play);
  onTestFinished(() => server.close());
  return server;
}

export interface TestSecrets extends Secrets {
  readonly releases: { readonly name: string; readonly to: ReleaseTo }[];
}

/** By name, bound to the origins given; a second value stands for a rotation. */
export function secretsOf(
  held: Readonly<Record<string, { readonly values: readonly [string, string?]; readonly origin: string }>>,
): TestSecrets {
  const releases: { readonly name: string; readonly to: ReleaseTo }[] = [];
  return {
    releases,
    release(name, to) {
      releases.push({ name, to });
      const one = held[name];
      if (one === undefined) return Promise.reject(new Problem('NOT_FOUND', `There is no secret ${name}.`));
      if (one.origin !== to.origin) {
        return Promise.reject(new Problem('REFUSED', `${name} is not bound to ${to.origin}.`, 'Bind it in the vault.'));
      }
      const [value, next] = one.values;
      const other = (): Promise<Released> => Promise.resolve({ value: next ?? '', other: undefined });
      return Promise.resolve({ value, other: next === undefined ? undefined : other });
    },
    standing: (name) => (held[name] === undefined ? 'missing' : 'ready'),
  };
}

export interface Way {
  readonly wayOut: WayOut;
  readonly egress: Egress;
  readonly store: Store;
  /** What was asked of it. */
  readonly asked: Outbound[];
}

/** The real way out and network; what goes out is kept too. */
export function openWay(): Way {
  const store = memoryStore();
  const http = new NodeHttp();
  const egress = new Egress({
    http,
    ledger: store.ledger,
    settings: store.settings,
    clock: { now: Date.now },
    changed: () => undefined,
  });
  onTestFinished(async () => {
    await egress.close();
    await http.close();
  });
  const asked: Outbound[] = [];
  return {
    store,
    egress,
    asked,
    wayOut: {
      send(request) {
        asked.push(request);
        return egress.send(request);
      },
    },
  };
}

export interface UpstreamOptions {
  readonly settings?: Partial<ProviderSettings>;
  readonly budgets?: Budgets;
  readonly secrets?: Secrets;
  readonly redactor?: Redactor;
  readonly timing?: Timing;
  readonly random?: number;
  readonly breaker?: Partial<BreakerOptions>;
  readonly usdPerToken?: number;
  readonly way?: Way;
}

export interface OpenUpstream extends Way {
  readonly upstream: ServerUpstream;
  readonly limiter: Limiter;
  readonly breaker: Breaker;
}

export function openUpstream(origin: string, options: UpstreamOptions = {}): OpenUpstream {
  const way = options.way ?? openWay();
  const timing = options.timing ?? timingOf({ now: Date.now });
  const limiter = new Limiter(timing);
  const breaker = new Breaker(timing, () => undefined, options.breaker);
  const upstream = new ServerUpstream({
    name: 'test',
    settings: { dialect: 'openai', url: `${origin}/v1`, ...options.settings },
    budgets: options.budgets ?? {},
    wayOut: way.wayOut,
    secrets: options.secrets,
    redactor: options.redactor ?? noRedaction,
    keeper: new BudgetKeeper(way.store.calls, timing),
    limiter,
    breaker,
    timing,
    random: () => options.random ?? 0.5,
    priceOf: (_model, tokens) => (options.usdPerToken === undefined ? undefined : tokens * options.usdPerToken),
  });
  return { ...way, upstream, limiter, breaker };
}

export function ask(request: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    method: 'POST',
    path: '/chat/completions',
    headers: [['content-type', 'application/json']],
    body: Buffer.from('{}'),
    signal: new AbortController().signal,
    cause: { purpose: 'model', model: 'small' },
    tokens: 10,
    ...request,
  };
}

export async function textOf({ body }: HttpResponse): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** What a promise is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<ModelError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

export function valueOf({ headers }: PlayedRequest, name: string): string | undefined {
  return headers.find(([known]) => known.toLowerCase() === name)?.[1];
}

/** atelier.json with these models. */
export function writeSettings(folder: string, models: ModelSettings, more: object = {}): void {
  writeFileSync(join(folder, 'atelier.json'), JSON.stringify({ ...more, models }, undefined, 2));
}

export interface ServiceOptions {
  readonly models?: ModelSettings;
  readonly prices?: object;
  readonly secrets?: Secrets;
  readonly redactor?: Redactor;
  readonly timing?: Timing;
  readonly breaker?: Partial<BreakerOptions>;
  readonly ports?: ModelServiceParts['ports'];
}

export interface OpenService extends Way {
  readonly service: ModelService;
  readonly folder: string;
  /** How often views were told to ask again. */
  readonly changes: { count: number };
}

/** A workspace with these models; "scripted/echo" is there, too. */
export function openService({ models, prices, timing, breaker, ports, ...options }: ServiceOptions = {}): OpenService {
  const folder = temporaryFolder();
  if (models !== undefined) writeSettings(folder, models);
  if (prices !== undefined) writeFileSync(join(folder, 'prices.json'), JSON.stringify(prices));
  const way = openWay();
  const changes = { count: 0 };
  const service = new ModelService({
    folder,
    wayOut: way.wayOut,
    secrets: options.secrets,
    redactor: options.redactor ?? noRedaction,
    calls: way.store.calls,
    clock: { now: Date.now },
    scripted: new ScriptedModels(modelFilesIn(folder)),
    shippedPrices: join(import.meta.dirname, '../../../../resources/prices.json'),
    changed: () => (changes.count += 1),
    random: () => 0.5,
    ...(timing === undefined ? {} : { timing }),
    ...(breaker === undefined ? {} : { breaker }),
    ...(ports === undefined ? {} : { ports }),
  });
  return { ...way, service, folder, changes };
}

export interface Conversation {
  readonly call: Omit<ModelCall, 'model'>;
  /** What was said so far, by channel. */
  readonly said: { text: string; reasoning: string };
}

export function saying(text: string, more: Partial<ModelCall> = {}): Conversation {
  const said = { text: '', reasoning: '' };
  return {
    said,
    call: {
      messages: [
        { role: 'context', content: [{ type: 'text', text: 'Be short.' }], tools: [] },
        { role: 'user', content: [{ type: 'text', text }] },
      ],
      parameters: {},
      seed: 1,
      try: 1,
      signal: new AbortController().signal,
      onText: (channel, piece) => (said[channel] += piece),
      ...more,
    },
  };
}
