// What the functions of a node are given. Everything that is not plain data is made when it is asked for, as most nodes use little of it.
import type { JsonObject } from '#contract/turn';
import type { ModelAnswer, ModelAsk, NodeContext } from '../graph/definition.ts';
import type { Frame } from './frame.ts';

export class UserContext implements NodeContext {
  readonly state: JsonObject;
  readonly item: unknown;
  readonly index: number;
  readonly try: number;
  readonly #frame: Frame;

  constructor(frame: Frame, state: JsonObject, item: unknown, index: number) {
    this.#frame = frame;
    this.state = state;
    this.item = item;
    this.index = index;
    this.try = frame.tried;
  }

  get signal(): AbortSignal {
    return this.#frame.signal;
  }

  get tools(): NodeContext['tools'] {
    return this.#frame.tools;
  }

  get model(): (request: ModelAsk) => Promise<ModelAnswer> {
    return (request) => quietly(this.#frame.ask(request));
  }

  get random(): () => number {
    return () => this.#frame.chance.number();
  }

  get id(): () => string {
    return () => this.#frame.chance.id();
  }

  get now(): () => number {
    return () => this.#frame.now();
  }

  get log(): NodeContext['log'] {
    return (text, level = 'info') => this.#frame.log(level, text);
  }
}

/** A promise that nobody awaits may fail: its failure is in the journal as the effect's. */
export function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
