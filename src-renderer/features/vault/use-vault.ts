// Calls of the vault: one at a time, the new state shown at once, what went wrong kept where it was asked for.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { VaultState } from '#contract/vault';
import { useApi, type Client } from '../../lib/api.tsx';
import { useCall, type Call } from '../../lib/use-call.ts';
import { originOf, type KnownProvider } from './binding-draft.ts';

export interface VaultCall extends Omit<Call, 'ask'> {
  /** Asks the vault and shows what came of it. */
  readonly ask: (call: (vault: Client['vault']) => Promise<VaultState>) => Promise<VaultState | undefined>;
}

export function useVaultCall(): VaultCall {
  const { client, query } = useApi();
  const queries = useQueryClient();
  const queryKey = query.vault.state.queryKey();
  // A wrong passphrase, say, changes how long one has to wait.
  const { ask, ...call } = useCall(() => void queries.invalidateQueries({ queryKey }));
  return {
    ...call,
    ask: (work) =>
      ask(async () => {
        const state = await work(client.vault);
        queries.setQueryData(queryKey, state);
        return state;
      }),
  };
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
