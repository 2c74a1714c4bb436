// The list of pairs in pages: only what is in sight is asked for.
import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { PairFilter, PairListItem } from '#contract/pair';
import { useApi } from '../../lib/api.tsx';

export interface PairPages {
  /** Undefined while the first page is on its way. */
  readonly total: number | undefined;
  readonly at: (index: number) => PairListItem | undefined;
  readonly onRange: (first: number, last: number) => void;
  readonly error: Error | null;
  readonly again: () => void;
}

const pageSize = 100;

/** Pages are left alone when labels change: with every label a list of 100,000 would be asked for anew. */
export function usePairPages(filter: PairFilter): PairPages {
  const { query } = useApi();
  const queries = useQueryClient();
  const [range, setRange] = useState({ first: 0, last: 0 });
  const pages = Array.from({ length: range.last - range.first + 1 }, (_, index) => range.first + index);
  const options = (page: number) => ({
    ...query.pairs.list.queryOptions({ input: { filter, page: { offset: page * pageSize, limit: pageSize } } }),
    meta: { live: false },
  });
  const results = useQueries({ queries: [0, ...pages.filter((page) => page !== 0)].map(options) });
  const onRange = useCallback((first: number, last: number) => {
    const next = { first: Math.floor(first / pageSize), last: Math.floor(last / pageSize) };
    setRange((now) => (now.first === next.first && now.last === next.last ? now : next));
  }, []);
  const again = useCallback(
    () => void queries.invalidateQueries({ queryKey: query.pairs.list.key() }),
    [queries, query],
  );
  return {
    total: results[0]?.data?.total,
    at: (index) => queries.getQueryData(options(Math.floor(index / pageSize)).queryKey)?.items[index % pageSize],
    onRange,
    error: results.find(({ error }) => error !== null)?.error ?? null,
    again,
  };
}
