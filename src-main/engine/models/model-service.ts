// The models of a workspace: providers of atelier.json beside the scripted one, their state, settings and prices, and a call to try one.
import type {
  Budget,
  FoundServer,
  ModelSettings,
  ModelsState,
  ProviderSettings,
  ProviderState,
  TrialEvent,
} from '#contract/model';
import { startOfDay } from '../local-day.ts';
import { isLoopback } from '../loopback.ts';
import type { CallStore, WayOut } from '../network-ports.ts';
import type { Clock } from '../ports.ts';
import { nearest } from '../nearest.ts';
import { Problem } from '../problem.ts';
import type { Redactor } from '../redactor.ts';
import type { Secrets } from '../vault/secrets.ts';
import { changeWorkspaceFile, liveWorkspaceFile, type WorkspaceFile } from '../workspace-file.ts';
import { jsonOf } from './answer.ts';
import { Breaker, type BreakerOptions } from './breaker.ts';
import { BudgetKeeper } from './budget.ts';
import { discover, modelListSchema, type usualPorts } from './discover.ts';
import { Limiter } from './limits.ts';
import { ModelError, type ModelProvider } from './model.ts';
import { Models } from './models.ts';
import { costAt, Prices, type KnownPrice, type PricedUsage } from './prices.ts';
import { HttpProvider } from './provider.ts';
import { refusalOf } from './provider-error.ts';
import { timingOf, type Timing } from './timing.ts';
import { trial } from './trial.ts';
import type { Upstream, Upstreams } from './upstream.ts';
import { ServerUpstream } from './upstream-server.ts';
import { wireFor } from './wire-for.ts';

export interface ModelServiceParts {
  /** The workspace. */
  readonly folder: string;
  readonly wayOut: WayOut;
  /** undefined in hosts without a vault: providers that need a secret refuse. */
  readonly secrets: Secrets | undefined;
  readonly redactor: Redactor;
  readonly calls: CallStore;
  /** Calls that have ended are in the store when it returns: the day's budget is of what is there. */
  readonly settle?: () => void;
  readonly clock: Clock;
  readonly scripted: ModelProvider;
  /** Path of resources/prices.json. */
  readonly shippedPrices: string;
  /** Views that show models should ask again. */
  readonly changed: () => void;
  /** Of waits and limits; the clock and the system's timers unless said. */
  readonly timing?: Timing;
  /** In [0, 1). */
  readonly random?: () => number;
  readonly breaker?: Partial<BreakerOptions>;
  /** Where servers are looked for. */
  readonly ports?: typeof usualPorts;
}

/** What stays of a provider when its settings change. */
interface Room {
  readonly place: string;
  readonly limiter: Limiter;
  readonly breaker: Breaker;
}

interface Live {
  readonly file: WorkspaceFile;
  readonly upstreams: ReadonlyMap<string, ServerUpstream>;
}

/** `atelier.json` is looked at again at every call: what an editor writes counts from the next one on. */
export class ModelService implements Upstreams {
  /** All providers by name, "scripted" too. */
  readonly models: Models;
  readonly #parts: ModelServiceParts;
  readonly #timing: Timing;
  readonly #file: () => WorkspaceFile;
  readonly #prices: Prices;
  readonly #keeper: BudgetKeeper;
  readonly #rooms = new Map<string, Room>();
  #live: Live = { file: {}, upstreams: new Map() };

