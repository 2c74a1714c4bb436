// The list of traces: wide with sortable columns, or compact beside an open trace. Marks, keys, and its four states.
import { useEffect, useState, type ReactNode } from 'react';
import type { TraceSort } from '#contract/trace';
import { Icon } from '../../ui/icons.tsx';
import { VirtualList, type VirtualListHandle } from '../../ui/virtual-list.tsx';
import { sortedBy } from './filter-words.ts';
import { CompactRow, WideRow } from './trace-row.tsx';
import type { TracePages } from './use-trace-pages.ts';
import css from './trace-list.module.css';

export interface TraceListProps {
  readonly pages: TracePages;
  readonly look: 'wide' | 'compact';
  readonly sort: TraceSort;
  readonly onSort: (sort: TraceSort) => void;
  readonly scoreName: string | undefined;
  readonly active: number | undefined;
  readonly onActive: (index: number) => void;
  readonly onOpen: (index: number) => void;
  readonly marked: ReadonlySet<string>;
  /** The same from render to render, so that rows that did not change need not be drawn again. */
  readonly onMark: (index: number, on: boolean, range: boolean) => void;
  readonly listRef: React.Ref<VirtualListHandle>;
}

const columns: readonly {
  readonly by?: TraceSort['by'];
  readonly title: string;
  readonly end?: true;
  readonly key: string;
}[] = [
  { key: 'name', by: 'name', title: 'Name' },
  { key: 'group', title: 'Group' },
  { key: 'model', title: 'Model' },
  { key: 'source', title: 'Source' },
  { key: 'score', by: 'score', title: 'Score' },
  { key: 'messages', by: 'messages', title: 'Messages', end: true },
  { key: 'tokens', by: 'tokens', title: 'Tokens', end: true },
  { key: 'duration', by: 'duration', title: 'Duration', end: true },
  { key: 'date', by: 'date', title: 'Date', end: true },
];

export function TraceList(props: TraceListProps): ReactNode {
  const { pages, look, sort, onSort, scoreName, active, onActive, onOpen, marked, onMark, listRef } = props;
  const now = useNow();
  const total = pages.total ?? 0;
  const Row = look === 'wide' ? WideRow : CompactRow;
  const rowHeight = look === 'wide' ? 32 : 52;
  const row = (index: number): ReactNode => {
    const trace = pages.at(index);
    const isMarked = trace !== undefined && marked.has(trace.id);
    return <Row {...{ index, trace, isMarked, isMarking: marked.size > 0, onMark, scoreName, now }} />;
  };
  return (
    <div className={css.list} data-look={look} data-stale={pages.isStale}>
      {look === 'wide' ? <Columns sort={sort} onSort={onSort} /> : undefined}
      <div className={css.rows}>
        <VirtualList
          key={pages.shown}
          handle={listRef}
          count={total}
          rowHeight={rowHeight}
          label="Traces"
          className={css.ground ?? ''}
          active={active}
          onActive={onActive}
          onOpen={onOpen}
          onRange={pages.onRange}
          row={row}
        />
      </div>
    </div>
  );
}

function Columns({ sort, onSort }: Pick<TraceListProps, 'sort' | 'onSort'>): ReactNode {
  return (
    <div className={css.columns} role="group" aria-label="Columns">
      <span />
      {columns.map(({ key, by, title, end }) => {
        const isSorted = by === sort.by;
        const arrow = isSorted ? <Icon name={sort.descending ? 'chevronDown' : 'chevronUp'} size={12} /> : undefined;
        if (by === undefined) {
          return (
            <span key={key} className={css.column} data-key={key}>
              {title}
            </span>
          );
        }
        return (
          <button
            key={key}
            type="button"
            className={css.column}
            data-key={key}
            data-end={end === true}
            data-sorted={isSorted}
            aria-label={`Sort by ${title.toLowerCase()}${isSorted ? `, now ${sort.descending ? 'descending' : 'ascending'}` : ''}`}
            onClick={() => onSort(sortedBy(sort, by))}
          >
            <span>{title}</span>
            {arrow}
          </button>
        );
      })}
    </div>
  );
}

/** Now, to the minute: what is said in relative times. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
