// A pair to look at: the shared prefix folded above, its two branches side by side or one above the other.
import type { Turn } from '#contract/turn';
import { useEffect, useImperativeHandle, useMemo, useRef, useState, type JSX, type ReactNode, type Ref } from 'react';
import { ActionScope } from '../../lib/actions.tsx';
import { compareSides, type Comparison } from './compare-sides.ts';
import type { Side as SideName } from './draft.ts';
import styles from './pair-view.module.css';
import type { PairViewHandle } from './pair-view-handle.ts';
import { useScrollActions } from './prefer-actions.ts';
import { Prefix } from './prefix.tsx';
import { Side } from './side.tsx';
import { useScrollSync } from './use-scroll-sync.ts';
import type { ViewSettings } from './view-settings.ts';

export interface PairViewProps {
  readonly pairId: string;
  readonly prefix: readonly Turn[];
  readonly left: readonly Turn[];
  readonly right: readonly Turn[];
  readonly settings: ViewSettings;
  readonly stacked: boolean;
  readonly chosen?: SideName | undefined;
  readonly leftNote?: ReactNode;
  readonly rightNote?: ReactNode;
  readonly handle?: Ref<PairViewHandle>;
}

/** Sides longer than this are compared after they are on screen. */
const comparedAtOnce = 40_000;

export function PairView(props: PairViewProps): JSX.Element {
  const { pairId, prefix, left, right, settings, stacked, chosen, leftNote, rightNote, handle } = props;
  const leftBox = useRef<HTMLDivElement>(null);
  const rightBox = useRef<HTMLDivElement>(null);
  const sidesBox = useRef<HTMLDivElement>(null);
  const [prefixOpen, setPrefixOpen] = useState(false);
  const comparison = useComparison(left, right, settings.diff);
  const sync = useScrollSync(leftBox, rightBox, left, right, settings.sync);

  const scroll = (share: number): void => {
    const focused = [leftBox.current, rightBox.current].find((box) => box?.contains(document.activeElement) === true);
    // Level by turns they follow each other; the longer one leads, so that its end can be reached.
    const both = settings.sync ? [longer(leftBox.current, rightBox.current)] : [leftBox.current, rightBox.current];
    for (const box of focused === undefined ? both : [focused]) box?.scrollBy({ top: share * box.clientHeight });
  };

  useImperativeHandle(handle, () => ({
    jump: () => {
      const found = comparison ?? compareSides(left, right);
      sync.rest();
      reveal(leftBox.current, found.firstLeft);
      reveal(rightBox.current, found.firstRight);
    },
    focus: () => sidesBox.current?.focus({ preventScroll: true }),
    togglePrefix: () => setPrefixOpen((open) => !open),
  }));

  return (
    <div className={styles.view} data-pair={pairId}>
      <Prefix turns={prefix} open={prefixOpen} onToggle={() => setPrefixOpen(!prefixOpen)} />
      {settings.diff && comparison?.coarse === true ? (
        <p className={styles.coarse}>Very long text: parts of it are compared by line, not by word.</p>
      ) : undefined}
      <ActionScope when="focus">
        <ScrollKeys scroll={scroll} />
        <div
          ref={sidesBox}
          className={styles.sides}
          data-stacked={stacked}
          role="group"
          aria-label="Both sides"
          tabIndex={-1}
          data-pane-focus=""
        >
          <Side
            name="A"
            turns={left}
            prefix={prefix}
            comparison={settings.diff ? comparison : undefined}
            chosen={chosen === 'left'}
            note={leftNote}
            scroller={leftBox}
            onScroll={sync.left}
          />
          <Side
            name="B"
            turns={right}
            prefix={prefix}
            comparison={settings.diff ? comparison : undefined}
            chosen={chosen === 'right'}
            note={rightNote}
            scroller={rightBox}
            onScroll={sync.right}
          />
        </div>
      </ActionScope>
    </div>
  );
}

function ScrollKeys({ scroll }: { readonly scroll: (share: number) => void }): undefined {
  useScrollActions(scroll);
}

function useComparison(left: readonly Turn[], right: readonly Turn[], wanted: boolean): Comparison | undefined {
  const long = useMemo(() => textLength(left) + textLength(right) > comparedAtOnce, [left, right]);
  const now = useMemo(() => (wanted && !long ? compareSides(left, right) : undefined), [left, right, wanted, long]);
  const [later, setLater] = useState<{ readonly of: readonly Turn[]; readonly comparison: Comparison }>();
  useEffect(() => {
    if (!wanted || !long) return undefined;
    const timer = setTimeout(() => setLater({ of: left, comparison: compareSides(left, right, 400) }), 0);
    return () => clearTimeout(timer);
  }, [left, right, wanted, long]);
  return now ?? (later?.of === left ? later.comparison : undefined);
}

function longer(one: HTMLElement | null, two: HTMLElement | null): HTMLElement | null {
  return (two?.scrollHeight ?? 0) > (one?.scrollHeight ?? 0) ? two : one;
}

function textLength(turns: readonly Turn[]): number {
  let length = 0;
  for (const { message } of turns) {
    for (const part of message.content)
      if (part.type === 'text' || part.type === 'reasoning') length += part.text.length;
  }
  return length;
}

/** Brings the first differing words of a piece, or its turn, near the top of the column. */
function reveal(box: HTMLElement | null, piece: string | undefined): void {
  if (box === null || piece === undefined) return;
  const turnId = piece.slice(0, piece.indexOf('/'));
  const row = box.querySelector<HTMLElement>(`[data-turn="${CSS.escape(turnId)}"]`);
  const words = box.querySelector<HTMLElement>(`[data-piece="${CSS.escape(piece)}"] [data-differs]`);
  const target = words ?? row;
  if (target === null) return;
  box.scrollTop += target.getBoundingClientRect().top - box.getBoundingClientRect().top - (words === null ? 0 : 48);
}
