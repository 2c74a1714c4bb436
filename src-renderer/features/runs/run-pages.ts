// The list of runs as it grows page by page and changes under the reader.
import type { RunPage, RunSummary } from '#contract/run';

export interface RunList {
  /** Newest first. */
  readonly items: readonly RunSummary[];
  /** Where the list goes on; undefined at its end. */
  readonly next: string | undefined;
}

/** Puts the following page at the end. A run that is there already keeps its place. */
export function withNext(list: RunList, page: RunPage): RunList {
  const known = new Set(list.items.map(({ id }) => id));
  return { items: [...list.items, ...page.items.filter(({ id }) => !known.has(id))], next: page.next };
}

/**
 * Takes the newest page in again: new runs come to the top, known ones are renewed, and those that the page no longer has though they
 * would stand within it are gone. What lies below the page stays as it was.
 */
export function withNewest(list: RunList, page: RunPage): RunList {
  if (page.next === undefined) return { items: page.items, next: undefined };
  const fresh = new Set(page.items.map(({ id }) => id));
  const oldest = page.items.at(-1);
  const at = oldest === undefined ? -1 : list.items.findIndex(({ id }) => id === oldest.id);
  // Nothing of the page is known: too much has happened to put the two together.
  if (at === -1 && !list.items.some(({ id }) => fresh.has(id))) return { items: page.items, next: page.next };
  const last = at === -1 ? list.items.findLastIndex(({ id }) => fresh.has(id)) : at;
  return { items: [...page.items, ...list.items.slice(last + 1).filter(({ id }) => !fresh.has(id))], next: list.next };
}

/** How many runs of `after` stand above the first that `before` had. */
export function cameOnTop(before: readonly RunSummary[], after: readonly RunSummary[]): number {
  const first = before[0];
  return first === undefined
    ? 0
    : Math.max(
        0,
        after.findIndex(({ id }) => id === first.id),
      );
}
