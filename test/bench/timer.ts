// Wall and processor time of a piece of a bench.

export interface Cost {
  readonly ms: number;
  /** Of all threads of the process. */
  readonly cpuMs: number;
}

/** Starts a clock; the function it returns reads it. */
export function timer(): () => Cost {
  const cpu = process.cpuUsage();
  const started = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { ms: performance.now() - started, cpuMs: (user + system) / 1000 };
  };
}
