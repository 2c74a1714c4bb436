// Connections newest first: when, to where, what for, how much went out and came back, and how it ended.
import type { JSX } from 'react';
import { absoluteTime, shortBytes, shortDuration } from '../../lib/format.ts';
import { shortId } from '../../lib/short-id.ts';
import { Icon } from '../../ui/icons.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { shownText } from '../../ui/transcript/shown-text.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import css from './connection-list.module.css';
import type { Connection } from './ledger-fold.ts';
import { useKeyLabels } from './use-egress.ts';
import { lookOf, placeOf, purposeNames, requestOf } from './words.ts';

export interface ConnectionListProps {
  readonly connections: readonly Connection[];
  /** Number of the open entry. */
  readonly open: number | undefined;
  readonly onOpen: (n: number) => void;
  readonly onMore: () => void;
}

const rowHeight = 48;
/** Rows before the end at which the next page is asked for. */
const ahead = 40;

export function ConnectionList({ connections, open, onOpen, onMore }: ConnectionListProps): JSX.Element {
  const labels = useKeyLabels();
  const at = connections.findIndex(({ entry }) => entry.n === open);
  const drawRow = (index: number): JSX.Element | undefined => {
    const connection = connections[index];
    return connection === undefined ? undefined : <Row connection={connection} labels={labels} />;
  };
  return (
    <div className={css.pane}>
      <div className={css.columns} aria-hidden>
        <span className={css.wide}>To</span>
        <span className={css.cause}>For</span>
        <span className={css.bytes}>Sent</span>
        <span className={css.bytes}>Received</span>
        <span className={css.took}>Took</span>
        <span className={css.when}>When</span>
      </div>
      <div className={css.list}>
        <VirtualList
          label="Connections"
          count={connections.length}
          rowHeight={rowHeight}
          active={at === -1 ? undefined : at}
          keyOf={(index) => connections[index]?.entry.n ?? index}
          onActive={(index) => {
            const connection = connections[index];
            if (connection !== undefined) onOpen(connection.entry.n);
          }}
          onRange={(_first, last) => {
            if (last + ahead >= connections.length) onMore();
          }}
          row={drawRow}
        />
      </div>
    </div>
  );
}

function Row({
  connection,
  labels,
}: {
  readonly connection: Connection;
  readonly labels: ReadonlyMap<string, string>;
}): JSX.Element {
  const { entry, close, state } = connection;
  const look = lookOf(connection);
  const { run, key, secret, at } = entry;
  const request = requestOf(entry);
  const cause = [
    ...(run === undefined ? [] : [`run ${shortId(run)}`]),
    ...(key === undefined ? [] : [`key ${labels.get(key) ?? shortId(key)}`]),
    ...(secret === undefined ? [] : [secret]),
  ].join(' · ');
  return (
    <div className={css.row} data-tone={look.tone}>
      <span className={css.sign} title={look.name}>
        <Icon name={look.icon} size={14} label={look.name} />
      </span>
      <span className={css.to}>
        <span className={css.place} title={placeOf(entry)}>
          {shownText(placeOf(entry))}
        </span>
        <span className={css.request} title={request}>
          {shownText(request)}
        </span>
      </span>
      <span className={css.cause}>
        <span className={css.purpose}>{purposeNames[entry.purpose]}</span>
        <span className={css.request} title={cause}>
          {cause}
        </span>
      </span>
      {state === 'refused' ? (
        <span className={css.reason}>{entry.reason === 'OFFLINE' ? 'Refused: offline' : 'Refused'}</span>
      ) : (
        <>
          <Bytes count={close?.sent} />
          <Bytes count={close?.received} />
          <span className={css.took}>
            {close?.ms === undefined ? '' : shortDuration(close.ms)}
            <span className={css.status}>{state === 'done' ? close?.status : look.name}</span>
          </span>
        </>
      )}
      <span className={css.when} title={absoluteTime(at)}>
        <RelativeTime at={at} />
      </span>
    </div>
  );
}

function Bytes({ count }: { readonly count: number | undefined }): JSX.Element {
  return (
    <span className={css.bytes} title={count === undefined ? 'not known' : `${count.toLocaleString()} bytes`}>
      {count === undefined ? '–' : shortBytes(count)}
    </span>
  );
}
