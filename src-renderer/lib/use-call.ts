// A call that somebody asked for: one at a time, busy meanwhile, what went wrong kept where it was asked for.
import { useCallback, useState } from 'react';
import { problemOf, type ShownProblem } from './problem.ts';

export interface Call {
  readonly busy: boolean;
  readonly problem: ShownProblem | undefined;
  readonly clearProblem: () => void;
  /**
   * Rejects never: undefined where it failed, and then `problem` says why; undefined while another is under way. No mutation of the query
   * cache, which would keep what it was called with and answered: a secret, a new key.
   */
  readonly ask: <Answer>(work: () => Promise<Answer>) => Promise<Answer | undefined>;
}

export function useCall(onFailed?: (problem: ShownProblem) => void): Call {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();
  const ask: Call['ask'] = async (work) => {
    if (busy) return undefined;
    setBusy(true);
    setProblem(undefined);
    try {
      return await work();
    } catch (error) {
      const shown = problemOf(error);
      setProblem(shown);
      onFailed?.(shown);
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, clearProblem: useCallback(() => setProblem(undefined), []), ask };
}
