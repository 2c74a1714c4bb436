// Tries a model: one call at a time, told as it goes, called off when its view goes away.
import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi } from '../../lib/api.tsx';
import { begun, broken, cancelled, noTrial, withEvent, type Trial } from './trial.ts';

export interface TrialCall {
  readonly trial: Trial;
  /** As they are written, so that a look elsewhere loses neither. */
  readonly model: string;
  readonly prompt: string;
  readonly setModel: (model: string) => void;
  readonly setPrompt: (prompt: string) => void;
  readonly start: (model: string, prompt: string) => void;
  readonly cancel: () => void;
}

const usualPrompt = 'Say hello in one sentence.';

/** `usualModel`: what is asked unless somebody writes another name. */
export function useTrial(usualModel: string): TrialCall {
  const { client } = useApi();
  const [trial, setTrial] = useState(noTrial);
  const [written, setModel] = useState<string>();
  const [prompt, setPrompt] = useState(usualPrompt);
  const running = useRef<AbortController>(undefined);
  const cancel = useCallback(() => {
    running.current?.abort();
    running.current = undefined;
    setTrial(cancelled);
  }, []);
  useEffect(() => () => running.current?.abort(), []);
  const start = useCallback(
    (model: string, prompt: string) => {
      if (running.current !== undefined) return;
      const leaving = new AbortController();
      running.current = leaving;
      setTrial(begun(Date.now()));
      const follow = async (): Promise<void> => {
        try {
          const events = await client.models.try({ model, prompt }, { signal: leaving.signal });
          for await (const event of events) {
            if (leaving.signal.aborted) return;
            const at = Date.now();
            setTrial((now) => withEvent(now, event, at));
          }
        } catch (error) {
          if (!leaving.signal.aborted) setTrial((now) => broken(now, error));
        } finally {
          if (running.current === leaving) running.current = undefined;
        }
      };
      void follow();
    },
    [client],
  );
  return { trial, model: written ?? usualModel, prompt, setModel, setPrompt, start, cancel };
}
