// Measures the time spent on a pair while the window is looked at.

export interface Stopwatch {
  /** Time of the finished stretches, in ms. */
  readonly passed: number;
  /** When the running stretch began; absent while paused. */
  readonly since?: number;
}

/** A watch at zero (or at `passed` ms), running or paused. Times are any monotonic clock's milliseconds. */
export function startWatch(now: number, running: boolean, passed = 0): Stopwatch {
  return running ? { passed, since: now } : { passed };
}

export function pauseWatch(watch: Stopwatch, now: number): Stopwatch {
  return { passed: elapsed(watch, now) };
}

export function resumeWatch(watch: Stopwatch, now: number): Stopwatch {
  return watch.since === undefined ? { passed: watch.passed, since: now } : watch;
}

/** Milliseconds it has run so far. */
export function elapsed(watch: Stopwatch, now: number): number {
  return watch.passed + (watch.since === undefined ? 0 : Math.max(0, now - watch.since));
}
