// The graph of a run as boxes and lines: the agent as it was then, and the agents inside it.
import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { AgentDetail, AgentGraph } from '#contract/agent';
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
    combine: graphsOf,
  });
  const flow = useMemo(() => {
    if (graph === undefined || inner === undefined) return undefined;
    const graphs = new Map(files.map((file, at) => [file, inner[at]] as const));
    return flowOf(graph, (file) => graphs.get(file));
  }, [graph, files, inner]);
  return {
    flow,
    graph,
    problem: agent.error === null ? undefined : problemOf(agent.error),
    retry: () => void agent.refetch(),
  };
}

/** The same from answer to answer while they say the same; an inner file that cannot be read is drawn as a plain node. */
function graphsOf(results: UseQueryResult<AgentDetail>[]): readonly (AgentGraph | undefined)[] | undefined {
  return results.some(({ isPending }) => isPending) ? undefined : results.map(({ data }) => data?.graph);
}