  constructor(parts: ModelServiceParts) {
    this.#parts = parts;
    this.#timing = parts.timing ?? timingOf(parts.clock);
    this.#file = liveWorkspaceFile(parts.folder, parts.changed);
    this.#prices = new Prices(parts.folder, parts.shippedPrices);
    this.#keeper = new BudgetKeeper(parts.calls, parts.clock, parts.settle);
    this.models = new Models([parts.scripted], {
      provider: (name) => this.#provider(name),
      names: () => [...this.#upstreams().keys()],
      // A model that needs no settings goes on where they are broken.
      fallbacks: (model) => settingsIn(this.#orEmpty()).fallbacks?.[model] ?? [],
    });
  }

  /** Throws a Problem (BAD_INPUT) where atelier.json is not understood, as `list` does. */
  get(name: string): Upstream | undefined {
    return this.#upstreams().get(name);
  }

  list(): readonly Upstream[] {
    return [...this.#upstreams().values()];
  }

  costOf(provider: string, model: string, usage: PricedUsage, asked = model): number | undefined {
    const names = [model, asked].map((name) =>
      name.startsWith(`${provider}/`) ? name.slice(provider.length + 1) : name,
    );
    const url = this.#live.upstreams.get(provider)?.settings.url;
    const price = this.#prices.of(provider, names, url !== undefined && isLoopback(new URL(url).hostname));
    return price === undefined ? undefined : costAt(price, usage);
  }

  state(): ModelsState {
    const { calls, clock } = this.#parts;
    const problem = this.#problem();
    const { fallbacks = {}, budgets = {} } = problem === undefined ? settingsIn(this.#live.file) : {};
    return {
      providers: problem === undefined ? [...this.#live.upstreams.values()].map((one) => this.#stateOf(one)) : [],
      fallbacks,
      budgets: {
        ...(budgets.day === undefined ? {} : { day: budgets.day }),
        ...(budgets.run === undefined ? {} : { run: budgets.run }),
      },
      today: calls.spent({ from: startOfDay(clock.now()) }),
      ...(problem === undefined
        ? {}
        : {
            problem: { sentence: problem.message, ...(problem.hint === undefined ? {} : { hint: problem.hint }) },
          }),
      prices: this.#prices.state(),
    };
  }

  putProvider(name: string, settings: ProviderSettings): ModelsState {
    return this.#change((models) => ({ ...models, providers: { ...models.providers, [name]: settings } }));
  }

  /** NOT_FOUND where there is none of that name. */
  removeProvider(name: string): ModelsState {
    return this.#change((models) => {
      const { [name]: _removed, ...providers } = models.providers ?? {};
      if (ownMember(models.providers, name) === undefined) throw this.#unknown(name, Object.keys(providers));
      return { ...models, providers };
    });
  }

  /** None takes the model's fallbacks away. */
  setFallbacks(model: string, fallbacks: readonly string[]): ModelsState {
    return this.#change((models) => {
      const { [model]: _before, ...others } = models.fallbacks ?? {};
      const next = fallbacks.length === 0 ? others : { ...models.fallbacks, [model]: [...fallbacks] };
      return { ...models, fallbacks: Object.keys(next).length === 0 ? undefined : next };
    });
  }

  setBudgets({ day, run }: { readonly day?: Budget | undefined; readonly run?: Budget | undefined }): ModelsState {
    return this.#change((models) => {
      const budgets = { ...(day === undefined ? {} : { day }), ...(run === undefined ? {} : { run }) };
      return { ...models, budgets: Object.keys(budgets).length === 0 ? undefined : budgets };
    });
  }

  /** Throws REFUSED where offline mode does not let it ask. */
  discover(signal: AbortSignal = AbortSignal.any([])): Promise<readonly FoundServer[]> {
    const { wayOut, ports } = this.#parts;
    const known = this.list().map(({ name, settings }) => ({ name, url: settings.url }));
    return discover(wayOut, known, { signal, ...(ports === undefined ? {} : { ports }) });
  }

  /** Throws NOT_FOUND, or REFUSED with what the provider said. */
  async offered(provider: string, signal: AbortSignal = AbortSignal.any([])): Promise<readonly string[]> {
    const upstream = this.get(provider);
    if (upstream === undefined) throw this.#unknown(provider, [...this.#upstreams().keys()]);
    try {
      return await this.#askForModels(upstream, signal);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      throw new Problem('REFUSED', error.message, error.hint, { cause: error });
    }
  }

  try(
    model: string,
    prompt: string,
    signal: AbortSignal = AbortSignal.any([]),
  ): AsyncGenerator<TrialEvent, void, void> {
    return trial(this.models, this.#timing, this.#parts.redactor, { model, prompt, signal });
  }

  prices(): readonly KnownPrice[] {
    return this.#prices.list();
  }

  makePriceFile(): string {
    const path = this.#prices.makeFile();
    this.#parts.changed();
    return path;
  }

  /* Providers --------------------------------------------------------------------------------------------------------------------------- */

  /** Throws ModelError where atelier.json is not understood. */
  #provider(name: string): ModelProvider | undefined {
    const problem = this.#problem();
    if (problem !== undefined) throw new ModelError(problem.message, undefined, problem.hint);
    const upstream = this.#live.upstreams.get(name);
    if (upstream === undefined) return undefined;
    const { calls, redactor, random = Math.random } = this.#parts;
    return new HttpProvider({
      upstream,
      wire: wireFor(upstream.settings),
      costOf: (...given) => this.costOf(...given),
      calls,
      redactor,
      timing: this.#timing,
      random,
    });
  }

  #upstreams(): ReadonlyMap<string, ServerUpstream> {
    const file = this.#file();
    if (file === this.#live.file) return this.#live.upstreams;
    const { providers = {}, budgets = {} } = settingsIn(file);
    const { wayOut, secrets, redactor, random = Math.random } = this.#parts;
    const upstreams = Object.entries(providers).map(
      ([name, settings]) =>
        new ServerUpstream({
          name,
          settings,
          budgets,
          wayOut,
          secrets,
          redactor,
          keeper: this.#keeper,
          ...this.#roomOf(name, settings),
          timing: this.#timing,
          random,
          priceOf: (model, inputTokens) => this.costOf(name, model, { inputTokens, outputTokens: 0 }),
        }),
    );
    this.#live = { file, upstreams: new Map(upstreams.map((one) => [one.name, one])) };
    return this.#live.upstreams;
  }

  /** A provider that moved begins afresh. */
  #roomOf(name: string, { url }: ProviderSettings): Room {
    const place = new URL(url).origin;
    const known = this.#rooms.get(name);
    if (known?.place === place) return known;
    const { changed, breaker } = this.#parts;
    const timing = this.#timing;
    const room = { place, limiter: new Limiter(timing), breaker: new Breaker(timing, changed, breaker) };
    this.#rooms.set(name, room);
    return room;
  }

  #stateOf({ name, settings }: ServerUpstream): ProviderState {
    const { secrets } = this.#parts;
    const { limiter, breaker } = this.#roomOf(name, settings);
    const { origin } = new URL(settings.url);
    const secret =
      settings.secret === undefined
        ? undefined
        : (secrets?.standing(settings.secret, { kind: 'provider', name, origin }) ?? 'missing');
    return {
      name,
      settings,
      ...(secret === undefined ? {} : { secret }),
      breaker: breaker.state,
      inFlight: limiter.inFlight,
      waiting: limiter.waiting,
    };
  }

  async #askForModels(upstream: Upstream, signal: AbortSignal): Promise<readonly string[]> {
    const { redactor } = this.#parts;
    const { name, settings, dialect } = upstream;
    const response = await upstream.send({
      method: 'GET',
      path: dialect === 'anthropic' ? '/models?limit=1000' : '/models',
      headers: [
        ['accept', 'application/json'],
        ['user-agent', 'atelier'],
      ],
      signal,
      cause: { purpose: 'models-list' },
      tokens: 0,
    });
    if (response.status !== 200) {
      const wire = wireFor(settings);
      throw await refusalOf(response, {
        name,
        settings,
        model: '',
        redactor,
        now: this.#timing.now(),
        readError: (body) => wire.readError(body),
      });
    }
    const list = modelListSchema.safeParse(await jsonOf(response.body));
    if (!list.success) throw new ModelError(`${name} answered with something that is no list of models.`, 502);
    return list.data.data.map(({ id }) => id);
  }

  /* Settings ---------------------------------------------------------------------------------------------------------------------------- */

  #change(change: (models: ModelSettings) => ModelSettings): ModelsState {
    changeWorkspaceFile(this.#parts.folder, (file) => ({ ...file, models: change(settingsIn(file)) }));
    this.#upstreams();
    this.#parts.changed();
    return this.state();
  }

  /** Why atelier.json cannot be read; undefined where all is well. */
  #problem(): Problem | undefined {
    try {
      this.#upstreams();
      return undefined;
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
  }

  #orEmpty(): WorkspaceFile {
    return this.#problem() === undefined ? this.#live.file : {};
  }

  #unknown(name: string, names: readonly string[]): Problem {
    const near = nearest(name, names);
    return new Problem(
      'NOT_FOUND',
      `There is no provider ${JSON.stringify(name)} in atelier.json.`,
      near !== undefined ? `Did you mean ${near}?` : names.length === 0 ? undefined : `There are: ${names.join(', ')}.`,
    );
  }
}

function settingsIn({ models = {} }: WorkspaceFile): ModelSettings {
  return models;
}

/** Names come from people: "constructor" is one, too. */
function ownMember<T>(members: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return members !== undefined && Object.hasOwn(members, name) ? members[name] : undefined;
}
