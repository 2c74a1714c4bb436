// The list, the open run and its inspector side by side.
import { useQuery } from '@tanstack/react-query';
import type { JSX, ReactNode } from 'react';
import type { RunDetail } from '#contract/run';
import { useApi } from '../../lib/api.tsx';
import { problemOf } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Frame } from '../../ui/frame.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import type { RunFeed } from './feed.ts';
import { RunInspector } from './run-inspector.tsx';
import { RunMain } from './run-main.tsx';
import { FeedContext, useRunFeed } from './use-feed.ts';
import { useOpenRun } from './use-open-run.ts';
import { useRunCommands } from './use-run-commands.ts';

export interface OpenRunPaneProps {
  readonly runId: string;
  readonly list: ReactNode;
  readonly onOpen: (id: string) => void;
  readonly onCompare: (id: string) => void;
  readonly onTrace: (traceId: string) => void;
  readonly onAgent: (file: string) => void;
  readonly onClose: () => void;
}

export function OpenRunPane(props: OpenRunPaneProps): JSX.Element {
  const { runId, list, onClose } = props;
  const { query } = useApi();
  const detail = useQuery(query.runs.get.queryOptions({ input: { id: runId } }));
  const feed = useRunFeed(runId);
  if (detail.data !== undefined) return <Open {...props} detail={detail.data} feed={feed} />;
  return (
    <Frame
      id="runs"
      list={list}
      listLabel="Agents and runs"
      mainLabel="Run"
      main={
        detail.error === null ? (
          <SkeletonRows rows={10} height={52} label="The run is loading" />
        ) : (
          <ErrorState
            title="The run cannot be shown."
            problem={problemOf(detail.error)}
            onRetry={() => void detail.refetch()}
            actions={<Button onClick={onClose}>Close it</Button>}
          />
        )
      }
      inspector={<SkeletonRows rows={8} height={28} label="Details are loading" />}
      inspectorLabel="Details"
      selection={runId}
    />
  );
}

type OpenProps = OpenRunPaneProps & { readonly detail: RunDetail; readonly feed: RunFeed };

function Open({ runId, list, onOpen, onCompare, onTrace, onAgent, detail, feed }: OpenProps): JSX.Element {
  const open = useOpenRun(feed, detail);
  const commands = useRunCommands(runId);
  return (
    <FeedContext value={feed}>
      <Frame
        id="runs"
        list={list}
        listLabel="Agents and runs"
        mainLabel="Run"
        main={<RunMain detail={detail} open={open} onOpen={onOpen} onCompare={onCompare} onTrace={onTrace} />}
        inspector={
          <RunInspector
            detail={detail}
            node={open.graph.flow?.nodes.find(({ id }) => id === open.nodeId)}
            commands={commands}
            onOpen={onOpen}
            onTrace={onTrace}
            onAgent={onAgent}
          />
        }
        inspectorLabel="Details"
        selection={runId}
      />
    </FeedContext>
  );
}
