// Models by name: the part before the first '/' says who provides it; where it cannot answer, its fallbacks are asked in turn.
import { nearest } from '../nearest.ts';
import {
  ModelError,
  type EmbedCall,
  type Embeddings,
  type ModelCall,
  type ModelProvider,
  type ModelReply,
} from './model.ts';

/** Providers that come and go with settings. */
export interface ModelSource {
  /** Throws ModelError where the settings cannot be read. */
  provider(name: string): ModelProvider | undefined;
  names(): readonly string[];
  /** Asked in turn where `model` ("openai/gpt-5") cannot answer. */
  fallbacks(model: string): readonly string[];
}

/** The request itself was wrong, or its model's name: nobody else answers that better. */
const ownFaults = new Set([400, 404, 413, 422]);

function isOwnFault({ status }: ModelError): boolean {
  return status !== undefined && ownFaults.has(status);
}

/** The first one's error, with what became of its fallbacks. */
function inVain(failed: readonly { readonly name: string; readonly error: ModelError }[]): ModelError {
  const [first, ...others] = failed.map(({ error }) => error);
  if (first === undefined) return new ModelError('No model was asked.');
  if (others.length === 0) return first;
  const { message, status, hint, retryAfterMs } = first;
  const said = failed.slice(1).map(({ name, error }) => `${name}: ${error.message}`);
  const more = `Its fallbacks did not answer either. ${said.join(' ')}`;
  return new ModelError(message, status, hint === undefined ? more : `${hint} ${more}`, retryAfterMs);
}

export class Models {
  readonly #providers: ReadonlyMap<string, ModelProvider>;
  readonly #source: ModelSource | undefined;

  /** `providers` are always there; names they do not have are looked up in `source`. */
  constructor(providers: readonly ModelProvider[], source?: ModelSource) {
    this.#providers = new Map(providers.map((provider) => [provider.name, provider]));
    this.#source = source;
  }

  /**
   * Asks the model that is called `name`, as in "scripted/triage", and its fallbacks where it fails before it said anything.
   * Throws ModelError (the first model's, its hint says what became of the fallbacks), AbortError; ModelError 404 for a provider or model
   * that is unknown.
   */
  async call(name: string, call: Omit<ModelCall, 'model'>): Promise<ModelReply> {
    let hasSpoken = false;
    const onText: ModelCall['onText'] = (channel, text) => {
      hasSpoken = true;
      call.onText(channel, text);
    };
    const failed: { readonly name: string; readonly error: ModelError }[] = [];
    const names = [name];
    for (const one of names) {
      try {
        return await this.callOnly(one, { ...call, onText });
      } catch (error) {
        if (hasSpoken || call.signal.aborted || !(error instanceof ModelError)) throw error;
        if (failed.length === 0 && isOwnFault(error)) throw error;
        failed.push({ name: one, error });
        if (failed.length === 1) names.push(...(this.#source?.fallbacks(name) ?? []));
      }
    }
    throw inVain(failed);
  }

  /** As `call`, without fallbacks. */
  async callOnly(name: string, call: Omit<ModelCall, 'model'>): Promise<ModelReply> {
    const { provider, model } = this.#find(name);
    return provider.call({ ...call, model });
  }

  /** Vectors of the texts by the model that is called `name`. Throws as `call`; ModelError 400 where the provider has no embeddings. */
  async embed(name: string, call: Omit<EmbedCall, 'model'>): Promise<Embeddings> {
    const { provider, model } = this.#find(name);
    if (provider.embed === undefined) throw new ModelError(`${provider.name} has no models for embeddings.`, 400);
    return provider.embed({ ...call, model });
  }

  #find(name: string): { readonly provider: ModelProvider; readonly model: string } {
    const slash = name.indexOf('/');
    const first = slash < 0 ? name : name.slice(0, slash);
    const provider = this.#providers.get(first) ?? this.#source?.provider(first);
    if (provider === undefined || slash < 0 || slash === name.length - 1) throw this.#unknown(name);
    return { provider, model: name.slice(slash + 1) };
  }

  #unknown(name: string): ModelError {
    const [first = ''] = name.split('/');
    const names = [...this.#providers.keys(), ...(this.#source?.names() ?? [])];
    if (names.includes(first)) {
      return new ModelError(`${JSON.stringify(name)} names a provider, but no model.`, 404, `Write ${first}/NAME.`);
    }
    const near = nearest(first, names);
    const hint =
      near === undefined
        ? `A model is named PROVIDER/NAME; there are the providers ${names.join(', ')}.`
        : `Did you mean ${[near, ...name.split('/').slice(1)].join('/')}?`;
    return new ModelError(
      `There is no provider of models ${JSON.stringify(first)}, which ${JSON.stringify(name)} asks for.`,
      404,
      hint,
    );
  }
}
