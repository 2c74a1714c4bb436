// attempt: runs its parts in order; where one fails, those before it are taken back in reverse order (a saga), then `catch`, and `finally`.
import type { AttemptPart, NodeDefinition, NodeOf } from '../graph/definition.ts';
import type { NodeWorld, Outcome, Patch } from '../run/node-world.ts';
import { failure, runErrorOf } from '../run/run-failure.ts';

export async function runAttempt(node: NodeOf<'attempt'>, world: NodeWorld): Promise<Outcome> {
  return new Attempt(node, world).run();
}

class Attempt {
  readonly #node: NodeOf<'attempt'>;
  readonly #world: NodeWorld;
  readonly #patches: Patch[] = [];
  #state: NodeWorld['state'];
  #step = 0;

  constructor(node: NodeOf<'attempt'>, world: NodeWorld) {
    this.#node = node;
    this.#world = world;
    this.#state = world.state;
  }

  async run(): Promise<Outcome> {
    try {
      await this.#parts();
    } finally {
      if (this.#node.finally !== undefined) await this.#do('finally', this.#node.finally, this.#world.item, true);
    }
    return { patches: this.#patches };
  }

  async #parts(): Promise<void> {
    const done: (readonly [string, AttemptPart])[] = [];
    try {
      for (const [name, part] of Object.entries(this.#node.parts)) {
        await this.#do(`try.${name}`, part.node, this.#world.item, false);
        done.push([name, part]);
      }
    } catch (error) {
      await this.#takeBack(done.toReversed(), error);
      if (this.#node.catch === undefined || this.#world.cancelled !== undefined) throw error;
      const { name, message } = runErrorOf(error);
      await this.#do('catch', this.#node.catch, Object.freeze({ name, message }), false);
    }
  }

  /** All of them, whatever becomes of one; then fails where one could not be taken back. */
  async #takeBack(done: readonly (readonly [string, AttemptPart])[], cause: unknown): Promise<void> {
    const failures: string[] = [];
    for (const [name, { undo }] of done) {
      if (undo === undefined) continue;
      try {
        await this.#do(`undo.${name}`, undo, this.#world.item, true);
      } catch (error) {
        failures.push(`${name}: ${runErrorOf(error).message}`);
      }
    }
    if (failures.length === 0) return;
    throw failure(
      'UndoFailed',
      `After "${runErrorOf(cause).message}" not everything could be taken back: ${failures.join('; ')}`,
      'What is left must be taken back by hand.',
    );
  }

  async #do(name: string, definition: NodeDefinition, item: unknown, isShielded: boolean): Promise<void> {
    this.#step += 1;
    const patches = await this.#world.body({
      definition,
      name,
      state: this.#state,
      item,
      step: this.#step,
      isShielded,
    });
    for (const patch of patches) this.#patches.push(patch);
    this.#state = this.#world.merged(this.#state, patches);
  }
}
