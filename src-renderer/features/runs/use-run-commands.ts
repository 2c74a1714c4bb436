// What is asked of a run from its screen; what goes wrong is said in a notice.
import type { Breakpoint, RunDetail, RunSummary } from '#contract/run';
import type { JsonObject } from '#contract/turn';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useApi, type Client } from '../../lib/api.tsx';
import { problemOf } from '../../lib/problem.ts';
import { useToast, type Notice } from '../../lib/toasts.tsx';

export interface RunCommands {
  readonly pause: () => Promise<void>;
  readonly resume: () => Promise<void>;
  readonly step: () => Promise<void>;
  readonly cancel: () => Promise<void>;
  /** Rejects with what the agent's schemas say. `before` is the state as it was, to be put back by undo. */
  readonly edit: (set: JsonObject, remove: readonly string[], before: JsonObject) => Promise<void>;
  readonly setBreakpoints: (breakpoints: readonly Breakpoint[]) => Promise<void>;
  /** The new run's id; undefined where it did not start and that was said. */
  readonly replay: (upTo: number | undefined) => Promise<string | undefined>;
  readonly startAgain: (run: RunSummary, input: JsonObject) => Promise<string | undefined>;
}

export function useRunCommands(id: string): RunCommands {
  const { client, query } = useApi();
  const queries = useQueryClient();
  const toast = useToast();
  return useMemo(() => {
    const { queryKey } = query.runs.get.queryOptions({ input: { id } });
    // What the answer says is shown at once; the news of it may come later.
    const renew = (detail: RunDetail): void => {
      queries.setQueryData(queryKey, detail);
    };
    return commandsOf(client, id, toast, renew);
  }, [client, query, queries, id, toast]);
}

function commandsOf(
  client: Client,
  id: string,
  toast: (notice: Notice) => void,
  renew: (detail: RunDetail) => void,
): RunCommands {
  const attempt = async <T>(what: string, call: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await call();
    } catch (error) {
      toast({ text: what, problem: problemOf(error) });
      return undefined;
    }
  };
  return {
    pause: async () => void (await attempt('The run was not paused.', () => client.runs.pause({ id }))),
    resume: async () => void (await attempt('The run does not go on.', () => client.runs.resume({ id }))),
    step: async () => void (await attempt('No step was made.', () => client.runs.resume({ id, step: true }))),
    cancel: async () => void (await attempt('The run was not cancelled.', () => client.runs.cancel({ id }))),
    edit: async (set, remove, before) => {
      await client.runs.edit({ id, set, remove: [...remove] });
      const keys = [...Object.keys(set), ...remove];
      const back = Object.fromEntries(Object.entries(before).filter(([key]) => keys.includes(key)));
      const added = Object.keys(set).filter((key) => !(key in before));
      toast({
        text: 'The state was edited.',
        undo: () =>
          void attempt('The state was not put back.', () => client.runs.edit({ id, set: back, remove: added })),
      });
    },
    setBreakpoints: async (breakpoints) => {
      const detail = await attempt('The breakpoints were not changed.', () =>
        client.runs.setBreakpoints({ id, breakpoints: [...breakpoints] }),
      );
      if (detail !== undefined) renew(detail);
    },
    replay: async (upTo) =>
      (
        await attempt('The replay did not start.', () =>
          client.runs.replay({ id, ...(upTo === undefined ? {} : { upTo }) }),
        )
      )?.id,
    startAgain: async ({ file, seed }, input) =>
      (await attempt('The run did not start.', () => client.runs.start({ file, input, seed })))?.id,
  };
}
