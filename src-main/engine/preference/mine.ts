// Mining: pairs worth labelling, found in the tree and in the scores, each once.
import { pairKindSchema, type MineSummary, type Pair, type PairKind } from '#contract/pair';
import type { Clock, Store, Task } from '../ports.ts';
import { counted, defaultLimits, type Finding, type MineLimits } from './finding.ts';
import { outcomes } from './outcomes.ts';
import { siblings } from './siblings.ts';

/** Pairs written in one transaction. */
const batchSize = 200;

/**
 * Finds the pairs of `kinds` (all where none is named) and stores those that are new; what an earlier mining or an import stored
 * stays as it is. A pair that is found in two ways counts once: as imported before outcome before sibling. Cancelling keeps what
 * was stored until then. Rejects with the signal's reason where `task` is cancelled.
 */
export async function mine(
  store: Store,
  clock: Clock,
  kinds: readonly PairKind[] | undefined,
  task: Task,
  limits: MineLimits = defaultLimits,
): Promise<MineSummary> {
  const wanted = pairKindSchema.options.filter((kind) => kinds === undefined || kinds.includes(kind));
  const mining = new Mining(store, task, wanted.includes('imported'));
  const now = clock.now();
  if (wanted.includes('outcome')) await mining.take('outcome', outcomes(store, now, limits));
  if (wanted.includes('sibling')) await mining.take('sibling', siblings(store, now, limits));
  return mining.summary(wanted);
}

/** What came of it, for the status bar. */
export function mineMessage(summary: MineSummary): string {
  return `${counted(summary.pairs, 'pair')} found, ${summary.new.toLocaleString('en')} new`;
}

class Mining {
  readonly #store: Store;
  readonly #task: Task;
  /** Pairs that importers made; none where they were not asked for or there are none. */
  readonly #imported: number;
  readonly #traces: number;
  readonly #found = new Set<string>();
  readonly #byKind = new Map<PairKind, number>();
  readonly #leftOut = new Map<string, number>();
  #batch: Pair[] = [];
  #new = 0;
  #tracesDone = 0;

  constructor(store: Store, task: Task, imported: boolean) {
    this.#store = store;
    this.#task = task;
    this.#imported = imported ? (store.pairs.countByKind()['imported'] ?? 0) : 0;
    this.#traces = store.traces.count();
  }

  async take(kind: PairKind, findings: Iterable<Finding>): Promise<void> {
    for (const finding of findings) {
      if (finding.kind === 'pair') this.#takePair(kind, finding.pair);
      else if (finding.kind === 'left-out') this.#leaveOut(finding.why, finding.count);
      else this.#tracesDone += finding.traces;
      // The tree's forks have no count to measure progress by.
      const done = kind === 'outcome' && this.#traces > 0 ? Math.min(1, this.#tracesDone / this.#traces) : undefined;
      await this.#task.progress(done, `${counted(this.#found.size, 'pair')} found`);
    }
    this.#flush();
  }

  summary(wanted: readonly PairKind[]): MineSummary {
    const byKind: Partial<Record<PairKind, number>> = {};
    for (const kind of wanted) byKind[kind] = kind === 'imported' ? this.#imported : (this.#byKind.get(kind) ?? 0);
    return {
      pairs: this.#found.size + this.#imported,
      new: this.#new,
      byKind,
      leftOut: [...this.#leftOut].map(([why, count]) => ({ why, count })),
    };
  }

  #takePair(kind: PairKind, pair: Pair): void {
    if (this.#found.has(pair.id)) return;
    if (this.#imported > 0 && this.#store.pairs.get(pair.id)?.kind === 'imported') return;
    this.#found.add(pair.id);
    this.#byKind.set(kind, (this.#byKind.get(kind) ?? 0) + 1);
    this.#batch.push(pair);
    if (this.#batch.length === batchSize) this.#flush();
  }

  #leaveOut(why: string, count: number): void {
    this.#leftOut.set(why, (this.#leftOut.get(why) ?? 0) + count);
  }

  #flush(): void {
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length > 0) this.#new += this.#store.transaction(() => this.#store.pairs.put(batch));
  }
}
