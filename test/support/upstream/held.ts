// A stream that stops in its middle until a test lets it go on.
import type { Piece } from './fake-upstream.ts';

export interface Held {
  /** Lets all that follows through. */
  readonly release: () => void;
  /** The pieces, with the wait after the first `count` of them. */
  readonly body: (pieces: readonly Piece[], count: number) => AsyncIterable<Piece>;
}

export function holdStreams(): Held {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  return {
    release: () => release(),
    async *body(pieces, count) {
      yield* pieces.slice(0, count);
      await released;
      yield* pieces.slice(count);
    },
  };
}
