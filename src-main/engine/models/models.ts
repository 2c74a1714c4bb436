// Models by name: the part before the first '/' says who provides it.
import { nearest } from '../nearest.ts';
import { ModelError, type ModelCall, type ModelProvider, type ModelReply } from './model.ts';

export class Models {
  readonly #providers: ReadonlyMap<string, ModelProvider>;

  constructor(providers: readonly ModelProvider[]) {
    this.#providers = new Map(providers.map((provider) => [provider.name, provider]));
  }

  /**
   * Asks the model that is called `name`, as in "scripted/triage".
   * Throws ModelError, AbortError; ModelError 404 for a provider or model that is unknown.
   */
  call(name: string, call: Omit<ModelCall, 'model'>): Promise<ModelReply> {
    const slash = name.indexOf('/');
    const provider = this.#providers.get(slash < 0 ? name : name.slice(0, slash));
    if (provider === undefined || slash < 0 || slash === name.length - 1) return Promise.reject(this.#unknown(name));
    return provider.call({ ...call, model: name.slice(slash + 1) });
  }

  #unknown(name: string): ModelError {
    const [first = ''] = name.split('/');
    const names = [...this.#providers.keys()];
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
