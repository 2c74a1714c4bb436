// One sender, many readers: values as async iterators, none lost to a reader that is slow.

/** Readers get every value sent after `listen` was called; a reader that stops or aborts is forgotten. */
export class Broadcast<T> {
  readonly #readers = new Set<(value: T) => void>();

  send(value: T): void {
    for (const reader of this.#readers) reader(value);
  }

  /** `first`, then every value from this call on; ends when `signal` aborts. Whoever calls must read or abort. */
  listen(signal: AbortSignal | undefined, first: readonly T[] = []): AsyncGenerator<T, void, void> {
    const waiting: T[] = [...first];
    const bell = { ring: (): void => {} };
    const reader = (value: T): void => {
      waiting.push(value);
      bell.ring();
    };
    // Not inside the generator: that would only begin to listen when it is first read.
    this.#readers.add(reader);
    return this.#read(waiting, bell, reader, signal);
  }

  async *#read(
    waiting: T[],
    bell: { ring: () => void },
    reader: (value: T) => void,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<T, void, void> {
    const stop = (): void => bell.ring();
    signal?.addEventListener('abort', stop);
    try {
      while (signal?.aborted !== true) {
        const value = waiting.shift();
        if (value === undefined) await new Promise<void>((resolve) => (bell.ring = resolve));
        else yield value;
      }
    } finally {
      this.#readers.delete(reader);
      signal?.removeEventListener('abort', stop);
    }
  }
}
