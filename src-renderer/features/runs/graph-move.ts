// Moves from node to node by the arrow keys: to the nearest in that direction.
import type { Placed } from './layout-input.ts';

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

const ways: Readonly<Record<Direction, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function isDirection(key: string): key is Direction {
  return key in ways;
}

/** The node to go to from `from` (from nowhere: the first); `from` itself where there is none. Containers are passed over. */
export function nodeToward(
  nodes: readonly Placed[],
  from: string | undefined,
  direction: Direction,
): string | undefined {
  const places = nodes.filter(({ node }) => !node.isContainer);
  const here = nodes.find(({ node }) => node.id === from);
  if (here === undefined) return places[0]?.node.id;
  const [wayX, wayY] = ways[direction];
  const middle = ({ left, top, width, height }: Placed): readonly [number, number] => [
    left + width / 2,
    top + height / 2,
  ];
  const [x, y] = middle(here);
  let best: { readonly id: string; readonly cost: number } | undefined;
  for (const place of places) {
    if (place === here) continue;
    const [px, py] = middle(place);
    const along = (px - x) * wayX + (py - y) * wayY;
    const aside = Math.abs((px - x) * wayY) + Math.abs((py - y) * wayX);
    // Only what lies within 60 degrees of the way.
    if (along <= 1 || aside > along * 1.75) continue;
    const cost = along + aside * 2;
    if (best === undefined || cost < best.cost) best = { id: place.node.id, cost };
  }
  return best?.id ?? from;
}
