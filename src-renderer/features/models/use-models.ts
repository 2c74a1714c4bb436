// Calls of the models domain: the new state shown at once, what went wrong kept where it was asked for; and edits that outlive the screen.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ModelsState } from '#contract/model';
import { useApi, type Client } from '../../lib/api.tsx';
import type { ShownProblem } from '../../lib/problem.ts';
import { useCall, type Call } from '../../lib/use-call.ts';
import type { ProviderDraft } from './provider-draft.ts';

export interface ModelsCall extends Omit<Call, 'ask'> {
  readonly ask: (call: (models: Client['models']) => Promise<ModelsState>) => Promise<ModelsState | undefined>;
}

export function useModelsCall(onFailed?: (problem: ShownProblem) => void): ModelsCall {
  const { client, query } = useApi();
  const queries = useQueryClient();
  const { ask, ...call } = useCall(onFailed);
  return {
    ...call,
    ask: (work) =>
      ask(async () => {
        const state = await work(client.models);
        queries.setQueryData(query.models.state.queryKey(), state);
        return state;
      }),
  };
}

/** Edits that are not saved, and what the file said when they began. */
export interface KeptDraft {
  readonly draft: ProviderDraft;
  readonly base: ProviderDraft;
}

/**
 * The edits of one provider ('' is the one that is being added). Held in the page's memory as long as it lives, so that a way to the vault and
 * back loses nothing; never on disk, since a key may have been pasted where it does not belong.
 */
export function useKeptDraft(
  name: string,
): readonly [kept: KeptDraft | undefined, keep: (kept: KeptDraft | undefined) => void] {
  const { query } = useApi();
  const queries = useQueryClient();
  const path = useQuery(query.workspace.current.queryOptions({})).data?.path;
  const queryKey = ['provider drafts', path, name];
  // The field that is typed in needs its text at once, which the cache tells later.
  const [kept, setKept] = useState(() => queries.getQueryData<KeptDraft | null>(queryKey) ?? undefined);
  return [
    kept,
    (next) => {
      setKept(next);
      queries.setQueryDefaults(queryKey, { gcTime: Number.POSITIVE_INFINITY });
      queries.setQueryData<KeptDraft | null>(queryKey, next ?? null);
    },
  ];
}
