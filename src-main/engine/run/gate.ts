// What every step passes before it begins: pauses, breakpoints, a runner that is too far ahead, others who want their turn.
import type { RunEvent } from '#contract/journal';
import type { Breakpoint } from '#contract/run';
import type { Json, JsonObject } from '#contract/turn';
import { isArray, isObject } from '../trace/json.ts';
import { equalJson } from './delta.ts';
import type { Cancellation } from './cancellation.ts';
import type { Journal } from './journal.ts';
import { nodePath } from './path.ts';
import type { Residence } from './residence.ts';

type Paused = Omit<Extract<RunEvent, { readonly type: 'run.paused' }>, 'type'>;

/** Longest time that steps follow one another without letting anything else have its turn, ms. */
const slice = 8;

export interface GateOptions {
  readonly breakpoints: readonly Breakpoint[];
  readonly until: string | undefined;
  readonly pause: 'now' | 'step' | undefined;
  /** Path of the node before which the run was stopped last: it is not stopped there again. */
  readonly stoppedAt: string | undefined;
}

export class Gate {
  readonly #journal: Journal;
  readonly #residence: Residence;
  readonly #cancellation: Cancellation;
  #breakpoints: readonly Breakpoint[];
  #until: string | undefined;
  #stoppedAt: string | undefined;
  #isAsked: boolean;
  readonly #isStepping: boolean;
  #hasStepped = false;
  #stop: Paused | undefined;
  #sliceEnd = Date.now() + slice;

  constructor(journal: Journal, residence: Residence, cancellation: Cancellation, options: GateOptions) {
    this.#journal = journal;
    this.#residence = residence;
    this.#cancellation = cancellation;
    this.#breakpoints = options.breakpoints;
    this.#until = options.until;
    this.#stoppedAt = options.stoppedAt;
    this.#isAsked = options.pause === 'now';
    this.#isStepping = options.pause === 'step';
  }

  /** Why nothing new begins any more; the run leaves when all that is under way is over. */
  get stop(): Paused | undefined {
    return this.#stop;
  }

  set breakpoints(breakpoints: readonly Breakpoint[]) {
    this.#breakpoints = breakpoints;
  }

  /** At the next step of the run's own scope. */
  pause(): void {
    this.#isAsked = true;
  }

  /** Something to wait for before these nodes may begin, for ever where the run is to stop; undefined: go on. `now` in epoch ms. */
  before(
    scope: string,
    step: number,
    nodes: readonly string[],
    state: JsonObject,
    now: number,
  ): Promise<void> | undefined {
    if (this.#cancellation.reason !== undefined) return undefined;
    if (this.#stop === undefined && scope === '') this.#stopBetweenSteps();
    if (this.#stop === undefined && this.#breakpoints.length > 0) this.#stopBefore(scope, step, nodes, state);
    if (this.#stop !== undefined) return this.#stopped();
    if (now < this.#sliceEnd && !this.#journal.isFarAhead) return undefined;
    return this.#residence.during(this.#yield());
  }

  /** To be asked when a step is over, and again whether to go on. */
  after(scope: string, step: number, nodes: readonly string[], state: JsonObject): Promise<void> | undefined {
    if (scope === '') this.#hasStepped = true;
    if (this.#until === undefined && this.#breakpoints.length === 0) return undefined;
    for (const node of nodes) {
      const at = nodePath(scope, step, node);
      if (node === this.#until) this.#stop ??= { why: 'until', at };
      if (this.#holds('after', node, state)) this.#stop ??= { why: 'breakpoint', at };
    }
    return this.#stop === undefined ? undefined : this.#stopped();
  }

  #stopBetweenSteps(): void {
    if (this.#isAsked) this.#stop = { why: 'asked' };
    else if (this.#isStepping && this.#hasStepped) this.#stop = { why: 'step' };
  }

  #stopBefore(scope: string, step: number, nodes: readonly string[], state: JsonObject): void {
    for (const node of nodes) {
      const at = nodePath(scope, step, node);
      if (at !== this.#stoppedAt && this.#holds('before', node, state)) {
        this.#stop = { why: 'breakpoint', at };
        return;
      }
    }
  }

  #holds(when: 'before' | 'after', node: string, state: JsonObject): boolean {
    return this.#breakpoints.some(
      (one) => one.when === when && one.node === node && (one.condition === undefined || fits(one.condition, state)),
    );
  }

  #stopped(): Promise<never> {
    this.#residence.look();
    return this.#cancellation.guard(new Promise<never>(() => {}));
  }

  async #yield(): Promise<void> {
    await new Promise((resolve) => void setImmediate(resolve));
    if (this.#journal.isFarAhead) await this.#journal.caughtUp();
    this.#sliceEnd = Date.now() + slice;
  }
}

function fits({ path, is, value }: NonNullable<Breakpoint['condition']>, state: JsonObject): boolean {
  const found = valueAt(state, path.split('.'));
  switch (is) {
    case 'exists':
      return found !== undefined;
    case 'missing':
      return found === undefined;
    case '=':
      return equalJson(found, value);
    case '!=':
      return !equalJson(found, value);
    default:
      if (typeof found === 'number' && typeof value === 'number') return is === '<' ? found < value : found > value;
      if (typeof found === 'string' && typeof value === 'string') return is === '<' ? found < value : found > value;
      return false;
  }
}

function valueAt(state: JsonObject, keys: readonly string[]): Json | undefined {
  let value: Json | undefined = state;
  for (const key of keys) {
    if (isArray(value)) value = key === 'length' ? value.length : value[Number(key)];
    else value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}
