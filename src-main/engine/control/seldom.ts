// Tells that something changed, at once and then no more often than people can see.

export class Seldom {
  readonly #ms: number;
  readonly #tell: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;

  constructor(ms: number, tell: () => void) {
    this.#ms = ms;
    this.#tell = tell;
  }

  ring(): void {
    if (this.#timer !== undefined) {
      this.#isDue = true;
      return;
    }
    this.#tell();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#isDue) return;
      this.#isDue = false;
      this.ring();
    }, this.#ms);
    this.#timer.unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
