// What goes through the gateway, newest first: told as it streams, without pushing about whoever reads further down.
import { useEffect, useRef, type JSX } from 'react';
import type { GatewayCall } from '#contract/gateway';
import { absoluteTime, counted, shortDuration, shortMoney } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { shortId } from '../../lib/short-id.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { shownText } from '../../ui/transcript/shown-text.tsx';
import { VirtualList, type VirtualListHandle } from '../../ui/virtual-list.tsx';
import css from './call-list.module.css';
import { isUnderWay } from './held-calls.ts';
import { lookOf, tokensOf } from './words.ts';

export interface CallListProps {
  readonly calls: readonly GatewayCall[];
  /** How many newer ones wait to be shown. */
  readonly newer: number;
  /** What keys are called, by their ids. */
  readonly labels: ReadonlyMap<string, string>;
  readonly open: string | undefined;
  readonly onOpen: (id: string) => void;
  /** Enter or double click. */
  readonly onTrace: (id: string) => void;
  readonly onTop: (isAtTop: boolean) => void;
}

const rowHeight = 48;
/** How often the time of what is under way is told anew, ms. */
const tickMs = 500;

export function CallList({ calls, newer, labels, open, onOpen, onTrace, onTop }: CallListProps): JSX.Element {
  const list = useRef<VirtualListHandle>(null);
  const box = useRef<HTMLDivElement>(null);
  const at = calls.findIndex(({ id }) => id === open);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const scrolled = (event: Event): void => {
      if (event.target instanceof HTMLElement) onTop(event.target.scrollTop < rowHeight / 2);
    };
    // Scrolling is heard on its way down only.
    element.addEventListener('scroll', scrolled, { capture: true, passive: true });
    return () => element.removeEventListener('scroll', scrolled, { capture: true });
  }, [onTop]);
  const drawRow = (index: number): JSX.Element | undefined => {
    const call = calls[index];
    return call === undefined ? undefined : <Row call={call} label={labels.get(call.key) ?? shortId(call.key)} />;
  };
  return (
    <div className={css.pane}>
      <div className={css.columns} aria-hidden>
        <span className={css.wide}>Request</span>
        <span className={css.who}>From and to</span>
        <span className={css.first}>First byte</span>
        <span className={css.took}>Took</span>
        <span className={css.tokens}>Tokens</span>
        <span className={css.when}>When</span>
      </div>
      <div ref={box} className={css.list}>
        <VirtualList
          handle={list}
          label="Requests"
          count={calls.length}
          rowHeight={rowHeight}
          active={at === -1 ? undefined : at}
          keyOf={(index) => calls[index]?.id ?? index}
          onActive={(index) => {
            const call = calls[index];
            if (call !== undefined) onOpen(call.id);
          }}
          onOpen={(index) => {
            const call = calls[index];
            if (call !== undefined) onTrace(call.id);
          }}
          row={drawRow}
        />
        {newer === 0 ? undefined : (
          <Button
            className={css.newer}
            icon="chevronUp"
            onClick={() => {
              list.current?.scrollTo(0);
              list.current?.focus();
              onTop(true);
            }}
          >
            {counted(newer, 'new request')}
          </Button>
        )}
      </div>
    </div>
  );
}

function Row({ call, label }: { readonly call: GatewayCall; readonly label: string }): JSX.Element {
  const look = lookOf(call);
  const tokens = tokensOf(call);
  const { model, endpoint, provider, problem, firstByteMs, ms, status, costUsd, from, at } = call;
  const detail = problem ?? endpoint;
  return (
    <div className={css.row} data-tone={look.tone}>
      <span className={css.sign} title={look.name}>
        <Icon name={look.icon} size={14} label={look.name} />
      </span>
      <span className={css.what}>
        <span className={css.line}>{shownText(model ?? endpoint)}</span>
        <span className={css.small} data-wrong={problem !== undefined} title={detail}>
          {shownText(detail)}
        </span>
      </span>
      <span className={css.who}>
        <span className={css.line} title={label}>
          {label}
        </span>
        <span className={css.small}>{from === 'record' ? 'from record' : (provider ?? 'no provider')}</span>
      </span>
      <span className={css.first}>{firstByteMs === undefined ? '–' : shortDuration(firstByteMs)}</span>
      <span className={css.took}>
        {ms === undefined ? isUnderWay(call) ? <Since at={at} /> : '–' : shortDuration(ms)}
        <span>{isUnderWay(call) ? look.name : (status ?? look.name)}</span>
      </span>
      <span className={css.tokens} title={tokens?.exact ?? 'not known yet'}>
        {tokens?.all ?? '–'}
        <span>{costUsd === undefined ? '' : shortMoney(costUsd)}</span>
      </span>
      <span className={css.when} title={absoluteTime(at)}>
        <RelativeTime at={at} />
      </span>
    </div>
  );
}

function Since({ at }: { readonly at: number }): string {
  const now = useNow(tickMs);
  return shortDuration(Math.max(0, Math.floor((now - at) / 100) * 100) || 1);
}
