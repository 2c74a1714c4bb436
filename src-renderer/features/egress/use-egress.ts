// The offline switch and the ledger as the screen uses them.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { EgressState, LedgerFilter } from '#contract/egress';
import { useApi } from '../../lib/api.tsx';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { useToast } from '../../lib/toasts.tsx';
import { withNewest, withNext, type Entries } from './ledger-fold.ts';

const pageSize = 200;

export interface OfflineCalls {
  readonly busy: boolean;
  readonly setOffline: (isOffline: boolean) => Promise<void>;
  /** Rejects never: false where it failed, and a notice says why. */
  readonly setAllowed: (hosts: readonly string[]) => Promise<boolean>;
}

export function useOfflineCalls(): OfflineCalls {
  const { client, query } = useApi();
  const queries = useQueryClient();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const ask = async (call: () => Promise<EgressState>, failed: string): Promise<EgressState | undefined> => {
    setBusy(true);
    try {
      const state = await call();
      queries.setQueryData(query.egress.state.queryKey(), state);
      return state;
    } catch (error) {
      toast({ text: failed, problem: problemOf(error) });
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  const setOffline = async (isOffline: boolean): Promise<void> => {
    const state = await ask(
      () => client.egress.setOffline({ isOffline }),
      isOffline ? 'Still online.' : 'Still offline.',
    );
    if (state === undefined) return;
    const allowed =
      state.allowed.length === 0 ? 'Nothing can be reached.' : `Only ${state.allowed.join(', ')} can be reached.`;
    toast({
      text: state.isOffline ? `Offline. ${allowed}` : 'Online again.',
      undo: () => void setOffline(!isOffline),
    });
  };
  return {
    busy,
    setOffline,
    setAllowed: async (hosts) =>
      (await ask(() => client.egress.setAllowed({ hosts: [...hosts] }), 'The hosts were not changed.')) !== undefined,
  };
}

export interface Ledger {
  /** undefined until the first page is there. */
  readonly entries: Entries | undefined;
  readonly problem: ShownProblem | undefined;
  readonly retry: () => void;
  /** Loads the following page where there is one. */
  readonly more: () => void;
}

/** `filter` must stay the same object while it says the same. */
export function useLedger(filter: LedgerFilter): Ledger {
  const { client, query } = useApi();
  const asked = JSON.stringify(filter);
  const newest = useQuery(query.egress.ledger.queryOptions({ input: { filter, offset: 0, limit: pageSize } }));
  const [held, setHeld] = useState<{ readonly asked: string; readonly entries: Entries }>();
  const [failed, setFailed] = useState<ShownProblem>();
  const loading = useRef(false);
  const { data } = newest;

  useEffect(() => {
    if (data === undefined) return;
    setHeld((now) => ({ asked, entries: now?.asked === asked ? withNewest(now.entries, data) : data }));
  }, [data, asked]);

  const entries = held?.asked === asked ? held.entries : undefined;
  const count = entries?.items.length ?? 0;
  const isAll = entries === undefined || count >= entries.total;
  const more = useCallback(() => {
    if (isAll || loading.current) return;
    loading.current = true;
    const load = async (): Promise<void> => {
      try {
        const page = await client.egress.ledger({ filter, offset: count, limit: pageSize });
        setHeld((now) => (now?.asked === asked ? { asked, entries: withNext(now.entries, page) } : now));
        setFailed(undefined);
      } catch (error) {
        setFailed(problemOf(error));
      } finally {
        loading.current = false;
      }
    };
    void load();
  }, [client, asked, filter, count, isAll]);

  const { error, refetch } = newest;
  return {
    entries: error === null ? entries : undefined,
    problem: error === null ? failed : problemOf(error),
    retry: () => {
      void refetch();
      more();
    },
    more,
  };
}

/** What the gateway's keys are called, by their ids. */
export function useKeyLabels(): ReadonlyMap<string, string> {
  const { query } = useApi();
  const { data } = useQuery(query.gateway.state.queryOptions());
  return useMemo(() => new Map((data?.keys ?? []).map(({ id, settings }) => [id, settings.label])), [data]);
}
