// Lets the recorded results of a node out in the order in which they once came: which of several came first may decide what its code does.
import type { Recording } from './recording.ts';

/** How long a result waits for one that came before it and is not asked for: then the code does something else this time, ms. */
const patience = 5_000;

interface Waiting {
  readonly give: () => void;
  readonly timer: NodeJS.Timeout;
}

export class InTurn {
  readonly #recording: Recording;
  readonly #isOver: (key: string) => boolean;
  readonly #waiting = new Map<string, Waiting>();
  readonly #given = new Set<string>();
  /** Of each node: how many of its results are out. */
  readonly #next = new Map<string, number>();

  /** `isOver`: of a key that was served before this began. */
  constructor(recording: Recording, isOver: (key: string) => boolean) {
    this.#recording = recording;
    this.#isOver = isOver;
  }

  /** Calls `give` when it is the key's turn; perhaps at once. */
  put(key: string, give: () => void): void {
    const { place, turn } = this.#turnOf(key);
    if (place <= turn) return this.#give(key, give);
    const timer = setTimeout(() => {
      this.#waiting.delete(key);
      this.#give(key, give);
    }, patience);
    timer.unref();
    this.#waiting.set(key, { give, timer });
  }

  /** Nobody waits for it any more. */
  drop(key: string): void {
    clearTimeout(this.#waiting.get(key)?.timer);
    if (this.#waiting.delete(key)) this.#give(key, () => undefined);
  }

  #give(key: string, give: () => void): void {
    this.#given.add(key);
    give();
    for (;;) {
      const { order, turn } = this.#turnOf(key);
      const following = order[turn];
      const waiting = following === undefined ? undefined : this.#waiting.get(following);
      if (following === undefined || waiting === undefined) return;
      clearTimeout(waiting.timer);
      this.#waiting.delete(following);
      this.#given.add(following);
      waiting.give();
    }
  }

  #turnOf(key: string): { readonly order: readonly string[]; readonly place: number; readonly turn: number } {
    const { node, order, places } = this.#recording.orderOf(key);
    let turn = this.#next.get(node) ?? 0;
    for (let at = order[turn]; at !== undefined && (this.#given.has(at) || this.#isOver(at)); at = order[turn])
      turn += 1;
    this.#next.set(node, turn);
    return { order, place: places.get(key) ?? 0, turn };
  }
}
