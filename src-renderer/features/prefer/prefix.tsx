// What both sides share, folded to one line: how much there is and what was said last.
import type { Turn } from '#contract/turn';
import { useLayoutEffect, useMemo, useRef, type JSX } from 'react';
import { Icon } from '../../ui/icons.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { MessageRow } from '../../ui/transcript/message-row.tsx';
import { transcriptRows } from '../../ui/transcript/rows.ts';
import { keys } from './prefer-keys.ts';
import styles from './prefix.module.css';

export interface PrefixProps {
  readonly turns: readonly Turn[];
  readonly open: boolean;
  readonly onToggle: () => void;
}

export function Prefix({ turns, open, onToggle }: PrefixProps): JSX.Element {
  const last = useMemo(() => lastSaid(turns), [turns]);
  return (
    <section className={styles.prefix} aria-label="What both sides share" data-open={open}>
      <button type="button" className={styles.head} aria-expanded={open} onClick={onToggle}>
        <Icon name={open ? 'chevronDown' : 'chevronRight'} size={12} />
        <span className={styles.count}>
          {turns.length === 1 ? '1 shared turn' : `${String(turns.length)} shared turns`}
        </span>
        {last === undefined ? undefined : (
          <span className={styles.last}>
            <span className={styles.who}>{last.who}</span> {last.text}
          </span>
        )}
        <Kbd keys={keys.prefix} />
      </button>
      {open ? <PrefixTurns turns={turns} /> : undefined}
    </section>
  );
}

function PrefixTurns({ turns }: { readonly turns: readonly Turn[] }): JSX.Element {
  const rows = useMemo(() => transcriptRows(turns), [turns]);
  const box = useRef<HTMLDivElement>(null);
  // Opens at its end: what was said last is what the sides answer. Heights are estimates until rows come in sight.
  useLayoutEffect(() => {
    const toEnd = (): void => box.current?.scrollTo({ top: box.current.scrollHeight });
    toEnd();
    const frame = requestAnimationFrame(() => requestAnimationFrame(toEnd));
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <div
      ref={box}
      className={styles.turns}
      // A column that scrolls must be reached by keyboard.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label="Shared turns"
    >
      {rows.map((row) => (
        <div key={row.turn.id} className={styles.row}>
          <MessageRow row={row} />
        </div>
      ))}
    </div>
  );
}

/** The last user turn, or else the last turn with words; its first line. */
function lastSaid(turns: readonly Turn[]): { readonly who: string; readonly text: string } | undefined {
  const said = (turn: Turn | undefined): { readonly who: string; readonly text: string } | undefined => {
    const text = turn?.message.content.find((part) => part.type === 'text')?.text.trim();
    if (turn === undefined || text === undefined || text === '') return undefined;
    const who = turn.message.role === 'user' ? 'User:' : turn.message.role === 'context' ? 'System:' : 'Last:';
    return { who, text: text.slice(0, 400).replaceAll(/\s+/g, ' ') };
  };
  return said(turns.findLast(({ message }) => message.role === 'user')) ?? said(turns.at(-1)) ?? said(turns[0]);
}
