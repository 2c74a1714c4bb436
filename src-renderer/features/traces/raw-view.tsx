// The record as it came in: its text laid out or as it was, line by line, however long it is.
import { useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { useApi } from '../../lib/api.tsx';
import { shortBytes } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { CopyButton } from '../../ui/transcript/copy-button.tsx';
import { indentJson } from '../../ui/transcript/indent-json.ts';
import css from './raw-view.module.css';

/** Longer text is not laid out by itself: it takes memory and time; a person may still ask for it. */
const layOutBelow = 8_000_000;
/** Longer lines are cut on screen; copying gives all. */
const longestLine = 4000;
const lineHeight = 20;
/** The raw text may be large: it is not kept once the tab is left. */
const forgetMs = 5000;

export function RawView({ traceId }: { readonly traceId: string }): ReactNode {
  const { query } = useApi();
  const raw = useQuery(query.traces.raw.queryOptions({ input: { id: traceId }, gcTime: forgetMs }));
  if (raw.isError) {
    return (
      <ErrorState
        title="The record cannot be shown."
        problem={problemOf(raw.error)}
        onRetry={() => void raw.refetch()}
      />
    );
  }
  if (raw.data === undefined) return <SkeletonRows rows={12} height={24} label="The record is loading" />;
  return <RawText key={traceId} text={raw.data} />;
}

function RawText({ text }: { readonly text: string }): ReactNode {
  const [look, setLook] = useState<'laid-out' | 'as-it-came'>(text.length <= layOutBelow ? 'laid-out' : 'as-it-came');
  const lines = useMemo(() => (look === 'laid-out' ? indentJson(text) : text).split('\n'), [text, look]);
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => lineHeight,
    overscan: 20,
  });
  const digits = String(lines.length).length;
  return (
    <div className={css.raw}>
      <div className={css.bar}>
        <Segmented
          label="Look of the record"
          value={look}
          onChange={setLook}
          segments={[
            { value: 'laid-out', label: 'Laid out' },
            { value: 'as-it-came', label: 'As it came' },
          ]}
        />
        <span className={css.size} title={`${text.length.toLocaleString()} characters`}>
          {shortBytes(text.length)}, {lines.length.toLocaleString()} {lines.length === 1 ? 'line' : 'lines'}
        </span>
        <CopyButton label="Copy all" text={() => text} />
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={box} className={css.scroller} role="region" aria-label="Record as JSON" tabIndex={0}>
        <div className={css.all} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const line = lines[item.index] ?? '';
            const cut = line.length > longestLine;
            return (
              <div key={item.key} className={css.line} style={{ transform: `translateY(${item.start}px)` }}>
                <span className={css.number} style={{ width: `${digits + 1}ch` }} aria-hidden>
                  {item.index + 1}
                </span>
                <code className={css.text}>{cut ? line.slice(0, longestLine) : line}</code>
                {cut ? (
                  <span className={css.cut}>… {shortBytes(line.length - longestLine)} more on this line</span>
                ) : undefined}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
