// Time as limits, retries and breakers see it: what it is, and when to be woken. A test gives its own.
import type { Clock } from '../ports.ts';

export interface Timing extends Clock {
  /** Calls `ring` once after `ms`; gives back what takes that back. */
  after(ms: number, ring: () => void): () => void;
}

/** The longest that Node's timers wait in one go, ms. */
const longestTimer = 2 ** 31 - 1;

export function timingOf(clock: Clock): Timing {
  return {
    now: () => clock.now(),
    after(ms, ring) {
      const timer = setTimeout(ring, Math.min(ms, longestTimer));
      return () => clearTimeout(timer);
    },
  };
}

/** Throws AbortError as soon as the signal says so. */
export function pause(timing: Timing, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortError());
      return;
    }
    const stop = (): void => {
      cancel();
      reject(abortError());
    };
    const cancel = timing.after(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}

export function abortError(): DOMException {
  return new DOMException('The call of the model was cancelled.', 'AbortError');
}

export function isAbortError(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}
