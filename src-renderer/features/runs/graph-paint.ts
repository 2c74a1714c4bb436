// Draws a laid-out graph on a canvas: from far away, where a thousand elements would only cost, and on the small map.
import type { Layout, Placed } from './layout-input.ts';
import type { NodeState } from './view.ts';

export interface PaintColours {
  readonly '--line-strong': string;
  readonly '--edge': string;
  readonly '--surface': string;
  readonly '--accent': string;
  readonly '--ok': string;
  readonly '--warn': string;
  readonly '--error': string;
  readonly '--info': string;
}

export const paintTokens = [
  '--line-strong',
  '--edge',
  '--surface',
  '--accent',
  '--ok',
  '--warn',
  '--error',
  '--info',
] as const;

/** How the plane is seen: a point p of it is drawn at p × zoom + (x, y), px. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

const colourNames: Readonly<Record<NodeState, keyof PaintColours>> = {
  idle: '--edge',
  waiting: '--info',
  running: '--accent',
  blocked: '--warn',
  asleep: '--info',
  done: '--ok',
  failed: '--error',
};

/** Boxes smaller than this could not be seen, px. */
const leastPx = 1.5;

export interface Scene {
  readonly layout: Layout;
  readonly stateOf: (id: string) => NodeState;
  readonly isTaken: (edgeId: string) => boolean;
  readonly selected: string | undefined;
}

/** Draws what lies within `width` × `height`; lines only where `withLines`. */
export function paintGraph(
  canvas: CanvasRenderingContext2D,
  scene: Scene,
  view: View,
  size: { readonly width: number; readonly height: number },
  colours: PaintColours,
  withLines: boolean,
): void {
  canvas.clearRect(0, 0, size.width, size.height);
  if (withLines) paintLines(canvas, scene, view, size, colours);
  for (const place of scene.layout.nodes) paintBox(canvas, scene, place, view, size, colours);
}

function paintBox(
  canvas: CanvasRenderingContext2D,
  scene: Scene,
  { node, left, top, width, height }: Placed,
  view: View,
  size: { readonly width: number; readonly height: number },
  colours: PaintColours,
): void {
  const [x, y] = [left * view.zoom + view.x, top * view.zoom + view.y];
  const [w, h] = [Math.max(leastPx, width * view.zoom), Math.max(leastPx, height * view.zoom)];
  if (x > size.width || y > size.height || x + w < 0 || y + h < 0) return;
  const state = scene.stateOf(node.id);
  const isSelected = scene.selected === node.id;
  // What has not run yet is an outline, what has is filled: the state is not in the colour alone.
  const isOutline = node.isContainer || state === 'idle';
  canvas.fillStyle = isOutline ? colours['--surface'] : colours[colourNames[state]];
  canvas.fillRect(x, y, w, h);
  if (!isOutline && !isSelected && state !== 'running') return;
  canvas.strokeStyle = isSelected
    ? colours['--accent']
    : colours[node.isContainer ? '--line-strong' : colourNames[state]];
  canvas.lineWidth = isSelected || state === 'running' ? 2 : 1;
  canvas.strokeRect(x, y, w, h);
}

function paintLines(
  canvas: CanvasRenderingContext2D,
  scene: Scene,
  view: View,
  size: { readonly width: number; readonly height: number },
  colours: PaintColours,
): void {
  const [left, top] = [-view.x / view.zoom, -view.y / view.zoom];
  const [right, bottom] = [left + size.width / view.zoom, top + size.height / view.zoom];
  for (const wantsTaken of [false, true]) {
    canvas.beginPath();
    for (const { edge, points, box } of scene.layout.lines) {
      if (box.left > right || box.right < left || box.top > bottom || box.bottom < top) continue;
      if (scene.isTaken(edge.id) !== wantsTaken) continue;
      for (const [index, { x, y }] of points.entries()) {
        const [px, py] = [x * view.zoom + view.x, y * view.zoom + view.y];
        if (index === 0) canvas.moveTo(px, py);
        else canvas.lineTo(px, py);
      }
    }
    canvas.strokeStyle = colours[wantsTaken ? '--accent' : '--line-strong'];
    canvas.lineWidth = wantsTaken ? 1.25 : 0.75;
    canvas.stroke();
  }
}

/** The innermost node at a point of the plane. */
export function nodeAt(layout: Layout, x: number, y: number): string | undefined {
  return layout.nodes.findLast(
    ({ left, top, width, height }) => x >= left && y >= top && x <= left + width && y <= top + height,
  )?.node.id;
}
