// The open interrupts of a run: a fold over the events of its step at hand.
import type { RunEvent } from '#contract/journal';
import type { OpenInterrupt } from '#contract/run';
import { nodePath } from '../run/path.ts';
import { openInterrupt } from '../run/fold.ts';

export class OpenInterrupts {
  readonly #open: Map<string, OpenInterrupt>;

  constructor(open: Iterable<OpenInterrupt> = []) {
    this.#open = new Map([...open].map((one) => [one.id, one]));
  }

  /** An independent copy, to see what an event would make of it. */
  copy(): OpenInterrupts {
    return new OpenInterrupts(this.#open.values());
  }

  apply(event: RunEvent, at: number): void {
    if (event.type === 'interrupt.opened') {
      this.#open.set(event.id, openInterrupt(event, at));
      return;
    }
    if (this.#open.size === 0) return;
    switch (event.type) {
      case 'interrupt.answered':
        this.#open.delete(event.id);
        return;
      case 'step.finished':
        // An interrupt belongs to a node of the run's step at hand.
        if (event.scope === '') this.#open.clear();
        return;
      case 'node.finished':
      case 'node.failed':
        this.#closeWithin(nodePath(event.scope, event.step, event.node));
        return;
      case 'run.finished':
      case 'run.failed':
      case 'run.cancelled':
      case 'run.departed':
        this.#open.clear();
        return;
      default:
        return;
    }
  }

  get(id: string): OpenInterrupt | undefined {
    return this.#open.get(id);
  }

  list(): readonly OpenInterrupt[] {
    return [...this.#open.values()];
  }

  /** How many a person must answer. */
  get forPeople(): number {
    let count = 0;
    for (const one of this.#open.values()) if (one.kind !== 'wait') count += 1;
    return count;
  }

  /** Waits and deadlines whose time has come. */
  due(now: number): readonly OpenInterrupt[] {
    return this.list().filter((one) => one.kind === 'wait' && one.until !== undefined && one.until <= now);
  }

  /** A node that ended another way (timeout, cancel) waits for nobody any more. */
  #closeWithin(path: string): void {
    for (const id of this.#open.keys()) if (isWithin(id, path)) this.#open.delete(id);
  }
}

/** Whether an interrupt or effect is of the node at `path` or of one inside it. */
export function isWithin(id: string, path: string): boolean {
  if (!id.startsWith(path)) return false;
  const next = id[path.length];
  return next === undefined || next === '#' || next === '[' || next === '/';
}
