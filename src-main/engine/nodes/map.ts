// map: runs a node for every item of a list, several at a time; patches are put together in the order of the items.
import type { Json } from '#contract/turn';
import type { NodeOf } from '../graph/definition.ts';
import { isPromise, type NodeWorld, type Outcome, type Patch } from '../run/node-world.ts';
import { failure, runErrorOf } from '../run/run-failure.ts';

export function runMap(node: NodeOf<'map'>, world: NodeWorld): Outcome | Promise<Outcome> {
  const items = listOf(world, node.over);
  return new Items(node, world, items).run();
}

/** The list under a key of the state. */
export function listOf(world: NodeWorld, key: string): readonly Json[] {
  const list = world.state[key];
  if (Array.isArray(list)) return list as readonly Json[];
  const found = list === undefined ? 'nothing' : `a ${typeof list}`;
  throw failure('NotAList', `"${world.name}" goes over "${key}", which holds ${found}, not a list.`);
}

class Items {
  readonly #node: NodeOf<'map'>;
  readonly #world: NodeWorld;
  readonly #items: readonly Json[];
  readonly #results: (readonly Patch[])[];
  #next = 0;
  #failures: { readonly index: number; readonly error: unknown }[] = [];

  constructor(node: NodeOf<'map'>, world: NodeWorld, items: readonly Json[]) {
    this.#node = node;
    this.#world = world;
    this.#items = items;
    this.#results = items.map(() => []);
  }

  async run(): Promise<Outcome> {
    const lanes = Math.min(this.#node.atOnce, this.#items.length);
    await Promise.all(Array.from({ length: lanes }, () => this.#lane()));
    if (this.#failures.length > 0) throw this.#cause();
    const conflict = this.#world.conflictAmong(this.#results);
    if (conflict !== undefined) throw conflict;
    return { patches: this.#results.flat() };
  }

  /** Of the first item that failed by itself, not because another had. */
  #cause(): unknown {
    const failures = this.#failures.toSorted((one, two) => one.index - two.index);
    const cause = failures.find(({ error }) => runErrorOf(error).name !== 'Cancelled') ?? failures[0];
    return cause?.error;
  }

  /** Takes item after item, until none is left or one has failed. Never rejects. */
  async #lane(): Promise<void> {
    for (let index = this.#next; index < this.#items.length; index = this.#next) {
      this.#next += 1;
      if (this.#failures.length > 0 && !this.#world.wasBegun(index)) continue;
      try {
        const running = this.#item(index);
        this.#results[index] = isPromise(running) ? await running : running;
      } catch (error) {
        this.#failures.push({ index, error });
        this.#world.stopBodies(`Stopped, because item ${index} failed.`);
      }
    }
  }

  #item(index: number): readonly Patch[] | Promise<readonly Patch[]> {
    const { state } = this.#world;
    return this.#world.body({ definition: this.#node.each, name: 'each', state, item: this.#items[index], index });
  }
}
