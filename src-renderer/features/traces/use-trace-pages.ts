// The list in pages: only those in sight are asked for, and what is shown stays until the next is there.
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Page, TraceFilter, TraceSort, TraceSummary } from '#contract/trace';
import { useApi } from '../../lib/api.tsx';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';

/** Traces in one page. */
export const pageSize = 200;
/** Pages not in sight are forgotten after this time, ms. */
const forgetMs = 60_000;
/** A scroll bar that is dragged passes pages by; they are asked for no more often than this, ms. */
const everyMs = 60;
/** Rows beyond those in sight that are asked for ahead. */
const ahead = 80;

export interface TracePages {
  /** undefined until the first page came. */
  readonly total: number | undefined;
  /** undefined while its page is on the way. */
  readonly at: (index: number) => TraceSummary | undefined;
  /** What is shown is of the filter before: the next is on the way. */
  readonly isStale: boolean;
  readonly problem: ShownProblem | undefined;
  readonly retry: () => void;
  /** To be called with the rows in sight. */
  readonly onRange: (first: number, last: number) => void;
  /** Which filter and sort is shown, for keys and for starting at the top. */
  readonly shown: string;
}

function pageOf(index: number): number {
  return Math.floor(index / pageSize);
}

interface Asked {
  readonly filter: TraceFilter;
  readonly sort: TraceSort;
}

export function useTracePages(filter: TraceFilter, sort: TraceSort): TracePages {
  const { query } = useApi();
  const [pages, setPages] = useState<{ readonly first: number; readonly last: number }>({ first: 0, last: 0 });
  const wanted = useMemo<Asked>(() => ({ filter, sort }), [filter, sort]);
  const options = ({ filter: of, sort: by }: Asked, page: number) =>
    query.traces.list.queryOptions({
      input: { filter: of, sort: by, page: { offset: page * pageSize, limit: pageSize } },
      gcTime: forgetMs,
    });

  // The first page decides when a new filter takes over: until then the old rows stay.
  const head = useQuery({ ...options(wanted, 0), placeholderData: keepPreviousData });
  const [shown, setShown] = useState<Asked>(wanted);
  if (head.isSuccess && !head.isPlaceholderData && shown !== wanted) {
    setShown(wanted);
    setPages({ first: 0, last: 0 });
  }
  const lastPage = head.data === undefined ? 0 : Math.max(0, pageOf(head.data.total - 1));
  const numbers = Array.from(
    { length: Math.max(0, Math.min(pages.last, lastPage) - pages.first + 1) },
    (_, index) => pages.first + index,
  );
  const results = useQueries({ queries: numbers.map((page) => options(shown, page)) });

  const loaded = useMemo(() => {
    const byPage = new Map<number, Page<TraceSummary>>();
    for (const [index, result] of results.entries()) {
      if (result.data !== undefined) byPage.set(pages.first + index, result.data);
    }
    if (head.data !== undefined && shown === wanted) byPage.set(0, head.data);
    return byPage;
  }, [results, pages.first, head.data, shown, wanted]);
  const total = [...loaded.values()].at(-1)?.total ?? head.data?.total;
  const at = useCallback((index: number) => loaded.get(pageOf(index))?.items[index % pageSize], [loaded]);

  const pace = useRef<{ timer?: ReturnType<typeof setTimeout>; last: number }>({ last: 0 });
  useEffect(() => {
    const { current } = pace;
    return () => clearTimeout(current.timer);
  }, []);
  const onRange = useCallback((first: number, last: number) => {
    const next = { first: pageOf(Math.max(0, first - ahead)), last: pageOf(last + ahead) };
    const { current } = pace;
    clearTimeout(current.timer);
    current.timer = setTimeout(
      () => {
        current.last = performance.now();
        setPages((now) => (now.first === next.first && now.last === next.last ? now : next));
      },
      Math.max(0, current.last + everyMs - performance.now()),
    );
  }, []);

  const failed = head.error ?? results.find((result) => result.error !== null)?.error ?? undefined;
  const { refetch } = head;
  return {
    total,
    at,
    isStale: shown !== wanted,
    problem: failed === undefined ? undefined : problemOf(failed),
    retry: () => {
      void refetch();
      for (const result of results) if (result.isError) void result.refetch();
    },
    onRange,
    shown: JSON.stringify(shown),
  };
}
