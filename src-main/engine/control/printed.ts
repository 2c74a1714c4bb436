// What user code prints and logs goes into the journal up to a limit a run: the disk is everybody's.

/** Characters of what a run prints, and of what it logs, that its journal takes. */
export const mostPrinted = 1024 * 1024;
export const mostLogged = 16 * 1024 * 1024;

export class Printed {
  readonly #most: number;
  readonly #lengths = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** The text for the journal; undefined where the run has printed too much already. `dropped`: bytes that never came. */
  take(run: string, text: string, dropped: number): string | undefined {
    const before = this.#lengths.get(run) ?? 0;
    if (before > this.#most) return undefined;
    const length = before + text.length;
    this.#lengths.set(run, length);
    if (length > this.#most)
      return `${text.slice(0, this.#most - before)}\n… it prints too much: the rest is left out.`;
    return dropped === 0 ? text : `${text}\n… ${dropped} bytes were left out here.`;
  }

  forget(run: string): void {
    this.#lengths.delete(run);
  }
}
