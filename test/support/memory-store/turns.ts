// The turn tree in a map.
import type { Turn, TurnId } from '#contract/turn';
import type { TurnStore } from '#engine/ports';
import { Problem } from '#engine/problem';
import { known, type State } from './state.ts';

export class MemoryTurns implements TurnStore {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  putPath(path: readonly Turn[]): number {
    return this.#state.transaction(() => {
      let added = 0;
      for (const [index, turn] of path.entries()) {
        if (this.#state.turns.has(turn.id)) continue;
        const above = index === 0 ? turn.parent : path[index - 1]?.id;
        if (turn.parent !== above)
          throw new Problem('BAD_INPUT', `The turn ${turn.id} is not below the one before it.`);
        if (above !== undefined) known(this.#state.turns, above, 'turn');
        this.#state.turns.set(turn.id, turn);
        added += 1;
      }
      return added;
    });
  }

  get(id: TurnId): Turn | undefined {
    return this.#state.turns.get(id);
  }

  path(id: TurnId): Turn[] {
    const turn = this.get(id);
    if (turn === undefined) return [];
    return turn.parent === undefined ? [turn] : [...this.path(turn.parent), turn];
  }

  children(id: TurnId, newest = Infinity): Turn[] {
    const all = [...this.#state.turns.values()].filter((turn) => turn.parent === id);
    return all.slice(Math.max(0, all.length - newest));
  }

  forks(after: TurnId | undefined, limit: number): TurnId[] {
    const ids = [...this.#state.turns.keys()];
    const start = after === undefined ? 0 : ids.indexOf(known(this.#state.turns, after, 'turn').id) + 1;
    const replies = (id: TurnId): Turn[] => this.children(id).filter((turn) => turn.message.role === 'assistant');
    return ids
      .slice(start)
      .filter((id) => replies(id).length > 1)
      .slice(0, limit);
  }

  commonAncestor(one: TurnId, two: TurnId): TurnId | undefined {
    const path = this.path(known(this.#state.turns, one, 'turn').id).map((turn) => turn.id);
    const other = new Set(this.path(known(this.#state.turns, two, 'turn').id).map((turn) => turn.id));
    return path.findLast((id) => other.has(id));
  }

  count(): number {
    return this.#state.turns.size;
  }
}
