// A run's stay in the runner: whether anything in it goes on by itself, and when it can leave because nothing does.

/** Timers of Node hold no longer than this. */
const longestTimer = 2_147_483_647;

export class Residence {
  readonly #idle: () => void;
  #busy = 0;
  #waiting = 0;
  #isDue = false;
  #isOver = false;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #wakes = new Set<{ readonly at: number }>();
  readonly #endings = new Set<() => void>();

  /** `idle` is called when nothing goes on by itself any more: all that is under way waits for somebody, or for a time. */
  constructor(idle: () => void) {
    this.#idle = idle;
  }

  /** Something goes on, or no longer does. */
  count(change: 1 | -1): void {
    this.#busy += change;
    this.look();
  }

  /** Something waits for a person or a time, or no longer does. */
  wait(change: 1 | -1): void {
    this.#waiting += change;
  }

  /** Whether anything would ever set it going again. */
  get isWaiting(): boolean {
    return this.#waiting > 0 || this.#wakes.size > 0;
  }

  /** Whether anything goes on; to be called where something has begun to wait. */
  look(): void {
    if (this.#busy > 0 || this.#isDue || this.#isOver) return;
    this.#isDue = true;
    // By then whatever follows from what has just ended has begun.
    setImmediate(() => {
      this.#isDue = false;
      if (this.#busy === 0 && !this.#isOver) this.#idle();
    });
  }

  /** Lets something that takes its time count as going on. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.count(1);
    try {
      return await work;
    } finally {
      this.count(-1);
    }
  }

  /** Calls `then` at a time (epoch ms), unless what it returns is called before. */
  at(time: number, then: () => void): () => void {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      timer = setTimeout(
        () => {
          this.#timers.delete(timer);
          if (Date.now() >= time) then();
          else arm();
        },
        Math.min(Math.max(0, time - Date.now()), longestTimer),
      );
      this.#timers.add(timer);
    };
    arm();
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  /** Names a time at which something that waits goes on, for those who wake the run; until what it returns is called. */
  wakes(at: number): () => void {
    const wake = { at };
    this.#wakes.add(wake);
    return () => void this.#wakes.delete(wake);
  }

  /** The earliest of those times. */
  get nextWake(): number | undefined {
    let next: number | undefined;
    for (const { at } of this.#wakes) if (next === undefined || at < next) next = at;
    return next;
  }

  /** Calls `work` when the stay ends, unless what it returns is called before. */
  atEnd(work: () => void): () => void {
    this.#endings.add(work);
    return () => void this.#endings.delete(work);
  }

  /** Nothing is called any more. */
  end(): void {
    this.#isOver = true;
    for (const work of this.#endings) work();
    this.#endings.clear();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** One execution's share: it goes on while it runs, unless all it has asked for waits for a person or a time. */
export class Share {
  readonly #residence: Residence;
  #isRunning = false;
  #underWay = 0;
  #waiting = 0;
  #isCounted = false;

  constructor(residence: Residence) {
    this.#residence = residence;
  }

  run(): void {
    this.#isRunning = true;
    this.#update();
  }

  end(): void {
    this.#isRunning = false;
    this.#update();
  }

  /** Lets what it waits for by itself count. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.run();
    try {
      return await work;
    } finally {
      this.end();
    }
  }

  /** Something it asked for is under way (+1), or no longer (-1). */
  underWay(change: 1 | -1): void {
    this.#underWay += change;
    this.#update();
  }

  /** Something it asked for waits (+1), or no longer (-1). */
  waiting(change: 1 | -1): void {
    this.#waiting += change;
    this.#residence.wait(change);
    this.#update();
  }

  #update(): void {
    const counts = this.#isRunning && (this.#waiting === 0 || this.#underWay > 0);
    if (counts !== this.#isCounted) {
      this.#isCounted = counts;
      this.#residence.count(counts ? 1 : -1);
    } else if (this.#isRunning && !counts) this.#residence.look();
  }
}
