// The runs of the workspace, newest first; more are loaded as it is scrolled.
import { useLayoutEffect, useRef, useState, type JSX } from 'react';
import type { RunSummary } from '#contract/run';
import { counted } from '../../lib/format.ts';
import { shortId } from '../../lib/short-id.ts';
import { Icon } from '../../ui/icons.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { shownText } from '../../ui/transcript/shown-text.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { cameOnTop, type RunList as Runs } from './run-pages.ts';
import { StatusMark } from './status-mark.tsx';
import { statusNames } from './words.ts';
import css from './run-list.module.css';

export interface RunListProps {
  readonly runs: Runs;
  readonly open: string | undefined;
  readonly onOpen: (id: string) => void;
  readonly onMore: () => void;
}

const rowHeight = 52;
/** Rows before the end at which the next page is asked for. */
const ahead = 30;

export function RunList({ runs, open, onOpen, onMore }: RunListProps): JSX.Element {
  const { items } = runs;
  const [active, setActive] = useState<string>();
  const box = useRef<HTMLDivElement>(null);
  useSteady(box, items);
  const at = items.findIndex(({ id }) => id === (open ?? active));
  const drawRow = (index: number): JSX.Element | undefined => {
    const run = items[index];
    return run === undefined ? undefined : <Row run={run} />;
  };
  return (
    <div ref={box} className={css.list}>
      <VirtualList
        label="Runs"
        count={items.length}
        rowHeight={rowHeight}
        active={at === -1 ? undefined : at}
        keyOf={(index) => items[index]?.id ?? index}
        onActive={(index) => {
          const run = items[index];
          if (run === undefined) return;
          setActive(run.id);
          onOpen(run.id);
        }}
        onRange={(_first, last) => {
          if (last + ahead >= items.length) onMore();
        }}
        row={drawRow}
      />
    </div>
  );
}

/** New runs at the top must not push away the rows that somebody reads further down. */
function useSteady(box: { readonly current: HTMLDivElement | null }, items: readonly RunSummary[]): void {
  const before = useRef(items);
  useLayoutEffect(() => {
    const list = box.current?.querySelector('[role=listbox]');
    const count = cameOnTop(before.current, items);
    before.current = items;
    if (list !== null && list !== undefined && count > 0 && list.scrollTop > 0) list.scrollTop += count * rowHeight;
  }, [box, items]);
}

function Row({ run }: { readonly run: RunSummary }): JSX.Element {
  const about = run.title === '' ? `Run ${shortId(run.id)}` : run.title;
  return (
    <div className={css.row}>
      <StatusMark status={run.status} />
      <span className={css.title} title={about}>
        {shownText(about)}
      </span>
      <span className={css.when}>
        <RelativeTime at={run.createdAt} />
      </span>
      <span className={css.about}>
        {run.origin === undefined ? undefined : (
          <Icon
            name={run.origin.kind === 'fork' ? 'branch' : 'replay'}
            size={12}
            label={run.origin.kind === 'fork' ? 'Fork' : 'Replay'}
          />
        )}
        <span className={css.agent}>{run.agent}</span>
        <span>·</span>
        <span className={css.agent}>{run.open > 0 ? counted(run.open, 'question') : statusNames[run.status]}</span>
      </span>
      <span className={css.steps}>{counted(run.step, 'step')}</span>
    </div>
  );
}
