// The bar above the list: search, filters, sort, saved filters, export and import.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { TraceFilter, TraceSort, TranscriptTarget } from '#contract/trace';
import { useAction, useActionRegistry } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { counted, shortCount } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { TextInput } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { Popover } from '../../ui/popover.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { chipsOf, isFiltered, sortedBy, sortNames, withValue } from './filter-words.ts';
import { FilterPanel } from './filter-panel.tsx';
import type { ListView } from './list-memory.ts';
import { SavedFilters } from './saved-filters.tsx';
import css from './list-bar.module.css';

export interface ListBarProps {
  readonly look: 'wide' | 'compact';
  readonly view: ListView;
  readonly onView: (view: ListView) => void;
  /** Traces that fit the filter. */
  readonly total: number | undefined;
  readonly onExport: (target: TranscriptTarget) => void;
}

/** A search waits until typing rests this long, ms. */
const restMs = 180;
const sorts = Object.keys(sortNames) as readonly TraceSort['by'][];

export function ListBar({ look, view, onView, total, onExport }: ListBarProps): ReactNode {
  const { query } = useApi();
  const registry = useActionRegistry();
  const facets = useQuery(query.traces.facets.queryOptions());
  const [isFiltering, setFiltering] = useState(false);
  const setFilter = (filter: TraceFilter): void => onView({ ...view, filter });
  const setSort = (sort: TraceSort): void => onView({ ...view, sort });
  const filters = chipsOf(view.filter, undefined).filter(({ key }) => key !== 'text').length;

  useAction({
    id: 'traces.filter',
    title: 'Filter the traces',
    section: 'Traces',
    keys: 'F',
    run: () => setFiltering(true),
  });
  useAction({
    id: 'traces.clear-filters',
    title: 'Clear all filters',
    section: 'Traces',
    enabled: isFiltered(view.filter),
    run: () => setFilter({}),
  });
  const sortItems: readonly MenuItem[] = [
    { kind: 'heading', label: 'Sort by' },
    ...sorts.map((by): MenuItem => ({
      kind: 'tick',
      label: sortNames[by],
      checked: view.sort.by === by,
      onChange: () => setSort(sortedBy(view.sort, by)),
    })),
    { kind: 'line' },
    {
      kind: 'tick',
      label: 'Descending',
      checked: view.sort.descending,
      onChange: (descending) => setSort({ ...view.sort, descending }),
    },
  ];
  const exportItems: readonly MenuItem[] = [
    { kind: 'heading', label: total === undefined ? 'Export' : `Export ${counted(total, 'trace')}` },
    { label: 'In the format they came in…', onSelect: () => onExport('source') },
    { label: 'As OpenAI chat JSONL…', onSelect: () => onExport('openai-chat') },
  ];
  return (
    <div className={css.bar} data-look={look}>
      <Search
        text={view.filter.text ?? ''}
        onText={(text) => setFilter(withValue(view.filter, 'text', text === '' ? undefined : text))}
      />
      <Popover
        label="Filters"
        align={look === 'wide' ? 'start' : 'end'}
        open={isFiltering}
        onOpenChange={setFiltering}
        trigger={
          look === 'wide' ? (
            <Button look="quiet" icon="filter">
              <span className={css.word}>Filter</span>
              {filters === 0 ? '' : `(${filters})`}
            </Button>
          ) : (
            <IconButton
              icon="filter"
              label={filters === 0 ? 'Filter' : `Filter, ${filters} on`}
              keys="F"
              pressed={filters > 0}
            />
          )
        }
      >
        {facets.isError ? (
          <ErrorState
            title="The filters cannot be shown."
            problem={problemOf(facets.error)}
            onRetry={() => void facets.refetch()}
          />
        ) : facets.data === undefined ? (
          <SkeletonRows rows={8} height={24} label="Filters are loading" />
        ) : (
          <FilterPanel facets={facets.data} filter={view.filter} onFilter={setFilter} />
        )}
      </Popover>
      <Menu items={sortItems} align={look === 'wide' ? 'start' : 'end'}>
        {look === 'wide' ? (
          <Button look="quiet" icon="sort" title="Sort">
            <span className={css.word}>{sortNames[view.sort.by]}</span>
          </Button>
        ) : (
          <IconButton icon="sort" label={`Sorted by ${sortNames[view.sort.by].toLowerCase()}`} />
        )}
      </Menu>
      <SavedFilters view={view} onView={onView} />
      {look === 'wide' ? (
        <>
          <span className={css.count} role="status">
            {total === undefined ? '' : countText(total, facets.data?.total)}
          </span>
          <Menu items={exportItems} align="end">
            <Button icon="export" disabled={total === undefined || total === 0}>
              <span className={css.word}>Export</span>
            </Button>
          </Menu>
          <Button icon="import" look="main" onClick={() => registry.run('imports.open')}>
            Import
          </Button>
        </>
      ) : undefined}
    </div>
  );
}

function countText(total: number, all: number | undefined): string {
  if (all === undefined || total === all) return counted(total, 'trace');
  return `${shortCount(total)} of ${counted(all, 'trace')}`;
}

/** The box keeps what is typed; the list follows when typing rests. */
function Search({ text, onText }: { readonly text: string; readonly onText: (text: string) => void }): ReactNode {
  const box = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [typed, setTyped] = useState(text);
  const [known, setKnown] = useState(text);
  if (known !== text) {
    setKnown(text);
    setTyped(text);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (value: string, wait: number): void => {
    setTyped(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setKnown(value);
      onText(value);
    }, wait);
  };
  useAction({
    id: 'traces.search',
    title: 'Search in the traces',
    section: 'Traces',
    keys: '/',
    run: () => {
      box.current?.focus();
      box.current?.select();
    },
  });
  return (
    <TextInput
      ref={box}
      type="search"
      icon="search"
      className={css.search}
      aria-label="Search in messages and span names"
      placeholder="Search messages and spans"
      maxLength={1000}
      value={typed}
      onChange={(event) => change(event.target.value, restMs)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') change(typed, 0);
        if (event.key !== 'Escape') return;
        event.preventDefault();
        if (typed === '') box.current?.blur();
        else change('', 0);
      }}
    />
  );
}
