// Calls of the vault: one at a time, the new state shown at once, what went wrong kept where it was asked for.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { VaultState } from '#contract/vault';
import { useApi, type Client } from '../../lib/api.tsx';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { originOf, type KnownProvider } from './binding-draft.ts';

export interface VaultCall {
  readonly busy: boolean;
  readonly problem: ShownProblem | undefined;
  readonly clearProblem: () => void;
  /**
   * Asks the vault and shows what came of it. Rejects never: undefined where it failed, and then `problem` says why. No mutation of the
   * query cache, which would keep what it was called with.
   */
  readonly ask: (call: (vault: Client['vault']) => Promise<VaultState>) => Promise<VaultState | undefined>;
}

export function useVaultCall(): VaultCall {
  const { client, query } = useApi();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();
  const queryKey = query.vault.state.queryKey();
  const ask: VaultCall['ask'] = async (call) => {
    if (busy) return undefined;
    setBusy(true);
    setProblem(undefined);
    try {
      const state = await call(client.vault);
      queries.setQueryData(queryKey, state);
      return state;
    } catch (error) {
      setProblem(problemOf(error));
      // A wrong passphrase, say, changes how long one has to wait.
      void queries.invalidateQueries({ queryKey });
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, clearProblem: useCallback(() => setProblem(undefined), []), ask };
}

/** The providers of the workspace's models, by name and origin; none where they cannot be told. */
export function useKnownProviders(): readonly (KnownProvider & { readonly secret?: string })[] {
  const { query } = useApi();
  const { data } = useQuery(query.models.state.queryOptions());
  return (data?.providers ?? []).flatMap(({ name, settings }) => {
    const origin = originOf(settings.url);
    if (!origin.ok) return [];
    return [{ name, origin: origin.origin, ...(settings.secret === undefined ? {} : { secret: settings.secret }) }];
  });
}
