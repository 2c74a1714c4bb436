// The transcript of a trace: only the rows in sight exist; follows the selected turn.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { TraceDetail } from '#contract/trace';
import type { TurnId } from '#contract/turn';
import { useAction } from '../../lib/actions.tsx';
import { durationText } from '../../lib/canvas/ticks.ts';
import { wordSearch, type WordSearch } from '../../lib/find-words.ts';
import { shortCount } from '../../lib/format.ts';
import { MessageRow } from '../../ui/transcript/message-row.tsx';
import { rowOfTurn, transcriptRows, type TranscriptRow } from '../../ui/transcript/rows.ts';
import { HitBar } from './hit-bar.tsx';
import { firstRange, useMarkedWords } from './marked-words.ts';
import type { SpanLinks } from './span-links.ts';
import { usageOf } from './span-usage.ts';
import { wordsOfMessage } from './turn-words.ts';
import css from './transcript-pane.module.css';

export interface TranscriptPaneProps {
  readonly detail: TraceDetail;
  readonly links: SpanLinks;
  /** What the list is searched for: marked in the messages. */
  readonly find: string | undefined;
  readonly selected: TurnId | undefined;
  readonly onSelect: (turn: TurnId) => void;
}

export function TranscriptPane({ detail, links, find, selected, onSelect }: TranscriptPaneProps): ReactNode {
  const { path, spans } = detail;
  const rows = useMemo(() => transcriptRows(path), [path]);
  const rowOf = useMemo(() => rowOfTurn(rows), [rows]);
  const search = useMemo(() => (find === undefined ? undefined : wordSearch(find)), [find]);
  const hits = useMemo(
    () => (search === undefined ? [] : path.filter(({ message }) => search.holds(wordsOfMessage(message)))),
    [path, search],
  ).map(({ id }) => id);
  /** The hit that was gone to last; a new object each time, so that it is brought into sight again. */
  const [goal, setGoal] = useState<{ readonly turn: TurnId }>();
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => estimate(rows[index]),
    overscan: 4,
    getItemKey: (index) => rows[index]?.turn.id ?? index,
  });

  useMarkedWords(box, search);
  useEffect(() => {
    const index = selected === undefined ? undefined : rowOf.get(selected);
    if (selected === undefined || index === undefined) return undefined;
    const word = goal?.turn === selected ? search : undefined;
    const bring = (): boolean => bringIntoSight(box.current, selected, word);
    if (bring()) return undefined;
    virtual.scrollToIndex(index, { align: 'start' });
    // The row is measured once it exists; a result far down in it needs another look then.
    const frame = requestAnimationFrame(() => requestAnimationFrame(bring));
    return () => cancelAnimationFrame(frame);
  }, [selected, goal, search, rowOf, virtual]);

  const step = (by: number): void => {
    const at = path.findIndex((turn) => turn.id === selected);
    const next = path[at === -1 ? 0 : Math.min(path.length - 1, Math.max(0, at + by))];
    if (next !== undefined) onSelect(next.id);
  };
  const stepHit = (by: 1 | -1): void => {
    const at = path.findIndex((turn) => turn.id === selected);
    const places = hits.map((id) => path.findIndex((turn) => turn.id === id));
    const next = by === 1 ? places.find((place) => place > at) : places.findLast((place) => place < at);
    const turn = path[next ?? (by === 1 ? places[0] : places.at(-1)) ?? -1];
    if (turn === undefined) return;
    setGoal({ turn: turn.id });
    onSelect(turn.id);
  };
  const key = { section: 'Transcript', repeats: true, hidden: true } as const;
  useAction({ ...key, id: 'transcript.next', title: 'Select the next turn', keys: 'J', run: () => step(1) });
  useAction({ ...key, id: 'transcript.previous', title: 'Select the turn before', keys: 'K', run: () => step(-1) });

  const metaOf = (row: TranscriptRow): string | undefined => {
    const index = links.spanOf(row.turn.id);
    const span = index === undefined ? undefined : spans[index];
    if (span === undefined || span.wrote !== row.turn.id) return undefined;
    const words: string[] = [];
    if (span.startedAt !== undefined && span.endedAt !== undefined)
      words.push(durationText(span.endedAt - span.startedAt));
    const { input, output } = usageOf(span);
    if (input !== undefined || output !== undefined)
      words.push(`${shortCount(input ?? 0)} → ${shortCount(output ?? 0)} tokens`);
    return words.length === 0 ? undefined : words.join(' · ');
  };

  return (
    <div className={css.pane}>
      {find === undefined || search === undefined ? undefined : (
        <HitBar text={find} hits={hits} selected={selected} onStep={stepHit} />
      )}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={box} className={css.scroller} role="region" aria-label="Transcript" tabIndex={0} data-pane-focus="">
        <div className={css.all} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return undefined;
            return (
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className={css.row}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <MessageRow row={row} selected={selected} onSelect={onSelect} meta={metaOf(row)} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** True where the turn is drawn; it then stands in sight, its beginning first, or the first of its found words. */
function bringIntoSight(box: HTMLElement | null, turn: TurnId, search: WordSearch | undefined): boolean {
  const element = box?.querySelector<HTMLElement>(`[data-turn="${CSS.escape(turn)}"]`);
  if (box === null || element === null || element === undefined) return false;
  const [outer, inner] = [box.getBoundingClientRect(), element.getBoundingClientRect()];
  if (inner.top < outer.top || inner.bottom > outer.bottom) {
    const tall = inner.height > outer.height || inner.top < outer.top;
    element.scrollIntoView({ block: tall ? 'start' : 'nearest' });
  }
  const word = search === undefined ? undefined : firstRange(element, search)?.getBoundingClientRect();
  if (word !== undefined && (word.top < outer.top || word.bottom > outer.bottom)) {
    box.scrollTop += word.top - outer.top - outer.height / 3;
  }
  return true;
}

const charsPerLine = 90;

/** A guess at a row's height that keeps the scroll bar steady until it is measured, px. */
function estimate(row: TranscriptRow | undefined): number {
  if (row === undefined) return 64;
  let lines = 0;
  for (const part of row.turn.message.content) if (part.type === 'text') lines += linesOf(part.text);
  for (const { result } of row.calls) {
    lines += 2;
    for (const part of result?.message.content ?? []) if (part.type === 'text') lines += linesOf(part.text);
  }
  return 48 + Math.min(lines, 70) * 20;
}

function linesOf(text: string): number {
  return Math.min(70, Math.ceil(text.length / charsPerLine));
}
