// The graph of a run as boxes and lines: the agent as it was then, and the agents inside it.
import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import type { AgentGraph } from '#contract/agent';
import { useApi } from '../../lib/api.tsx';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { filesIn, flowOf, type Flow } from './flow.ts';

export interface RunGraph {
  readonly flow: Flow | undefined;
  readonly graph: AgentGraph | undefined;
  readonly problem: ShownProblem | undefined;
  readonly retry: () => void;
}

export function useRunGraph(runId: string): RunGraph {
  const { query } = useApi();
  const agent = useQuery({
    ...query.agents.ofRun.queryOptions({ input: { id: runId } }),
    // What a run was made from does not change under it, but by a migration, which begins another view.
    meta: { live: false },
  });
  const graph = agent.data?.graph;
  const files = useMemo(() => (graph === undefined ? [] : filesIn(graph)), [graph]);
  const inner = useQueries({
    queries: files.map((file) => query.agents.get.queryOptions({ input: { file } })),
  });
  // An inner file that cannot be read is drawn as a plain node.
  const isSettled = inner.every(({ isPending }) => !isPending);
  const graphs = new Map(files.map((file, at) => [file, inner[at]?.data?.graph] as const));
  const fresh = graph === undefined || !isSettled ? undefined : flowOf(graph, (file) => graphs.get(file));
  // The same flow stays the same object, so that it is not laid out again.
  const kept = useRef<{ readonly text: string; readonly flow: Flow }>(undefined);
  const text = JSON.stringify(fresh);
  if (fresh !== undefined && kept.current?.text !== text) kept.current = { text, flow: fresh };
  return {
    flow: fresh === undefined ? undefined : kept.current?.flow,
    graph,
    problem: agent.error === null ? undefined : problemOf(agent.error),
    retry: () => void agent.refetch(),
  };
}
