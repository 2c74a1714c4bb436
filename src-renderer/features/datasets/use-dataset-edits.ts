// A dataset being edited: what is on screen at once, written to the workspace after a pause and before anything needs it.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Dataset, Recipe } from '#contract/dataset';
import { useApi } from '../../lib/api.tsx';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { sameRecipe } from './recipe-edit.ts';

export interface DatasetEdits {
  readonly name: string;
  readonly recipe: Recipe;
  readonly setName: (name: string) => void;
  readonly setRecipe: (recipe: Recipe) => void;
  /** Not written yet, or being written. */
  readonly pending: boolean;
  /** Why it could not be written; what was entered is kept on screen. */
  readonly problem: ShownProblem | undefined;
  /** Writes what is not written yet. Rejects where that fails. */
  readonly flush: () => Promise<void>;
}

interface Draft {
  readonly name: string;
  readonly recipe: Recipe;
}

const pauseMs = 400;

/** Use it in a component keyed by the dataset's id. */
export function useDatasetEdits(dataset: Dataset): DatasetEdits {
  const { client, query } = useApi();
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft>({ name: dataset.name, recipe: dataset.recipe });
  const [problem, setProblem] = useState<ShownProblem>();
  const written = useRef<Draft>({ name: dataset.name, recipe: dataset.recipe });
  const latest = useRef(draft);
  const [pending, setPending] = useState(false);
  const { id } = dataset;

  const flush = useCallback(async () => {
    const { name, recipe } = latest.current;
    const trimmed = name.trim();
    if (trimmed === '' || (trimmed === written.current.name && sameRecipe(recipe, written.current.recipe))) {
      setPending(false);
      return;
    }
    try {
      const saved = await client.datasets.update({ id, name: trimmed, recipe });
      written.current = { name: saved.name, recipe: saved.recipe };
      const { queryKey } = query.datasets.list.queryOptions({});
      queries.setQueryData(queryKey, (known) => known?.map((one) => (one.id === id ? saved : one)));
      setProblem(undefined);
      setPending(false);
    } catch (error) {
      setProblem(problemOf(error));
      throw error;
    }
  }, [client, queries, query, id]);

  const change = useCallback((part: Partial<Draft>) => {
    latest.current = { ...latest.current, ...part };
    setDraft(latest.current);
    setPending(true);
  }, []);
  useEffect(() => {
    if (!pending) return undefined;
    // The failure is on screen by way of `problem`.
    const timer = setTimeout(() => void flush().catch(() => undefined), pauseMs);
    return () => clearTimeout(timer);
  }, [pending, draft, flush]);
  useEffect(() => () => void flush().catch(() => undefined), [flush]);

  return {
    ...draft,
    setName: useCallback((name: string) => change({ name }), [change]),
    setRecipe: useCallback((recipe: Recipe) => change({ recipe }), [change]),
    pending,
    problem,
    flush,
  };
}
