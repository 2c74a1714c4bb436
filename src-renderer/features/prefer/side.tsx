// One side of a pair: its turns after the prompt in a column of its own.
import type { Turn } from '#contract/turn';
import { memo, startTransition, useEffect, useMemo, useState, type JSX, type ReactNode, type Ref } from 'react';
import { MessageRow } from '../../ui/transcript/message-row.tsx';
import { transcriptRows } from '../../ui/transcript/rows.ts';
import type { Comparison } from './compare-sides.ts';
import { ComparedRow } from './compared-row.tsx';
import styles from './side.module.css';

export interface SideProps {
  /** A or B. */
  readonly name: string;
  readonly turns: readonly Turn[];
  readonly prefix: readonly Turn[];
  /** Given while the word diff is on. */
  readonly comparison: Comparison | undefined;
  /** Chosen by the annotator, once a choice is made. */
  readonly chosen: boolean;
  /** Beside the name: origin, the edit. */
  readonly note?: ReactNode;
  readonly scroller: Ref<HTMLDivElement>;
  readonly onScroll: () => void;
}

/** Rows drawn with the first paint; the others follow when there is time. */
const firstRows = 14;

export function Side(props: SideProps): JSX.Element {
  const { name, turns, prefix, comparison, chosen, note, scroller, onScroll } = props;
  return (
    <section className={styles.side} aria-label={`Side ${name}`} data-chosen={chosen}>
      <header className={styles.head}>
        <h3 className={styles.name}>{name}</h3>
        {chosen ? <span className={styles.chosen}>chosen</span> : undefined}
        <div className={styles.note}>{note}</div>
        <span className={styles.count}>{turns.length === 1 ? '1 turn' : `${String(turns.length)} turns`}</span>
      </header>
      <div
        ref={scroller}
        className={styles.turns}
        onScroll={onScroll}
        // A column that scrolls must be reached by keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        role="region"
        aria-label={`Turns of ${name}`}
        data-side={name}
      >
        <Rows turns={turns} prefix={prefix} comparison={comparison} />
        {turns.length === 0 ? <p className={styles.none}>This side ends where the shared part does.</p> : undefined}
      </div>
    </section>
  );
}

/** Drawn anew only when the turns or their marks change, not with every key of the annotator. */
const Rows = memo(function Rows({
  turns,
  prefix,
  comparison,
}: Pick<SideProps, 'turns' | 'prefix' | 'comparison'>): ReactNode {
  const rows = useMemo(() => transcriptRows(turns, prefix), [turns, prefix]);
  const shown = useGradually(rows.length);
  return rows.slice(0, shown).map((row) => (
    <div key={row.turn.id} className={styles.row}>
      {comparison === undefined ? <MessageRow row={row} /> : <ComparedRow row={row} comparison={comparison} />}
    </div>
  ));
});

/** How many rows to draw now: a few at first, then all. */
function useGradually(count: number): number {
  const [all, setAll] = useState(count <= firstRows);
  useEffect(() => {
    if (all) return undefined;
    const timer = requestIdleCallback(() => startTransition(() => setAll(true)), { timeout: 200 });
    return () => cancelIdleCallback(timer);
  }, [all]);
  return all ? count : firstRows;
}
