// What user code printed goes into the journal as log, up to a limit a run.

/** Characters of a run's output that its journal takes. */
const most = 1024 * 1024;

export class Printed {
  readonly #lengths = new Map<string, number>();

  /** The text for the journal; undefined where the run has printed too much already. `dropped`: bytes that never came. */
  take(run: string, text: string, dropped: number): string | undefined {
    const before = this.#lengths.get(run) ?? 0;
    if (before > most) return undefined;
    const length = before + text.length;
    this.#lengths.set(run, length);
    if (length > most) return `${text.slice(0, most - before)}\n… it prints too much: the rest is left out.`;
    return dropped === 0 ? text : `${text}\n… ${dropped} bytes were left out here.`;
  }

  forget(run: string): void {
    this.#lengths.delete(run);
  }
}
