// The Runs screen: agents and runs at the left; in main the form that starts one, an open run, or two runs compared.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type JSX } from 'react';
import { useAction } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { useGo, useRoute } from '../../lib/route.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Frame } from '../../ui/frame.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { CompareMain } from './compare-main.tsx';
import { LayouterContext } from './graph-pane.tsx';
import { newLayouter } from './layout.ts';
import { ListPane } from './list-pane.tsx';
import { NewAgentDialog } from './new-agent-dialog.tsx';
import { OpenRunPane } from './open-run-pane.tsx';
import { StartPane } from './start-pane.tsx';

/** How often agent files are looked at while the screen is shown, ms. */
const filesMs = 2000;

export function RunsScreen(): JSX.Element {
  const { query } = useApi();
  const workspace = useQuery(query.workspace.current.queryOptions());
  const [layouter] = useState(newLayouter);
  useEffect(() => () => layouter.stop(), [layouter]);
  if (workspace.data === undefined) return <SkeletonRows rows={16} height={32} label="Runs are loading" />;
  return (
    <LayouterContext value={layouter}>
      <Screen key={workspace.data.path} workspace={workspace.data.path} />
    </LayouterContext>
  );
}

function Screen({ workspace }: { readonly workspace: string }): JSX.Element {
  const route = useRoute();
  const go = useGo();
  const { query } = useApi();
  const queries = useQueryClient();
  // Their files are written in other programs: nobody tells of it.
  const agents = useQuery(query.agents.list.queryOptions({ refetchInterval: filesMs }));
  const here = route.view === 'runs' ? route : { view: 'runs' as const };
  const { runId, against, file } = here;
  const firstFile = agents.data?.find(({ findings }) => findings.every(({ severity }) => severity !== 'error'))?.file;

  const [isMaking, setIsMaking] = useState(false);
  const isEmpty = agents.data?.length === 0;

  /** The agent of the open run, while its file is still there. */
  const fileOfRun = (): string | undefined => {
    if (runId === undefined) return undefined;
    const detail = queries.getQueryData(query.runs.get.queryKey({ input: { id: runId } }));
    return agents.data?.find((agent) => agent.file === detail?.run.file)?.file;
  };

  const open = (id: string): void => go({ view: 'runs', runId: id }, { replace: runId !== undefined });
  const follow = (id: string): void => go({ view: 'runs', runId: id });
  const start = (wanted: string | undefined): void => {
    const next = wanted ?? file ?? fileOfRun() ?? firstFile;
    go({ view: 'runs', ...(next === undefined ? {} : { file: next }) });
  };
  const newAgent = (): void => setIsMaking(true);
  useAction({
    id: 'runs.new',
    title: 'New run…',
    section: 'Runs',
    keys: 'N',
    run: () => (isEmpty ? newAgent() : start(undefined)),
  });
  useAction({ id: 'runs.newAgent', title: 'New agent…', section: 'Runs', run: newAgent });

  const list = (
    <>
      <ListPane
        open={runId}
        file={runId === undefined ? file : undefined}
        onOpen={open}
        onStart={start}
        onNewAgent={newAgent}
      />
      {isMaking ? (
        <NewAgentDialog
          onMade={(made) => {
            setIsMaking(false);
            start(made);
          }}
          onClose={() => setIsMaking(false)}
        />
      ) : undefined}
    </>
  );
  if (runId !== undefined && against === undefined) {
    return (
      <OpenRunPane
        key={runId}
        runId={runId}
        list={list}
        onOpen={follow}
        onCompare={(id) => go({ view: 'runs', runId, against: id })}
        onTrace={(traceId) => go({ view: 'traces', traceId })}
        onAgent={start}
        onClose={() => go({ view: 'runs' })}
      />
    );
  }
  return (
    <Frame
      id="runs"
      list={list}
      listLabel="Agents and runs"
      mainLabel={against === undefined ? 'Start' : 'Comparison'}
      selection={`${runId ?? ''} ${against ?? ''} ${file ?? ''}`}
      main={
        runId !== undefined && against !== undefined ? (
          <CompareMain
            key={`${runId} ${against}`}
            one={runId}
            two={against}
            onOpen={follow}
            onClose={() => go({ view: 'runs', runId })}
          />
        ) : file !== undefined ? (
          <StartPane key={file} workspace={workspace} file={file} onStarted={follow} />
        ) : isEmpty ? (
          <EmptyState
            icon="runs"
            title="Make an agent"
            actions={
              <Button look="main" icon="plus" onClick={newAgent}>
                New agent…
              </Button>
            }
          >
            An agent is a TypeScript file of this workspace: its state, its nodes and the edges between them. Begin with
            a template that runs without a network, then change it in your editor.
          </EmptyState>
        ) : (
          <EmptyState
            icon="runs"
            title="Run an agent"
            actions={
              <Button
                look="main"
                icon="play"
                keys="N"
                disabled={firstFile === undefined}
                onClick={() => start(undefined)}
              >
                New run
              </Button>
            }
          >
            Pick an agent to start it, or a run to look at. A run keeps a journal of every step, so that it can be
            resumed, forked and replayed.
          </EmptyState>
        )
      }
    />
  );
}
