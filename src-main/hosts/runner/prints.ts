// Catches what user code prints: so much a second is sent to main, the rest is counted.
import { Meter } from '#engine/runner/meter';
import type { FromRunner } from '#engine/run/protocol';

const perSecond = 64 * 1024;
/** Prints that come close together go as one message. */
const togetherMs = 30;

export interface Prints {
  /** Into the same as user code prints to. */
  readonly print: (text: string) => void;
  /** Sends what waits to be sent with more. */
  readonly flush: () => void;
}

/** Takes the place of stdout and stderr, which the console writes to. */
export function capturePrints(currentRun: () => string | undefined, send: (message: FromRunner) => void): Prints {
  let run: string | undefined;
  let text = '';
  let dropped = 0;
  let sentAt = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const now = performance.now.bind(performance);
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (text === '' && dropped === 0) return;
    sentAt = now();
    send({ type: 'output', ...(run === undefined ? {} : { run }), text, dropped });
    text = '';
    dropped = 0;
  };
  const meter = new Meter(perSecond, (passed, left) => {
    const printer = currentRun();
    if (printer !== run) flush();
    run = printer;
    text += passed;
    dropped += left;
    // A thread that blocks from here on sends nothing later.
    if (now() - sentAt > togetherMs) flush();
    else timer ??= setTimeout(flush, togetherMs);
  });

  const write = (chunk: unknown, ...rest: readonly unknown[]): boolean => {
    if (typeof chunk === 'string') meter.put(chunk);
    else if (chunk instanceof Uint8Array) {
      const shown = Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(chunk.byteLength, perSecond));
      meter.put(shown.toString(), chunk.byteLength - shown.byteLength);
    }
    const done = rest.at(-1);
    if (typeof done === 'function') process.nextTick(done);
    return true;
  };
  for (const stream of [process.stdout, process.stderr]) Object.defineProperty(stream, 'write', { value: write });
  return { print: (line) => meter.put(line), flush };
}
