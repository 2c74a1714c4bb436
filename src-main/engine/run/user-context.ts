// What the functions of a node are given. Everything that is not plain data is made when it is asked for, as most nodes use little of it.
import type { JsonObject } from '#contract/turn';
import type { ModelAnswer, ModelAsk, NodeContext } from '../graph/definition.ts';
import type { Chance } from './chance.ts';

/** The try that a context is of. */
export interface ContextOf {
  readonly tried: number;
  readonly signal: AbortSignal;
  readonly tools: NodeContext['tools'];
  readonly chance: Chance;
  ask(request: ModelAsk): Promise<ModelAnswer>;
  now(): number;
  log(level: 'debug' | 'info' | 'warn' | 'error', text: string): void;
}

export class UserContext implements NodeContext {
  readonly state: JsonObject;
  readonly item: unknown;
  readonly index: number;
  readonly try: number;
  readonly #frame: ContextOf;

  constructor(frame: ContextOf, state: JsonObject, item: unknown, index: number) {
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
