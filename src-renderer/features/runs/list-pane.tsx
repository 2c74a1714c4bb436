// The left side: agents to start, and the runs there are, filtered by status and agent.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState, type JSX } from 'react';
import type { RunFilter, RunStatus } from '#contract/run';
import { useApi } from '../../lib/api.tsx';
import { problemOf } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Select, type Option } from '../../ui/select.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { AgentList } from './agent-list.tsx';
import { RunList } from './run-list.tsx';
import { useRuns } from './use-runs.ts';
import css from './list-pane.module.css';

export interface ListPaneProps {
  readonly open: string | undefined;
  readonly file: string | undefined;
  readonly onOpen: (id: string) => void;
  readonly onStart: (file: string) => void;
  readonly onNewAgent: () => void;
}

type Group = 'all' | 'active' | 'asks' | 'finished' | 'failed';
const groups: Readonly<Record<Group, readonly RunStatus[] | undefined>> = {
  all: undefined,
  active: ['queued', 'running', 'paused', 'sleeping'],
  asks: ['waiting'],
  finished: ['finished'],
  failed: ['failed', 'cancelled', 'departed'],
};
const groupNames: readonly Option<Group>[] = [
  { value: 'all', label: 'Every status' },
  { value: 'active', label: 'Under way' },
  { value: 'asks', label: 'Waiting for you' },
  { value: 'finished', label: 'Finished' },
  { value: 'failed', label: 'Failed or stopped' },
];
const everyAgent = '*';

export function ListPane({ open, file, onOpen, onStart, onNewAgent }: ListPaneProps): JSX.Element {
  const { query } = useApi();
  const [group, setGroup] = useState<Group>('all');
  const [agent, setAgent] = useState(everyAgent);
  const agents = useQuery(query.agents.list.queryOptions());
  const filter = useMemo<RunFilter>(() => {
    const status = groups[group];
    return {
      ...(status === undefined ? {} : { status: [...status] }),
      ...(agent === everyAgent ? {} : { agent }),
    };
  }, [group, agent]);
  const runs = useRuns(filter);
  const isFiltered = group !== 'all' || agent !== everyAgent;
  const clear = (): void => {
    setGroup('all');
    setAgent(everyAgent);
  };
  return (
    <div className={css.pane}>
      <header className={css.head}>
        <h2 className={css.title}>Agents</h2>
        <IconButton icon="plus" label="New agent" onClick={onNewAgent} />
      </header>
      {agents.error !== null ? (
        <p className={css.problem} role="alert">
          The agents cannot be listed: {problemOf(agents.error).sentence}
          <Button look="quiet" icon="refresh" onClick={() => void agents.refetch()}>
            Try again
          </Button>
        </p>
      ) : agents.data === undefined ? (
        <SkeletonRows rows={3} height={28} label="Agents are loading" />
      ) : agents.data.length === 0 ? (
        <p className={css.none}>
          No agent yet. An agent is a file in the folder <code>agents</code>, named <code>NAME.agent.ts</code>.
        </p>
      ) : (
        <AgentList agents={agents.data} current={file} onPick={onStart} />
      )}
      <header className={css.head}>
        <h2 className={css.title}>Runs</h2>
        <Select label="Status of the runs" quiet value={group} onChange={setGroup} options={groupNames} />
        <Select
          label="Agent of the runs"
          quiet
          value={agent}
          onChange={setAgent}
          options={[
            { value: everyAgent, label: 'Every agent' },
            ...(agents.data ?? []).map(({ name }) => ({ value: name, label: name })),
          ]}
        />
      </header>
      {runs.problem !== undefined ? (
        <ErrorState title="The runs cannot be listed." problem={runs.problem} onRetry={runs.retry} />
      ) : runs.list === undefined ? (
        <SkeletonRows rows={10} height={52} label="Runs are loading" />
      ) : runs.list.items.length > 0 ? (
        <RunList runs={runs.list} open={open} onOpen={onOpen} onMore={runs.more} />
      ) : isFiltered ? (
        <EmptyState icon="filter" title="No run fits" actions={<Button onClick={clear}>Show all runs</Button>} />
      ) : (
        <EmptyState icon="runs" title="No runs yet">
          {agents.data?.length === 0 ? 'An agent comes first.' : 'Pick an agent above to start one.'}
        </EmptyState>
      )}
    </div>
  );
}
