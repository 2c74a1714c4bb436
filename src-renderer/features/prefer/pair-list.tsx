// All pairs to browse: filtered, of any number; the one chosen opens beside it.
import { memo, useEffect, useMemo, useState, type JSX } from 'react';
import type { PairFilter, PairListItem } from '#contract/pair';
import { counted } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { useSettled } from '../../lib/use-settled.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { TextInput } from '../../ui/field.tsx';
import { Icon } from '../../ui/icons.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Popover } from '../../ui/popover.tsx';
import { Skeleton, SkeletonRows } from '../../ui/skeleton.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { FilterFields } from './filter-fields.tsx';
import styles from './pair-list.module.css';
import { filterWords, kindNames, plainFilter } from './queue-words.ts';
import { usePairPages } from './use-pair-pages.ts';

export interface PairListProps {
  /** The pair on screen, opened from here or next in the queue. */
  readonly active: string | undefined;
  readonly onOpen: (id: string) => void;
  /** Grows when pairs or labels changed and the list should be asked for again. */
  readonly version: number;
}

const rowHeight = 64;
const settleMs = 250;

/** Drawn anew when its own things change, not with every key. */
export const PairList = memo(function PairList({ active, onOpen, version }: PairListProps): JSX.Element {
  const [filter, setFilter] = useState<PairFilter>({});
  const asked = useSettled(filter, settleMs);
  const plain = useMemo(() => plainFilter(asked), [asked]);
  const { total, at, onRange, error, again } = usePairPages(plain);
  const [index, setIndex] = useState<number>();
  useEffect(() => {
    if (version > 0) again();
  }, [version, again]);
  useEffect(() => setIndex(undefined), [plain]);
  const conditions = filterWords({ ...plain, text: '' });
  const drawRow = (row: number): JSX.Element => <Row item={at(row)} />;
  const shownIndex = index !== undefined && at(index)?.pair.id === active ? index : undefined;
  return (
    <div className={styles.pane}>
      <div className={styles.search}>
        <TextInput
          icon="search"
          aria-label="Find pairs by text"
          placeholder="Text in either side"
          value={filter.text ?? ''}
          maxLength={1000}
          onChange={(event) => setFilter({ ...filter, text: event.target.value })}
        />
        <Popover
          label="Filter the list"
          align="end"
          trigger={<IconButton icon="filter" label="Filter the list" pressed={conditions.length > 0} />}
        >
          <FilterFields filter={filter} onChange={setFilter} />
        </Popover>
      </div>
      <p className={styles.count}>
        {total === undefined ? ' ' : counted(total, 'pair')}
        {conditions.length === 0 ? '' : ` · ${conditions.join(' · ')}`}
      </p>
      <div className={styles.list}>
        {error !== null ? (
          <ErrorState title="The pairs could not be listed." problem={problemOf(error)} onRetry={again} />
        ) : total === undefined ? (
          <SkeletonRows rows={10} height={rowHeight} label="The pairs are loading" />
        ) : total === 0 ? (
          <EmptyState icon="prefer" title={filterWords(plain).length === 0 ? 'No pairs yet' : 'No pair fits'} />
        ) : (
          <VirtualList
            label="Pairs"
            count={total}
            rowHeight={rowHeight}
            active={shownIndex}
            onRange={onRange}
            isCurrent={(row) => active !== undefined && at(row)?.pair.id === active}
            onActive={(row) => {
              const item = at(row);
              setIndex(row);
              if (item !== undefined) onOpen(item.pair.id);
            }}
            row={drawRow}
          />
        )}
      </div>
    </div>
  );
});

function Row({ item }: { readonly item: PairListItem | undefined }): JSX.Element {
  if (item === undefined) {
    return (
      <div className={styles.row}>
        <Skeleton width="70%" />
        <Skeleton width="60%" />
      </div>
    );
  }
  const { pair, excerptA, excerptB, labels } = item;
  return (
    <div className={styles.row}>
      <span className={styles.excerpt}>
        <span className={styles.side}>A</span>
        {excerptA === '' ? <i className={styles.none}>no words</i> : excerptA}
      </span>
      <span className={styles.excerpt}>
        <span className={styles.side}>B</span>
        {excerptB === '' ? <i className={styles.none}>no words</i> : excerptB}
      </span>
      <span className={styles.meta}>
        {kindNames[pair.kind]}
        {pair.group === undefined ? '' : ` · ${pair.group}`}
        {labels === 0 ? undefined : (
          <span className={styles.labelled} title={counted(labels, 'label')}>
            <Icon name="check" size={12} /> {labels}
          </span>
        )}
      </span>
    </div>
  );
}
