// One sender, many readers: values as async iterators, none lost to a reader that is slow.

/** Readers get every value sent after they began to listen; a reader that stops or aborts is forgotten. */
export class Broadcast<T> {
  readonly #readers = new Set<(value: T) => void>();

  send(value: T): void {
    for (const reader of this.#readers) reader(value);
  }

  /** Values from now on, `first` before them; ends when `signal` aborts. */
  async *listen(signal: AbortSignal | undefined, first: readonly T[] = []): AsyncGenerator<T, void, void> {
    const waiting: T[] = [...first];
    let wake = (): void => {};
    const reader = (value: T): void => {
      waiting.push(value);
      wake();
    };
    const stop = (): void => wake();
    this.#readers.add(reader);
    signal?.addEventListener('abort', stop);
    try {
      while (signal?.aborted !== true) {
        const value = waiting.shift();
        if (value !== undefined) yield value;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      this.#readers.delete(reader);
      signal?.removeEventListener('abort', stop);
    }
  }
}
