// The open run: its feed, its graph, and the selection that list, graph, steps and inspector share.
import { useState } from 'react';
import type { RunDetail, RunStatus } from '#contract/run';
import type { RunFeed } from './feed.ts';
import { useVersion } from './use-feed.ts';
import { useRunGraph, type RunGraph } from './use-run-graph.ts';
import type { StepRow } from './view.ts';

export type RunTab = 'steps' | 'output' | 'journal' | 'questions' | 'problems';

export interface OpenRun {
  readonly feed: RunFeed;
  readonly graph: RunGraph;
  readonly status: RunStatus;
  readonly nodeId: string | undefined;
  readonly selectNode: (id: string | undefined) => void;
  /** How many rows the steps have. */
  readonly steps: number;
  /** The selected row, the last one until another was chosen. */
  readonly stepIndex: number | undefined;
  readonly step: StepRow | undefined;
  readonly selectStep: (index: number) => void;
  /** The last step of the run's own scope at or before the selected row: where a fork begins. */
  readonly forkStep: number;
  readonly tab: RunTab;
  readonly setTab: (tab: RunTab) => void;
  readonly asked: number;
  readonly troubles: number;
}

/** `detail` as it was when the run was opened decides what is looked at first. */
export function useOpenRun(feed: RunFeed, detail: RunDetail): OpenRun {
  const { run } = detail;
  const graph = useRunGraph(run.id);
  const [nodeId, selectNode] = useState<string>();
  const [picked, setPicked] = useState<number>();
  const [tab, setTab] = useState<RunTab>(() => firstTab(run.status, run.open));
  useVersion(feed, 'steps');
  useVersion(feed, 'run');
  useVersion(feed, 'interrupts');
  const { view } = feed;
  const count = view.steps.length;
  const stepIndex = count === 0 ? undefined : Math.min(picked ?? count - 1, count - 1);
  const step = stepIndex === undefined ? undefined : view.steps[stepIndex];
  const asked = [...view.interrupts.values()].filter(({ kind }) => kind !== 'wait').length;
  return {
    feed,
    graph,
    status: statusOf(feed, detail),
    nodeId,
    selectNode,
    steps: count,
    stepIndex,
    step,
    // The last row is followed while the run goes on.
    selectStep: (index) => setPicked(index >= count - 1 ? undefined : index),
    forkStep: rootStep(view.steps, stepIndex),
    tab,
    setTab,
    asked,
    // A try that was followed by another did no harm.
    troubles:
      view.failures.filter(({ retryAt }) => retryAt === undefined).length +
      (view.error === undefined ? 0 : 1) +
      (view.departure === undefined ? 0 : 1),
  };
}

function firstTab(status: RunStatus, open: number): RunTab {
  if (open > 0) return 'questions';
  return status === 'failed' || status === 'departed' ? 'problems' : 'steps';
}

/** Whichever of the two knows more; a summary may be ahead of the stream, or behind it. */
function statusOf({ view, isRead }: RunFeed, { run }: RunDetail): RunStatus {
  return isRead && view.seq >= run.seq ? settled(view.status, run.status) : run.status;
}

/** That a run waits in the queue again stands in its summary alone. */
function settled(told: RunStatus, summary: RunStatus): RunStatus {
  return summary === 'queued' && told !== 'running' ? summary : told;
}

function rootStep(steps: readonly StepRow[], index: number | undefined): number {
  for (let at = index ?? -1; at >= 0; at -= 1) {
    const row = steps[at];
    if (row?.scope === '') return row.step;
  }
  return 0;
}
