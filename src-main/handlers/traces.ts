// Traces: lists, shows, hides and writes out what was recorded.
import { contract } from '#contract/contract';
import { savedFilterSchema, type SavedFilter } from '#contract/trace';
import { jsonSchema } from '#contract/turn';
import { implement } from '@orpc/server';
import type { Store } from '#engine/ports';
import { traceDetail } from '#engine/trace/detail';
import { exportTranscriptsTo } from '#engine/trace/export/run';
import { rawRecord } from '#engine/trace/source';
import { asContractErrors, type Context } from './context.ts';

const os = implement(contract.traces).$context<Context>().use(asContractErrors);

export const traces = os.router({
  list: os.list.handler(({ context, input }) => {
    const { filter, sort, page } = input;
    return context.studio().store.traces.list(filter, sort, page.offset, page.limit);
  }),
  get: os.get.handler(({ context, input }) => traceDetail(context.studio().store, input.id)),
  raw: os.raw.handler(({ context, input }) => rawRecord(context.studio().store, input.id)),
  facets: os.facets.handler(({ context }) => context.studio().store.traces.facets()),
  remove: os.remove.handler(({ context, input }) => setRemoved(context, input.ids, true)),
  restore: os.restore.handler(({ context, input }) => setRemoved(context, input.ids, false)),
  savedFilters: os.savedFilters.handler(({ context }) => savedFilters(context.studio().store)),
  saveFilter: os.saveFilter.handler(({ context, input }) =>
    keepFilters(context, (filters) => [...filters.filter(({ name }) => name !== input.name), input]),
  ),
  removeFilter: os.removeFilter.handler(({ context, input }) =>
    keepFilters(context, (filters) => filters.filter(({ name }) => name !== input.name)),
  ),
  export: os.export.handler(async ({ context, input }) => {
    const { filter, target } = input;
    const path = await context.desk.pickSaveFile('Export transcripts', 'transcripts.jsonl');
    if (path === undefined) return undefined;
    const { jobs, store } = context.studio();
    const jobId = jobs.start(
      'export',
      'Export transcripts',
      // The save dialog has asked already whether to replace what stands there.
      (task) => exportTranscriptsTo(store, filter, target, { path, overwrite: true }, task),
      ({ records }) => `${records.toLocaleString('en')} ${records === 1 ? 'record' : 'records'} written`,
    );
    return { jobId };
  }),
});

function setRemoved(context: Context, ids: readonly string[], removed: boolean): { readonly count: number } {
  const studio = context.studio();
  const count = studio.store.traces.setRemoved(ids, removed);
  studio.changed('traces', 'workspace');
  return { count };
}

const filtersName = 'traces.filters';
const filtersSchema = savedFilterSchema.array();

/** By name; what an older version wrote and this one cannot read counts as none. */
function savedFilters(store: Store): readonly SavedFilter[] {
  const parsed = filtersSchema.safeParse(store.settings.get(filtersName) ?? []);
  return parsed.success ? parsed.data : [];
}

function keepFilters(
  context: Context,
  change: (filters: readonly SavedFilter[]) => readonly SavedFilter[],
): readonly SavedFilter[] {
  const studio = context.studio();
  const filters = change(savedFilters(studio.store)).toSorted((left, right) => left.name.localeCompare(right.name));
  studio.store.settings.set(filtersName, jsonSchema.parse(filters));
  studio.changed('traces');
  return filters;
}
