// The Traces screen: the list across the window, or beside the trace that is open.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { TranscriptTarget } from '#contract/trace';
import { useActionRegistry } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { useGo, useRoute } from '../../lib/route.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Frame } from '../../ui/frame.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import type { VirtualListHandle } from '../../ui/virtual-list.tsx';
import { FilterChips } from './filter-chips.tsx';
import { isFiltered } from './filter-words.ts';
import { ListBar } from './list-bar.tsx';
import { readListView, saveListView, type ListView } from './list-memory.ts';
import { MarkBar } from './mark-bar.tsx';
import { OpenTracePane } from './open-trace-pane.tsx';
import { TraceList } from './trace-list.tsx';
import { useListActions } from './use-list-actions.ts';
import { useMarks } from './use-marks.ts';
import { useTraceCommands } from './use-trace-commands.ts';
import { useTracePages } from './use-trace-pages.ts';
import css from './traces-screen.module.css';

export function TracesScreen(): ReactNode {
  const { query } = useApi();
  const workspace = useQuery(query.workspace.current.queryOptions());
  if (workspace.data === undefined) return <SkeletonRows rows={16} height={32} label="Traces are loading" />;
  // Another workspace has other traces, models and groups: nothing of the list carries over.
  return <Screen key={workspace.data.path} workspace={workspace.data.path} />;
}

function Screen({ workspace }: { readonly workspace: string }): ReactNode {
  const route = useRoute();
  const go = useGo();
  const { query } = useApi();
  const registry = useActionRegistry();
  const commands = useTraceCommands();
  const imports = useQuery(query.imports.list.queryOptions());
  const [view, setView] = useState<ListView>(() => readListView(workspace));
  const [cursor, setCursor] = useState<number>();
  const list = useRef<VirtualListHandle>(null);
  const pages = useTracePages(view.filter, view.sort);
  const marks = useMarks(pages.at);
  const traceId = route.view === 'traces' ? route.traceId : undefined;
  const importId = route.view === 'traces' ? route.importId : undefined;
  const look = traceId === undefined ? 'wide' : 'compact';

  const changeView = (next: ListView): void => {
    setView(next);
    setCursor(undefined);
    marks.clear();
    saveListView(workspace, next);
  };
  useEffect(() => {
    if (importId === undefined) return;
    // Whoever asks for the traces of one import asks for all of them.
    changeView({ ...view, filter: { importId } });
    go({ view: 'traces' }, { replace: true });
  });
  useEffect(() => {
    if (document.activeElement === document.body) list.current?.focus();
  }, [look]);

  const open = (index: number): void => {
    setCursor(index);
    const trace = pages.at(index);
    if (trace !== undefined) go({ view: 'traces', traceId: trace.id }, { replace: traceId !== undefined });
  };
  const activate = (index: number): void => {
    if (look === 'compact') open(index);
    else setCursor(index);
  };
  const move = (by: 1 | -1): void => {
    const total = pages.total ?? 0;
    if (total === 0) return;
    // What opens a row then is the list, not the button that had the focus before.
    if (look === 'wide') list.current?.focus();
    activate(cursor === undefined ? 0 : Math.min(total - 1, Math.max(0, cursor + by)));
  };
  const current = cursor === undefined ? undefined : pages.at(cursor);
  const remove = async (only?: string): Promise<void> => {
    const one = only ?? (marks.ids.size > 0 ? undefined : (traceId ?? current?.id));
    const ids = one === undefined ? [...marks.ids] : [one];
    if (ids.length === 0 || !(await commands.remove(ids))) return;
    marks.clear();
    if (traceId !== undefined && ids.includes(traceId)) go({ view: 'traces' });
  };
  const markAll = async (): Promise<void> => {
    const ids = await commands.allIds(view.filter, view.sort);
    if (ids !== undefined) marks.set(ids);
  };

  const exportAll = (target: TranscriptTarget): void => void commands.exportAll(view.filter, target);
  const isWide = look === 'wide';
  useListActions({
    isWide,
    hasRows: (pages.total ?? 0) > 0,
    hasCurrent: current !== undefined,
    isCurrentMarked: current !== undefined && marks.ids.has(current.id),
    marked: marks.ids.size,
    canRemove: marks.ids.size > 0 || traceId !== undefined || current !== undefined,
    onMove: move,
    onOpen: () => (cursor === undefined ? undefined : open(cursor)),
    onMark: (on) => (cursor === undefined ? undefined : marks.mark(cursor, on, false)),
    onMarkAll: () => void markAll(),
    onUnmark: marks.clear,
    onRemove: () => void remove(),
    onExport: exportAll,
  });

  const listPane = (
    <div className={css.pane}>
      <ListBar look={look} view={view} onView={changeView} total={pages.total} onExport={exportAll} />
      <FilterChips
        filter={view.filter}
        importName={fileName(imports.data?.find(({ id }) => id === view.filter.importId)?.file)}
        onFilter={(filter) => changeView({ ...view, filter })}
      />
      {pages.problem !== undefined ? (
        <ErrorState title="The traces cannot be listed." problem={pages.problem} onRetry={pages.retry} />
      ) : pages.total === undefined ? (
        <SkeletonRows rows={16} height={isWide ? 32 : 52} label="Traces are loading" />
      ) : pages.total > 0 || pages.isStale ? (
        <TraceList
          pages={pages}
          look={look}
          sort={view.sort}
          onSort={(sort) => changeView({ ...view, sort })}
          scoreName={view.filter.score?.name}
          active={cursor}
          onActive={activate}
          onOpen={open}
          marked={marks.ids}
          onMark={marks.mark}
          listRef={list}
        />
      ) : isFiltered(view.filter) ? (
        <EmptyState
          icon="filter"
          title="No trace fits the filter"
          actions={<Button onClick={() => changeView({ ...view, filter: {} })}>Clear all filters</Button>}
        >
          Take a filter off, or search for other words.
        </EmptyState>
      ) : (
        <EmptyState
          icon="traces"
          title="No traces yet"
          actions={
            <Button look="main" icon="import" keys="I" onClick={() => registry.run('imports.open')}>
              Import files
            </Button>
          }
        >
          Drop logs of your agents anywhere on this window: OpenAI or Anthropic messages, τ-bench results, OpenTelemetry
          traces, preference files.
        </EmptyState>
      )}
      {marks.ids.size > 0 ? (
        <MarkBar count={marks.ids.size} onRemove={() => void remove()} onClear={marks.clear} />
      ) : undefined}
    </div>
  );

  if (traceId === undefined) return <Frame id="traces" main={listPane} mainLabel="Traces" />;
  return (
    <OpenTracePane
      traceId={traceId}
      find={view.filter.text}
      list={listPane}
      onClose={() => go({ view: 'traces' })}
      onRemove={() => void remove(traceId)}
      onMove={move}
    />
  );
}

function fileName(path: string | undefined): string | undefined {
  return path?.split(/[\\/]/).at(-1);
}
