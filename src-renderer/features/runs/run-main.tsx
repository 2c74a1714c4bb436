// An open run: its head, its graph, and below it steps with their state, journal, output, questions and problems.
import { useState, type JSX } from 'react';
import type { RunDetail } from '#contract/run';
import { ErrorState } from '../../ui/error-state.tsx';
import { Split } from '../../ui/split.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import type { Asking } from './asking.ts';
import { GraphPane } from './graph-pane.tsx';
import { InterruptPane } from './interrupt-pane.tsx';
import { JournalPane } from './journal-pane.tsx';
import { OutputPane } from './output-pane.tsx';
import { ProblemPane } from './problem-pane.tsx';
import { RunHead } from './run-head.tsx';
import { StatePane } from './state-pane.tsx';
import { StepList } from './step-list.tsx';
import type { OpenRun, RunTab } from './use-open-run.ts';
import { useRunActions } from './use-run-actions.ts';
import { RunDialogs } from './run-dialogs.tsx';
import css from './run-main.module.css';

export interface RunMainProps {
  readonly detail: RunDetail;
  readonly open: OpenRun;
  readonly onOpen: (id: string) => void;
  readonly onCompare: (id: string) => void;
  readonly onTrace: (traceId: string) => void;
}

export function RunMain({ detail, open, onOpen, onCompare, onTrace }: RunMainProps): JSX.Element {
  const [asking, setAsking] = useState<Asking>();
  const { run } = detail;
  const { graph } = open;
  const actions = useRunActions({ detail, open, onAsk: setAsking, onOpen, onTrace });
  const { steps, step, selectStep, tab, setTab, asked, troubles } = open;
  return (
    <div className={css.main}>
      <RunHead
        run={run}
        status={open.status}
        refusals={actions.refusals}
        wakeAt={open.feed.view.wakeAt ?? run.wakeAt}
        asked={asked}
        more={actions.more}
        onPauseOrResume={actions.pauseOrResume}
        onStep={actions.step}
        onCancel={() => setAsking('cancel')}
        onFork={() => setAsking('fork')}
        onReplay={() => setAsking('replay')}
        onCompare={() => setAsking('compare')}
        onAnswer={actions.answer}
      />
      <Split
        id="runs"
        direction="columns"
        label="Width of the graph"
        share={0.44}
        first={
          graph.problem !== undefined ? (
            <ErrorState title="The graph cannot be shown." problem={graph.problem} onRetry={graph.retry} />
          ) : graph.flow === undefined ? (
            <Skeleton height="100%" />
          ) : (
            <GraphPane
              flow={graph.flow}
              selected={open.nodeId}
              onSelect={open.selectNode}
              breakpoints={detail.breakpoints}
            />
          )
        }
        second={
          <Tabs<RunTab>
            label="Views of the run"
            value={tab}
            onChange={setTab}
            tabs={[
              {
                value: 'steps',
                label: 'Steps',
                count: steps,
                content: (
                  <Split
                    id="runs-steps"
                    direction="rows"
                    label="Height of the steps"
                    share={0.4}
                    first={
                      <StepList selected={open.stepIndex} onSelect={selectStep} onOpen={() => setAsking('fork')} />
                    }
                    second={<StatePane runId={run.id} step={step} onFork={() => setAsking('fork')} />}
                  />
                ),
              },
              { value: 'output', label: 'Output', content: <OutputPane /> },
              { value: 'journal', label: 'Journal', content: <JournalPane runId={run.id} /> },
              {
                value: 'questions',
                label: 'Questions',
                ...(asked > 0 ? { count: asked } : {}),
                content: <InterruptPane runId={run.id} />,
              },
              {
                value: 'problems',
                label: 'Problems',
                ...(troubles > 0 ? { count: troubles } : {}),
                content: <ProblemPane />,
              },
            ]}
          />
        }
      />
      <RunDialogs
        asking={asking}
        detail={detail}
        open={open}
        commands={actions.commands}
        onOpen={onOpen}
        onCompare={onCompare}
        onClose={() => setAsking(undefined)}
      />
    </div>
  );
}
