// What is done to traces from the list: remove with undo, export, mark all.
import { useApi } from '../../lib/api.tsx';
import { counted } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { useToast } from '../../lib/toasts.tsx';
import type { TraceFilter, TraceSort, TranscriptTarget } from '#contract/trace';

export interface TraceCommands {
  /** Resolves true once they are removed. */
  readonly remove: (ids: readonly string[]) => Promise<boolean>;
  readonly exportAll: (filter: TraceFilter, target: TranscriptTarget) => Promise<void>;
  /** Ids of all traces that fit, in order; undefined where that failed and was said. */
  readonly allIds: (filter: TraceFilter, sort: TraceSort) => Promise<readonly string[] | undefined>;
}

const mostPerPage = 1000;

export function useTraceCommands(): TraceCommands {
  const { client } = useApi();
  const toast = useToast();
  const restore = async (ids: readonly string[]): Promise<void> => {
    try {
      await client.traces.restore({ ids: [...ids] });
    } catch (error) {
      toast({ text: 'The traces were not brought back.', problem: problemOf(error) });
    }
  };
  return {
    remove: async (ids) => {
      try {
        const { count } = await client.traces.remove({ ids: [...ids] });
        toast({ text: `${counted(count, 'trace')} removed.`, undo: () => void restore(ids) });
        return true;
      } catch (error) {
        toast({ text: 'Nothing was removed.', problem: problemOf(error) });
        return false;
      }
    },
    exportAll: async (filter, target) => {
      try {
        // The job shows itself in the status bar; a person who cancels the dialog knows it.
        await client.traces.export({ filter, target });
      } catch (error) {
        toast({ text: 'The export did not start.', problem: problemOf(error) });
      }
    },
    allIds: async (filter, sort) => {
      const ids: string[] = [];
      try {
        for (;;) {
          const page = await client.traces.list({ filter, sort, page: { offset: ids.length, limit: mostPerPage } });
          for (const { id } of page.items) ids.push(id);
          if (page.items.length === 0 || ids.length >= page.total) return ids;
        }
      } catch (error) {
        toast({ text: 'The traces could not be marked.', problem: problemOf(error) });
        return undefined;
      }
    },
  };
}
