// The models of a workspace: providers of atelier.json beside the scripted one, their state, settings and prices, and a call to try one.
import type { Budget, FoundServer, ModelsState, Price, ProviderSettings, TrialEvent } from '#contract/model';
import type { CallStore, WayOut } from '../network-ports.ts';
import type { Clock } from '../ports.ts';
import type { Redactor } from '../redactor.ts';
import type { Secrets } from '../vault/secrets.ts';
import type { ModelProvider } from './model.ts';
import { Models } from './models.ts';
import type { Upstream, Upstreams } from './upstream.ts';

export interface ModelServiceParts {
  /** The workspace. */
  readonly folder: string;
  readonly wayOut: WayOut;
  /** undefined in hosts without a vault: providers that need a secret refuse. */
  readonly secrets: Secrets | undefined;
  readonly redactor: Redactor;
  readonly calls: CallStore;
  readonly clock: Clock;
  readonly scripted: ModelProvider;
  /** Path of resources/prices.json. */
  readonly shippedPrices: string;
  /** Views that show models should ask again. */
  readonly changed: () => void;
}

export class ModelService implements Upstreams {
  /** All providers by name, "scripted" too. */
  readonly models: Models;
  readonly #parts: ModelServiceParts;

  constructor(parts: ModelServiceParts) {
    this.#parts = parts;
    this.models = new Models([parts.scripted]);
  }

  get(_name: string): Upstream | undefined {
    throw new Error(this.#parts.folder);
  }

  list(): readonly Upstream[] {
    throw new Error(this.#parts.folder);
  }

  costOf(
    _provider: string,
    _model: string,
    _usage: { readonly inputTokens: number; readonly outputTokens: number; readonly cachedTokens?: number },
  ): number | undefined {
    throw new Error(this.#parts.folder);
  }

  state(): ModelsState {
    throw new Error(this.#parts.folder);
  }

  putProvider(_name: string, _settings: ProviderSettings): ModelsState {
    throw new Error(this.#parts.folder);
  }

  removeProvider(_name: string): ModelsState {
    throw new Error(this.#parts.folder);
  }

  setFallbacks(_model: string, _fallbacks: readonly string[]): ModelsState {
    throw new Error(this.#parts.folder);
  }

  setBudgets(_budgets: { readonly day?: Budget | undefined; readonly run?: Budget | undefined }): ModelsState {
    throw new Error(this.#parts.folder);
  }

  discover(_signal?: AbortSignal): Promise<readonly FoundServer[]> {
    throw new Error(this.#parts.folder);
  }

  offered(_provider: string, _signal?: AbortSignal): Promise<readonly string[]> {
    throw new Error(this.#parts.folder);
  }

  try(_model: string, _prompt: string, _signal?: AbortSignal): AsyncGenerator<TrialEvent, void, void> {
    throw new Error(this.#parts.folder);
  }

  prices(): readonly { readonly model: string; readonly price: Price; readonly from: 'workspace' | 'shipped' }[] {
    throw new Error(this.#parts.folder);
  }

  makePriceFile(): string {
    throw new Error(this.#parts.folder);
  }
}
