// The ledger as it is read: entries page by page as they grow, and what was opened and closed put together as one connection.
import type { LedgerEntry, LedgerPage } from '#contract/egress';

export interface Entries {
  /** Newest first, none left out from the newest down. */
  readonly items: readonly LedgerEntry[];
  readonly total: number;
}

export interface Connection {
  /** What was asked for: an entry that opens, or one that was refused. */
  readonly entry: LedgerEntry;
  readonly close?: LedgerEntry;
  /**
   * 'open': no end of it is written, because it is under way or because the process ended. 'left': whoever asked called it off. 'failed':
   * it broke, or was cut off.
   */
  readonly state: 'open' | 'done' | 'left' | 'failed' | 'refused';
}

/** Puts the following page at the end. */
export function withNext(entries: Entries, page: LedgerPage): Entries {
  const oldest = entries.items.at(-1)?.n ?? Number.POSITIVE_INFINITY;
  return { items: [...entries.items, ...page.items.filter(({ n }) => n < oldest)], total: page.total };
}

/** Takes the newest page in again. Where too much has come for the two to meet, only the page stays. */
export function withNewest(entries: Entries, page: LedgerPage): Entries {
  const oldest = page.items.at(-1)?.n;
  const newest = entries.items[0]?.n;
  if (oldest === undefined || newest === undefined || oldest > newest) return { items: page.items, total: page.total };
  return { items: [...page.items, ...entries.items.filter(({ n }) => n < oldest)], total: page.total };
}

/** Newest first. The end of something that was opened further back than was read waits until that is. */
export function connectionsOf(entries: readonly LedgerEntry[]): readonly Connection[] {
  const closes = new Map<number, LedgerEntry>();
  const connections: Connection[] = [];
  for (const entry of entries) {
    if (entry.kind === 'close') {
      if (entry.opens !== undefined) closes.set(entry.opens, entry);
    } else if (entry.kind === 'refused') connections.push({ entry, state: 'refused' });
    else {
      const close = closes.get(entry.n);
      if (close === undefined) connections.push({ entry, state: 'open' });
      else connections.push({ entry, close, state: endOf(close) });
    }
  }
  return connections;
}

function endOf({ reason, status }: LedgerEntry): Connection['state'] {
  if (reason === 'ABORTED' || reason === 'LEFT') return 'left';
  return reason === undefined && status !== undefined ? 'done' : 'failed';
}
