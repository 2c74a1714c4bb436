// The gateway as its screen uses it: calls of the contract, what each key used today, and the requests as they come.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { GatewayCall, GatewayState, KeyUse } from '#contract/gateway';
import { useApi, type Client } from '../../lib/api.tsx';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { useCall, type Call } from '../../lib/use-call.ts';
import { useNow } from '../../lib/use-now.ts';
import { shownCalls, type ShownCalls } from './held-calls.ts';
import { startOfDay } from '../../lib/days.ts';

export interface GatewayAsk extends Omit<Call, 'ask'> {
  readonly ask: <Answer>(
    call: (gateway: Client['gateway']) => Promise<Answer>,
    stateOf: (answer: Answer) => GatewayState,
  ) => Promise<Answer | undefined>;
}

export function useGatewayAsk(): GatewayAsk {
  const { client, query } = useApi();
  const queries = useQueryClient();
  const { ask, ...call } = useCall();
  return {
    ...call,
    ask: (work, stateOf) =>
      ask(async () => {
        const answer = await work(client.gateway);
        queries.setQueryData(query.gateway.state.queryKey(), stateOf(answer));
        return answer;
      }),
  };
}

const dayMs = 60_000;

/** What each key used since midnight, by its id. */
export function useToday(): ReadonlyMap<string, KeyUse> {
  const { query } = useApi();
  const from = startOfDay(useNow(dayMs));
  const { data } = useQuery(query.gateway.use.queryOptions({ input: { from } }));
  return useMemo(() => new Map((data ?? []).map((use) => [use.key, use])), [data]);
}

/** As many as the contract gives. */
export const mostCalls = 500;

export interface Calls extends ShownCalls {
  readonly isLoading: boolean;
  readonly problem: ShownProblem | undefined;
  readonly retry: () => void;
  /** Whether the list is read at its top, where new ones come in. */
  readonly onTop: (isAtTop: boolean) => void;
}

/** `key`: id of the one whose requests are wanted; undefined for all. */
export function useCalls(key: string | undefined): Calls {
  const { query } = useApi();
  const newest = useQuery(
    query.gateway.calls.queryOptions({ input: { limit: mostCalls, ...(key === undefined ? {} : { key }) } }),
  );
  // What is held back belongs to one filter.
  const [held, setHeld] = useState<{ readonly key: string | undefined; readonly calls: readonly GatewayCall[] }>();
  const { data, error, refetch } = newest;
  const onTop = useCallback(
    (isAtTop: boolean) =>
      setHeld((now) => {
        if (isAtTop || data === undefined) return undefined;
        return now !== undefined && now.key === key ? now : { key, calls: data };
      }),
    [data, key],
  );
  const isHeld = held !== undefined && held.key === key;
  const heldCalls = isHeld ? held.calls : undefined;
  const shown = useMemo(() => shownCalls(data ?? [], heldCalls), [data, heldCalls]);
  return {
    ...shown,
    isLoading: data === undefined && error === null,
    problem: data === undefined && error !== null ? problemOf(error) : undefined,
    retry: () => void refetch(),
    onTop,
  };
}
