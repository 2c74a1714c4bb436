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

export interface Drafts {
  /** By the provider's name; '' is the one that is being added. */
  readonly of: (name: string) => KeptDraft | undefined;
  readonly keep: (name: string, kept: KeptDraft | undefined) => void;
}

/**
 * Held in the page's memory as long as it lives, so that a way to the vault and back loses nothing; never on disk, since a key may have been
 * pasted where it does not belong.
 */
export function useDrafts(): Drafts {
  const { query } = useApi();
  const queries = useQueryClient();
  const path = useQuery(query.workspace.current.queryOptions({})).data?.path;
  const queryKey = ['provider drafts', path];
  const { data } = useQuery<Readonly<Record<string, KeptDraft | undefined>>>({
    queryKey,
    queryFn: () => ({}),
    enabled: false,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return {
    of: (name) => (data !== undefined && Object.hasOwn(data, name) ? data[name] : undefined),
    keep: (name, kept) =>
      queries.setQueryData<Readonly<Record<string, KeptDraft | undefined>>>(queryKey, (now) => ({
        ...now,
        [name]: kept,
      })),
  };
}
