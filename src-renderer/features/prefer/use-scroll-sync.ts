// Two columns that scroll together: level wherever two turns face each other.
import { useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { Turn } from '#contract/turn';
import { alignTurns } from './compare-sides.ts';
import { followScroll, usableAnchors } from './scroll-sync.ts';

type Box = RefObject<HTMLDivElement | null>;

export interface ScrollSync {
  readonly left: () => void;
  readonly right: () => void;
  /** Both columns are about to be set to places of their own: neither follows the other. */
  readonly rest: () => void;
}

/** A column that was set from here answers with scroll events for about this long; they lead nowhere, ms. */
const followsMs = 150;

/** Scroll handlers for both columns; they do nothing unless `wanted`. */
export function useScrollSync(
  leftBox: Box,
  rightBox: Box,
  left: readonly Turn[],
  right: readonly Turn[],
  wanted: boolean,
): ScrollSync {
  const latest = useRef({ left, right, wanted });
  useLayoutEffect(() => {
    latest.current = { left, right, wanted };
  });
  const [sync] = useState(() => {
    let aligned: { readonly of: readonly Turn[]; readonly rows: ReturnType<typeof alignTurns> } | undefined;
    const quietUntil = new WeakMap<HTMLElement, number>();
    const hush = (box: HTMLElement | null): void => {
      if (box !== null) quietUntil.set(box, performance.now() + followsMs);
    };
    const follow = (box: HTMLElement | null, other: HTMLElement | null, leftLeads: boolean): void => {
      if (box === null || other === null || !latest.current.wanted) return;
      if (performance.now() < (quietUntil.get(box) ?? 0)) return;
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
      hush(other);
      other.scrollTop = top;
    };
    return {
      left: () => follow(leftBox.current, rightBox.current, true),
      right: () => follow(rightBox.current, leftBox.current, false),
      rest: () => {
        hush(leftBox.current);
        hush(rightBox.current);
      },
    };
  });
  return sync;
}

function offsetOf(box: HTMLElement, turn: Turn | undefined): number | undefined {
  if (turn === undefined) return undefined;
  const row = box.querySelector<HTMLElement>(`[data-turn="${CSS.escape(turn.id)}"]`);
  return row === null ? undefined : row.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
}
