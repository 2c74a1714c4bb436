// A list of any length: only the rows in sight exist. One is active; arrows move it, Enter opens it.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useImperativeHandle, useRef, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import { classes } from './classes.ts';
import styles from './virtual-list.module.css';

export interface VirtualListHandle {
  readonly focus: () => void;
  readonly scrollTo: (index: number) => void;
}

export interface VirtualListProps {
  readonly count: number;
  /** px, the same for every row. */
  readonly rowHeight: number;
  /** Read aloud as the name of the list. */
  readonly label: string;
  /** Index of the active row; undefined for none. */
  readonly active: number | undefined;
  readonly onActive: (index: number) => void;
  /** Enter or double click. */
  readonly onOpen?: (index: number) => void;
  /** The row's inside; the index is within the count. */
  readonly row: (index: number, isActive: boolean) => ReactNode;
  /** The row of what is shown elsewhere on the screen, where that is not the active one. */
  readonly isCurrent?: (index: number) => boolean;
  /** Stable from render to render; default the index. */
  readonly keyOf?: (index: number) => string | number;
  /** The rows in sight changed (first and last index, both inclusive): load what is missing. */
  readonly onRange?: (first: number, last: number) => void;
  readonly handle?: Ref<VirtualListHandle>;
  readonly className?: string;
}

const beyond = 8;

export function VirtualList(props: VirtualListProps): ReactNode {
  const { count, rowHeight, label, active, onActive, onOpen, row, isCurrent, keyOf, onRange, handle, className } =
    props;
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: beyond,
    ...(keyOf === undefined ? {} : { getItemKey: keyOf }),
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index;
  const last = items.at(-1)?.index;

  useEffect(() => {
    if (first !== undefined && last !== undefined) onRange?.(first, last);
  }, [first, last, onRange]);
  useEffect(() => {
    if (active !== undefined && active < count) virtual.scrollToIndex(active, { align: 'auto' });
  }, [active, count, virtual]);
  useEffect(() => virtual.measure(), [rowHeight, virtual]);
  useImperativeHandle(handle, () => ({
    focus: () => box.current?.focus(),
    scrollTo: (index) => virtual.scrollToIndex(index, { align: 'auto' }),
  }));

  const move = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target !== box.current) return;
    const perPage = Math.max(1, Math.floor((box.current?.clientHeight ?? rowHeight) / rowHeight) - 1);
    const to = targetOf(event.key, active, count, perPage);
    if (to !== undefined) onActive(to);
    else if (event.key === 'Enter' && active !== undefined && onOpen !== undefined) onOpen(active);
    else return;
    event.preventDefault();
  };

  const rowId = (index: number): string => `${id}-${index}`;
  const activeInSight = active !== undefined && items.some((item) => item.index === active);
  return (
    <div
      ref={box}
      className={classes(styles['list'], className)}
      role="listbox"
      aria-label={label}
      aria-activedescendant={activeInSight ? rowId(active) : undefined}
      tabIndex={0}
      onKeyDown={move}
    >
      <div className={styles['all']} style={{ height: virtual.getTotalSize() }} role="presentation">
        {items.map((item) => (
          <div
            key={item.key}
            id={rowId(item.index)}
            role="option"
            tabIndex={-1}
            aria-selected={item.index === active}
            aria-current={isCurrent?.(item.index) === true ? 'true' : undefined}
            aria-posinset={item.index + 1}
            aria-setsize={count}
            className={styles['row']}
            style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}
            onMouseDown={(event) => {
              if (event.button !== 0) return;
              // The list keeps the focus, so that arrows go on from here.
              event.preventDefault();
              box.current?.focus();
              onActive(item.index);
            }}
            onDoubleClick={() => onOpen?.(item.index)}
          >
            {row(item.index, item.index === active)}
          </div>
        ))}
      </div>
    </div>
  );
}

function targetOf(key: string, active: number | undefined, count: number, perPage: number): number | undefined {
  if (count === 0) return undefined;
  const at = active ?? -1;
  const within = (index: number): number => Math.min(count - 1, Math.max(0, index));
  switch (key) {
    case 'ArrowDown':
      return within(at + 1);
    case 'ArrowUp':
      return within(at === -1 ? count - 1 : at - 1);
    case 'PageDown':
      return within(at + perPage);
    case 'PageUp':
      return within(at - perPage);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
