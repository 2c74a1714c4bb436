// Calls of the models domain: the new state shown at once, what went wrong kept where it was asked for; and edits that outlive the screen.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ModelsState } from '#contract/model';
import { useApi, type Client } from '../../lib/api.tsx';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import type { ProviderDraft } from './provider-draft.ts';

export interface ModelsCall {
  readonly busy: boolean;
  readonly problem: ShownProblem | undefined;
  /** Rejects never: undefined where it failed, and then `problem` says why. */
  readonly ask: (call: (models: Client['models']) => Promise<ModelsState>) => Promise<ModelsState | undefined>;
}

export function useModelsCall(onFailed?: (problem: ShownProblem) => void): ModelsCall {
  const { client, query } = useApi();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();
  const ask: ModelsCall['ask'] = async (call) => {
    if (busy) return undefined;
    setBusy(true);
    setProblem(undefined);
    try {
      const state = await call(client.models);
      queries.setQueryData(query.models.state.queryKey(), state);
      return state;
    } catch (error) {
      const shown = problemOf(error);
      setProblem(shown);
      onFailed?.(shown);
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, ask };
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
