// Lets through so much printed text a second, and counts what it leaves out.

/** `now` in ms; `pass` is told at most `limit` characters a second, and of what was left out with the next text or when the second is over. */
export class Meter {
  readonly #limit: number;
  readonly #pass: (text: string, dropped: number) => void;
  #left: number;
  #dropped = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limit: number, pass: (text: string, dropped: number) => void) {
    this.#limit = limit;
    this.#left = limit;
    this.#pass = pass;
  }

  /** `droppedBefore`: left out by whoever measured it before. */
  put(text: string, droppedBefore = 0): void {
    this.#dropped += droppedBefore;
    this.#timer ??= this.#again();
    if (this.#left === 0) {
      this.#dropped += text.length;
      return;
    }
    const kept = text.slice(0, this.#left);
    this.#left -= kept.length;
    this.#dropped += text.length - kept.length;
    const dropped = kept.length === text.length ? this.#take() : 0;
    if (kept !== '' || dropped > 0) this.#pass(kept, dropped);
  }

  /** Tells what was left out and not yet told. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const dropped = this.#take();
    if (dropped > 0) this.#pass('', dropped);
  }

  #take(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  #again(): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      this.#left = this.#limit;
      this.end();
    }, 1000);
    timer.unref();
    return timer;
  }
}
