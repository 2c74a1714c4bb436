// What the list is filtered and sorted by, remembered for each workspace while the window is open.
import { keep, readKept } from '../../lib/kept.ts';
import { traceFilterSchema, traceSortSchema, type TraceFilter, type TraceSort } from '#contract/trace';

export interface ListView {
  readonly filter: TraceFilter;
  readonly sort: TraceSort;
}

/** The newest first: what the gateway captures now is seen without a search for it. */
export const usualView: ListView = { filter: {}, sort: { by: 'date', descending: true } };

const keyOf = (workspace: string): string => `atelier.traces.${workspace}`;

export function readListView(workspace: string): ListView {
  const value = readKept(sessionStorage, keyOf(workspace));
  if (typeof value !== 'object' || value === null || !('filter' in value) || !('sort' in value)) return usualView;
  const filter = traceFilterSchema.safeParse(value.filter);
  const sort = traceSortSchema.safeParse(value.sort);
  return filter.success && sort.success ? { filter: filter.data, sort: sort.data } : usualView;
}

export function saveListView(workspace: string, view: ListView): void {
  keep(sessionStorage, keyOf(workspace), view);
}
