// Who labels: the name chosen last on this machine, as long as the workspace knows it.
import { useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { Annotator } from '#contract/label';
import { useApi } from '../../lib/api.tsx';

const key = 'atelier.prefer.annotator';

export interface AnnotatorChoice {
  readonly annotators: readonly Annotator[] | undefined;
  readonly error: Error | null;
  /** Undefined while nobody is chosen. */
  readonly annotator: string | undefined;
  readonly choose: (name: string) => void;
  readonly again: () => void;
}

export function useAnnotator(): AnnotatorChoice {
  const { query } = useApi();
  const known = useQuery(query.labels.annotators.queryOptions({}));
  const [name, setName] = useState(() => localStorage.getItem(key) ?? undefined);
  const choose = useCallback((next: string) => {
    localStorage.setItem(key, next);
    setName(next);
  }, []);
  const isKnown = known.data?.some((annotator) => annotator.name === name) === true;
  return {
    annotators: known.data,
    error: known.error,
    annotator: isKnown ? name : undefined,
    choose,
    again: () => void known.refetch(),
  };
}
