// Tries a model: one call at a time, told as it goes, called off when its view goes away.
import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi } from '../../lib/api.tsx';
import { begun, broken, cancelled, noTrial, withEvent, type Trial } from './trial.ts';

export interface TrialCall {
  readonly trial: Trial;
  readonly start: (model: string, prompt: string) => void;
  readonly cancel: () => void;
}

export function useTrial(): TrialCall {
  const { client } = useApi();
  const [trial, setTrial] = useState(noTrial);
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
            setTrial((now) => withEvent(now, event));
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
  return { trial, start, cancel };
}
