// The Ledger screen: every connection that left this machine through Atelier, a report of them, and the proof that none was changed.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState, type JSX } from 'react';
import type { EgressState } from '#contract/egress';
import { useAction } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { counted, shortBytes } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { useGo, useRoute } from '../../lib/route.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Frame } from '../../ui/frame.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { CheckResult, useChainCheck } from './chain-check.tsx';
import { ConnectionInspector } from './connection-inspector.tsx';
import { ConnectionList } from './connection-list.tsx';
import { FilterBar } from './filter-bar.tsx';
import { connectionsOf } from './ledger-fold.ts';
import { everything, filterOf, isFiltered } from './ledger-filter.ts';
import css from './ledger-screen.module.css';
import { ReportPane } from './report-pane.tsx';
import { useLedger } from './use-egress.ts';

export function LedgerScreen(): JSX.Element {
  const { query } = useApi();
  const egress = useQuery(query.egress.state.queryOptions());
  // What was read last stays while reading it again fails.
  if (egress.error !== null && egress.data === undefined) {
    return (
      <ErrorState
        title="The ledger cannot be read."
        problem={problemOf(egress.error)}
        onRetry={() => void egress.refetch()}
      />
    );
  }
  if (egress.data === undefined) return <SkeletonRows rows={12} height={48} label="The ledger is loading" />;
  return <Screen state={egress.data} />;
}

type View = 'connections' | 'report';

function Screen({ state }: { readonly state: EgressState }): JSX.Element {
  const route = useRoute();
  const go = useGo();
  const here = route.view === 'egress' ? route : { view: 'egress' as const };
  const { run, key } = here;
  const [view, setView] = useState<View>('connections');
  const [choice, setChoice] = useState(everything);
  const [active, setActive] = useState<number>();
  const filter = useMemo(() => filterOf(choice, run, key), [choice, run, key]);
  const ledger = useLedger(filter);
  const { items } = ledger.entries ?? { items: [] };
  const connections = useMemo(() => connectionsOf(items), [items]);
  const open = connections.find(({ entry }) => entry.n === active) ?? connections[0];
  const check = useChainCheck();
  useAction({
    id: 'egress.refusedOnly',
    title: choice.refusedOnly ? 'Show all connections' : 'Show refused connections only',
    section: 'Ledger',
    keys: 'F',
    enabled: view === 'connections',
    run: () => setChoice({ ...choice, refusedOnly: !choice.refusedOnly }),
  });
  useAction({
    id: 'egress.report',
    title: view === 'report' ? 'Show the connections' : 'Report what left this machine',
    section: 'Ledger',
    keys: 'R',
    run: () => setView(view === 'report' ? 'connections' : 'report'),
  });
  const clear = (): void => {
    setChoice(everything);
    go({ view: 'egress' }, { replace: true });
  };
  const connectionsPane = (
    <div className={css.pane}>
      <FilterBar
        choice={choice}
        behalf={here}
        onChoice={setChoice}
        onBehalf={(behalf) => go({ view: 'egress', ...behalf }, { replace: true })}
      />
      {ledger.problem !== undefined ? (
        <ErrorState title="The entries cannot be listed." problem={ledger.problem} onRetry={ledger.retry} />
      ) : ledger.entries === undefined ? (
        <SkeletonRows rows={12} height={48} label="Entries are loading" />
      ) : connections.length > 0 ? (
        <ConnectionList connections={connections} open={open?.entry.n} onOpen={setActive} onMore={ledger.more} />
      ) : isFiltered(filter) ? (
        <EmptyState
          icon="filter"
          title={choice.refusedOnly ? 'Nothing was refused' : 'No connection fits'}
          actions={<Button onClick={clear}>Show all connections</Button>}
        />
      ) : (
        <EmptyState
          icon="ledger"
          title="Nothing has left this machine"
          actions={
            <Button icon="model" onClick={() => go.view('models')}>
              Set up a model
            </Button>
          }
        >
          <p>
            Every connection that Atelier makes is written here before its first byte leaves: to which host, what for,
            on whose behalf, how much, and which secret was put in.
          </p>
        </EmptyState>
      )}
    </div>
  );
  return (
    <Frame
      id="egress"
      mainLabel="Ledger"
      inspectorLabel="Entry"
      selection={`${view} ${open?.entry.n ?? ''}`}
      main={
        <div className={css.main}>
          <header className={css.head}>
            <h1 className={css.title}>What left this machine</h1>
            <p className={css.today}>{todayWords(state)}</p>
            <Button icon="chain" keys="C" busy={check.state?.kind === 'running'} onClick={check.start}>
              Check the chain
            </Button>
          </header>
          {check.state === undefined ? undefined : <CheckResult state={check.state} onClose={check.clear} />}
          <Tabs
            label="Ledger"
            value={view}
            onChange={setView}
            tabs={[
              { value: 'connections', label: 'Connections', content: connectionsPane },
              { value: 'report', label: 'Report', content: <ReportPane key={run} run={run} /> },
            ]}
          />
        </div>
      }
      {...(view === 'connections' && open !== undefined
        ? { inspector: <ConnectionInspector key={open.entry.n} connection={open} /> }
        : {})}
    />
  );
}

function todayWords({ entries, sentToday, refusedToday }: EgressState): string {
  const refused = refusedToday === 0 ? '' : `, ${refusedToday.toLocaleString()} refused`;
  return `Today ${shortBytes(sentToday)} sent${refused}. ${counted(entries, 'entry', 'entries')} in all.`;
}
