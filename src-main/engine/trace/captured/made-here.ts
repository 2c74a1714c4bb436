// The import that all traces belong to which came in over the loopback server: nobody imported it, so no list shows it.
import type { Clock, Store } from '../../ports.ts';
import { noCounts } from '../no-counts.ts';

export const madeHereId = 'gateway';

/** Makes it where it is not there yet; inside the caller's transaction. */
export function madeHere(store: Store, clock: Clock): void {
  if (store.imports.get(madeHereId) !== undefined) return;
  const now = clock.now();
  store.imports.put({
    id: madeHereId,
    file: 'Gateway',
    format: 'gateway',
    bytes: 0,
    startedAt: now,
    finishedAt: now,
    state: 'done',
    ...noCounts,
  });
}
