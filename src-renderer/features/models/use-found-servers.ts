// Model servers that run on this machine and are not among the providers yet.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FoundServer, ProviderState } from '#contract/model';
import { useApi } from '../../lib/api.tsx';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { hostOf } from './words.ts';

export interface FoundServers {
  readonly state: 'not asked' | 'looking' | 'known';
  readonly servers: readonly FoundServer[];
  readonly problem: ShownProblem | undefined;
  /** Somebody asked, and has not put the answer away. */
  readonly isAsked: boolean;
  readonly look: () => void;
  readonly putAway: () => void;
}

/** Looks when it is told to; by itself where that is all the screen has to offer. Each question is a connection, which the ledger lists. */
export function useFoundServers(
  providers: readonly Pick<ProviderState, 'settings'>[],
  byItself: boolean,
): FoundServers {
  const { query } = useApi();
  const [isAsked, setAsked] = useState(false);
  const found = useQuery({
    ...query.models.discover.queryOptions({ meta: { live: false } }),
    enabled: byItself,
  });
  const known = new Set(providers.map(({ settings }) => hostOf(settings.url).replace('localhost', '127.0.0.1')));
  const { data, error, isFetching, refetch } = found;
  return {
    state: isFetching ? 'looking' : data === undefined && error === null ? 'not asked' : 'known',
    servers: (data ?? []).filter(({ url }) => !known.has(hostOf(url))),
    problem: error === null ? undefined : problemOf(error),
    isAsked,
    look: () => {
      setAsked(true);
      void refetch();
    },
    putAway: () => setAsked(false),
  };
}
