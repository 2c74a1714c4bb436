// A pair to look at: the shared prefix folded above, its two branches side by side or one above the other.
import type { Turn } from '#contract/turn';
import {
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type JSX,
  type ReactNode,
  type Ref,
} from 'react';
import { compareSides, alignTurns, type Comparison } from './compare-sides.ts';
import type { Side as SideName } from './draft.ts';
import styles from './pair-view.module.css';
import { Prefix } from './prefix.tsx';
import { followScroll, usableAnchors } from './scroll-sync.ts';
import { Side } from './side.tsx';
import type { ViewSettings } from './view-settings.ts';

export interface PairViewHandle {
  /** Scrolls both sides to the first words that differ. */
  readonly jump: () => void;
  /** Scrolls by this share of the visible height. */
  readonly scroll: (share: number) => void;
  readonly focus: () => void;
  readonly togglePrefix: () => void;
}

export interface PairViewProps {
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
  const { prefix, left, right, settings, stacked, chosen, leftNote, rightNote, handle } = props;
  const leftBox = useRef<HTMLDivElement>(null);
  const rightBox = useRef<HTMLDivElement>(null);
  const [prefixOpen, setPrefixOpen] = useState(false);
  const comparison = useComparison(left, right, settings.diff);
  const onScroll = useScrollSync(leftBox, rightBox, left, right, settings.sync);

  useImperativeHandle(handle, () => ({
    jump: () => {
      const found = comparison ?? compareSides(left, right);
      reveal(leftBox.current, found.firstLeft);
      reveal(rightBox.current, found.firstRight);
    },
    scroll: (share) => {
      const box = rightBox.current?.contains(document.activeElement) === true ? rightBox.current : leftBox.current;
      box?.scrollBy({ top: share * box.clientHeight });
      if (!settings.sync) {
        const other = box === leftBox.current ? rightBox.current : leftBox.current;
        other?.scrollBy({ top: share * other.clientHeight });
      }
    },
    focus: () => leftBox.current?.focus({ preventScroll: true }),
    togglePrefix: () => setPrefixOpen((open) => !open),
  }));

  return (
    <div className={styles.view}>
      <Prefix turns={prefix} open={prefixOpen} onToggle={() => setPrefixOpen(!prefixOpen)} />
      {settings.diff && comparison?.coarse === true ? (
        <p className={styles.coarse}>Very long text: parts of it are compared by line, not by word.</p>
      ) : undefined}
      <div className={styles.sides} data-stacked={stacked}>
        <Side
          name="A"
          turns={left}
          prefix={prefix}
          comparison={settings.diff ? comparison : undefined}
          chosen={chosen === 'left'}
          note={leftNote}
          scroller={leftBox}
          onScroll={onScroll.left}
          leads
        />
        <Side
          name="B"
          turns={right}
          prefix={prefix}
          comparison={settings.diff ? comparison : undefined}
          chosen={chosen === 'right'}
          note={rightNote}
          scroller={rightBox}
          onScroll={onScroll.right}
        />
      </div>
    </div>
  );
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

function textLength(turns: readonly Turn[]): number {
  let length = 0;
  for (const { message } of turns) {
    for (const part of message.content)
      if (part.type === 'text' || part.type === 'reasoning') length += part.text.length;
  }
  return length;
}

/** Scroll handlers that keep the columns level by the turns that face each other. */
function useScrollSync(
  leftBox: { readonly current: HTMLDivElement | null },
  rightBox: { readonly current: HTMLDivElement | null },
  left: readonly Turn[],
  right: readonly Turn[],
  wanted: boolean,
): { readonly left: () => void; readonly right: () => void } {
  const latest = useRef({ left, right, wanted });
  useLayoutEffect(() => {
    latest.current = { left, right, wanted };
  });
  const [handlers] = useState(() => {
    // What was set from here comes back as a scroll event, which must not be answered.
    const expected = new WeakMap<HTMLElement, number>();
    let aligned: { readonly of: readonly Turn[]; readonly rows: ReturnType<typeof alignTurns> } | undefined;
    const follow = (box: HTMLElement | null, other: HTMLElement | null, leftLeads: boolean): void => {
      if (box === null || other === null || !latest.current.wanted) return;
      const set = expected.get(box);
      expected.delete(box);
      if (set !== undefined && Math.abs(set - box.scrollTop) < 2) return;
      if (aligned?.of !== latest.current.left) {
        aligned = { of: latest.current.left, rows: alignTurns(latest.current.left, latest.current.right) };
      }
      const facing = aligned.rows.flatMap(([one, two]) => {
        const from = offsetOf(box, leftLeads ? one : two);
        const to = offsetOf(other, leftLeads ? two : one);
        return from === undefined || to === undefined ? [] : [{ from, to }];
      });
      const furthest = { from: box.scrollHeight - box.clientHeight, to: other.scrollHeight - other.clientHeight };
      const top = Math.round(followScroll(usableAnchors(facing, furthest), box.scrollTop));
      if (Math.abs(top - other.scrollTop) < 1) return;
      expected.set(other, top);
      other.scrollTop = top;
    };
    return {
      left: () => follow(leftBox.current, rightBox.current, true),
      right: () => follow(rightBox.current, leftBox.current, false),
    };
  });
  return handlers;
}

function offsetOf(box: HTMLElement, turn: Turn | undefined): number | undefined {
  if (turn === undefined) return undefined;
  const row = box.querySelector<HTMLElement>(`[data-turn="${turn.id}"]`);
  return row === null ? undefined : row.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
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
