// The journal as it is on disk: one row an event, filtered by kind; the selected event whole.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState, type JSX } from 'react';
import { useApi } from '../../lib/api.tsx';
import { absoluteTime } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Skeleton, SkeletonRows } from '../../ui/skeleton.tsx';
import { CopyButton } from '../../ui/transcript/copy-button.tsx';
import { nodeOf } from '../../ui/transcript/json-node.ts';
import { JsonView } from '../../ui/transcript/json-view.tsx';
import { shownText } from '../../ui/transcript/shown-text.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { journalKindNames, journalKinds, placeWords, type JournalKind, type JournalRow } from './journal-words.ts';
import { plainJson } from './plain-json.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useFollowed } from './use-feed.ts';
import css from './journal-pane.module.css';

export function JournalPane({ runId }: { readonly runId: string }): JSX.Element {
  const feed = useFollowed('journal');
  const [hidden, setHidden] = useState<ReadonlySet<JournalKind>>(new Set());
  const [seq, setSeq] = useState<number>();
  const { journal } = feed.view;
  const count = journal.length;
  const rows = useMemo(
    () =>
      hidden.size === 0 ? journal.slice(0, count) : journal.slice(0, count).filter(({ kind }) => !hidden.has(kind)),
    [journal, count, hidden],
  );
  if (count === 0) {
    if (!feed.isRead) return <SkeletonRows rows={8} height={28} label="The journal is loading" />;
    return (
      <EmptyState icon="rows" title="Nothing written yet">
        The journal begins when the run does.
      </EmptyState>
    );
  }
  const toggle = (kind: JournalKind): void => {
    const next = new Set(hidden);
    if (!next.delete(kind)) next.add(kind);
    setHidden(next);
  };
  const at = rows.findIndex((row) => row.seq === seq);
  const first = rows[0];
  const drawRow = (index: number): JSX.Element | undefined => {
    const row = rows[index];
    return row === undefined ? undefined : <Row row={row} startedAt={first?.at ?? row.at} />;
  };
  return (
    <div className={css.pane}>
      <div className={css.kinds} role="group" aria-label="Kinds of events">
        {journalKinds.map((kind) => (
          <button
            key={kind}
            type="button"
            className={css.kind}
            aria-pressed={!hidden.has(kind)}
            onClick={() => toggle(kind)}
          >
            {journalKindNames[kind]}
          </button>
        ))}
      </div>
      <div className={css.split}>
        <div className={css.rows}>
          {rows.length === 0 ? (
            <EmptyState
              icon="filter"
              title="Every kind is hidden"
              actions={<Button onClick={() => setHidden(new Set())}>Show all</Button>}
            />
          ) : (
            <VirtualList
              label="Journal"
              count={rows.length}
              rowHeight={24}
              active={at === -1 ? undefined : at}
              keyOf={(index) => rows[index]?.seq ?? index}
              onActive={(index) => setSeq(rows[index]?.seq)}
              row={drawRow}
            />
          )}
        </div>
        {seq === undefined ? undefined : <Detail key={seq} runId={runId} seq={seq} onClose={() => setSeq(undefined)} />}
      </div>
    </div>
  );
}

function Row({ row, startedAt }: { readonly row: JournalRow; readonly startedAt: number }): JSX.Element {
  return (
    <div className={css.row} data-trouble={row.isTrouble}>
      <span className={css.seq}>{row.seq}</span>
      <span className={css.time} title={absoluteTime(row.at)}>
        {((row.at - startedAt) / 1000).toFixed(3)}
      </span>
      <span className={css.type}>{row.type}</span>
      <span className={css.text} title={row.text}>
        {row.isTrouble ? <Icon name="warn" size={12} label="Trouble" /> : undefined}
        {row.where === '' ? undefined : <span className={css.where}>{shownText(placeWords(row.where))}</span>}
        {shownText(row.text)}
      </span>
    </div>
  );
}

function Detail({
  runId,
  seq,
  onClose,
}: {
  readonly runId: string;
  readonly seq: number;
  readonly onClose: () => void;
}): JSX.Element {
  const { query } = useApi();
  const page = useQuery({
    ...query.runs.journal.queryOptions({ input: { id: runId, after: seq - 1, limit: 1 } }),
    // An event never changes.
    meta: { live: false },
  });
  const entry = page.data?.events[0];
  return (
    <section className={css.detail} aria-label={`Event ${seq}`}>
      <header className={css.head}>
        <h2 className={css.title}>Event {seq.toLocaleString()}</h2>
        {entry === undefined ? undefined : (
          <CopyButton label="Copy JSON" text={() => JSON.stringify(entry, undefined, 2)} />
        )}
        <Button look="quiet" icon="close" aria-label="Close the event" onClick={onClose} />
      </header>
      {page.error !== null ? (
        <ProblemNote title="The event cannot be read." problem={problemOf(page.error)} />
      ) : entry === undefined ? (
        <Skeleton height={120} />
      ) : (
        <JsonView node={nodeOf(plainJson(entry.event))} label={`Event ${seq}`} />
      )}
    </section>
  );
}
