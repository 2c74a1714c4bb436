// Loads the list of runs as it is scrolled, and keeps it up to date while runs go on.
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { RunFilter } from '#contract/run';
import { useApi } from '../../lib/api.tsx';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { withNewest, withNext, type RunList } from './run-pages.ts';

const pageSize = 100;

export interface Runs {
  /** undefined until the first page is there. */
  readonly list: RunList | undefined;
  readonly problem: ShownProblem | undefined;
  readonly retry: () => void;
  /** Loads the following page where there is one. */
  readonly more: () => void;
}

/** `filter` must stay the same object while it says the same. */
export function useRuns(filter: RunFilter): Runs {
  const { client, query } = useApi();
  const asked = JSON.stringify(filter);
  const newest = useQuery(query.runs.list.queryOptions({ input: { filter, limit: pageSize } }));
  const [held, setHeld] = useState<{ readonly asked: string; readonly list: RunList }>();
  const [failed, setFailed] = useState<ShownProblem>();
  const loading = useRef(false);
  const { data } = newest;

  useEffect(() => {
    if (data === undefined) return;
    setHeld((now) => {
      const list = now?.asked === asked ? withNewest(now.list, data) : { items: data.items, next: data.next };
      return { asked, list };
    });
  }, [data, asked]);

  const list = held?.asked === asked ? held.list : undefined;
  const next = list?.next;
  const more = useCallback(() => {
    if (next === undefined || loading.current) return;
    loading.current = true;
    const load = async (): Promise<void> => {
      try {
        const page = await client.runs.list({ filter, after: next, limit: pageSize });
        setHeld((now) =>
          now?.asked === asked && now.list.next === next ? { asked, list: withNext(now.list, page) } : now,
        );
        setFailed(undefined);
      } catch (error) {
        setFailed(problemOf(error));
      } finally {
        loading.current = false;
      }
    };
    void load();
  }, [client, asked, filter, next]);

  const { error, refetch } = newest;
  return {
    list: error === null ? list : undefined,
    problem: error === null ? failed : problemOf(error),
    retry: () => {
      void refetch();
      more();
    },
    more,
  };
}
