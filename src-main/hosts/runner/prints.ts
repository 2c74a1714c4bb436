// Catches what user code prints: so much a second is sent to main, the rest is counted.
import { Meter } from '#engine/runner/meter';
import type { FromRunner } from '#engine/run/protocol';

const perSecond = 64 * 1024;
/** So many prints a second go at once, even of a thread that blocks from there on; the others wait and go together. */
const atOnce = 100;
const togetherMs = 30;

export interface Prints {
  /** Into the same as user code prints to. */
  readonly print: (text: string) => void;
  /** Sends what waits to be sent with more. */
  readonly flush: () => void;
}

/** Takes the place of stdout and stderr, which the console writes to. */
export function capturePrints(currentRun: () => string | undefined, send: (message: FromRunner) => void): Prints {
  const waiting = new Map<string | undefined, { text: string; dropped: number }>();
  let sent = 0;
  let since = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const now = performance.now.bind(performance);
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const [run, { text, dropped }] of waiting) {
      sent += 1;
      send({ type: 'output', ...(run === undefined ? {} : { run }), text, dropped });
    }
    waiting.clear();
  };
  const meter = new Meter(perSecond, (text, dropped) => {
    const run = currentRun();
    const before = waiting.get(run);
    waiting.set(run, { text: (before?.text ?? '') + text, dropped: (before?.dropped ?? 0) + dropped });
    if (now() - since > 1000) {
      since = now();
      sent = 0;
    }
    if (sent < atOnce) flush();
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
