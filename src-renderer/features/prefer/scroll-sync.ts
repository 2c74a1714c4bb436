// Keeps two scrolled columns level: where one stands between two turns, the other stands between their counterparts.

/** A point that is level in both columns: the offsets of two turns that face each other, px from the columns' tops. */
export interface Anchor {
  readonly from: number;
  readonly to: number;
}

/**
 * Where the other column belongs when this one is scrolled to `top`. `anchors` ascend in both numbers and begin and end
 * with the columns' own limits; between them the way is even.
 */
export function followScroll(anchors: readonly Anchor[], top: number): number {
  let before: Anchor = { from: 0, to: 0 };
  for (const anchor of anchors) {
    if (anchor.from >= top) {
      const way = anchor.from - before.from;
      return way === 0 ? anchor.to : before.to + ((top - before.from) / way) * (anchor.to - before.to);
    }
    before = anchor;
  }
  return before.to;
}

/** The anchors that ascend in both columns, closed by the furthest each can be scrolled. */
export function usableAnchors(anchors: readonly Anchor[], furthest: Anchor): Anchor[] {
  const usable: Anchor[] = [];
  for (const anchor of anchors) {
    const last = usable.at(-1);
    const ascends = last === undefined || (anchor.from > last.from && anchor.to > last.to);
    if (ascends && anchor.from < furthest.from && anchor.to < furthest.to) usable.push(anchor);
  }
  return [...usable, furthest];
}
