// Draws a timeline on a canvas: minimap, axis, bars, in batches of one colour.
import { spanKinds, type Span, type SpanKind } from '#contract/trace';
import { ticksOf } from '../../lib/canvas/ticks.ts';
import { visibleBoxes, type Box } from '../../lib/canvas/timeline-cull.ts';
import type { TimelineLayout } from '../../lib/canvas/timeline-layout.ts';
import { toPixel, widthOf, type Range } from '../../lib/canvas/viewport.ts';
import { softOf, strongOf, type TimelinePalette } from './timeline-palette.ts';

/** px */
export const geometry = { minimap: 24, axis: 24, lane: 20, bar: 16, top: 48, inset: 12 } as const;

/** Wide enough for the kind's shape, and for a word beside it, px. */
const shapeWidth = 18;
const labelWidth = 44;
/** A narrow bar tells its kind by its height besides its colour, px. */
const narrowHeight: Readonly<Record<SpanKind, number>> = { model: 16, tool: 12, human: 8, code: 4, retrieval: 10 };

export interface Scene {
  readonly layout: TimelineLayout;
  readonly spans: readonly Span[];
  readonly view: Range;
  /** px that the lanes are scrolled down. */
  readonly scroll: number;
  readonly selected: number | undefined;
  readonly hovered: number | undefined;
  /** CSS px; what is drawn keeps `geometry.inset` free at each side. */
  readonly width: number;
  readonly height: number;
  readonly palette: TimelinePalette;
  readonly shapes: Readonly<Record<SpanKind, Path2D>>;
  readonly font: string;
}

/** Pixels across which the axis runs. */
export function axisPixels(width: number): number {
  return Math.max(1, width - 2 * geometry.inset);
}

export function drawTimeline(context: CanvasRenderingContext2D, scene: Scene): void {
  context.clearRect(0, 0, scene.width, scene.height);
  context.font = scene.font;
  context.textBaseline = 'middle';
  drawLanes(context, scene);
  drawAxis(context, scene);
  drawMinimap(context, scene);
}

function drawLanes(context: CanvasRenderingContext2D, scene: Scene): void {
  const { layout, spans, view, scroll, width, height, palette, selected, hovered } = scene;
  const pixels = axisPixels(width);
  context.save();
  context.beginPath();
  context.rect(0, geometry.top, width, height - geometry.top);
  context.clip();
  drawGrid(context, scene);
  context.translate(geometry.inset, geometry.top - scroll);
  const boxes = visibleBoxes({
    layout,
    view,
    pixels,
    firstLane: Math.floor(scroll / geometry.lane),
    lastLane: Math.ceil((scroll + height - geometry.top) / geometry.lane),
    failed: (index) => spans[index]?.error !== undefined,
  });
  const kindOf = (box: Box): SpanKind => spans[box.index]?.kind ?? 'code';
  for (const kind of spanKinds) {
    const mine = boxes.filter((box) => kindOf(box) === kind);
    fillBoxes(
      context,
      mine.filter((box) => box.width >= shapeWidth),
      softOf(palette, kind),
      geometry.bar,
    );
    fillBoxes(
      context,
      mine.filter((box) => box.width < shapeWidth),
      strongOf(palette, kind),
      narrowHeight[kind],
    );
    drawShapes(
      context,
      mine.filter((box) => box.width >= shapeWidth),
      scene,
      kind,
    );
  }
  drawLabels(context, boxes, scene);
  drawFailures(context, boxes, palette);
  for (const index of [hovered, selected]) {
    const bar = index === undefined ? undefined : layout.bars[index];
    if (bar === undefined) continue;
    const x = toPixel(view, pixels, bar.start);
    const barWidth = Math.max(toPixel(view, pixels, bar.end) - x, 2);
    context.lineWidth = index === selected ? 2 : 1;
    context.strokeStyle = index === selected ? palette['--accent'] : palette['--text-2'];
    roundRect(
      context,
      clampX(x, pixels) - 1,
      bar.lane * geometry.lane + 1,
      clampWidth(x, barWidth, pixels) + 2,
      geometry.bar + 2,
      3,
    );
    context.stroke();
  }
  context.restore();
  drawScrollHint(context, scene);
}

function clampX(x: number, pixels: number): number {
  return Math.min(Math.max(x, -20), pixels + 20);
}

function clampWidth(x: number, width: number, pixels: number): number {
  return Math.max(2, Math.min(x + width, pixels + 20) - clampX(x, pixels));
}

function drawGrid(context: CanvasRenderingContext2D, { view, layout, width, height, palette }: Scene): void {
  context.fillStyle = palette['--line'];
  const pixels = axisPixels(width);
  for (const tick of ticksOf(view, pixels, layout.unit)) {
    context.fillRect(Math.round(geometry.inset + toPixel(view, pixels, tick.at)), geometry.top, 1, height);
  }
}

function fillBoxes(context: CanvasRenderingContext2D, boxes: readonly Box[], colour: string, height: number): void {
  if (boxes.length === 0) return;
  context.fillStyle = colour;
  context.beginPath();
  for (const { lane, x, width, open } of boxes) {
    const y = lane * geometry.lane + 2 + (geometry.bar - height) / 2;
    if (width >= 8) context.roundRect(x, y, width, height, 3);
    else context.rect(x, y, width, height);
    // No end was recorded: three marks that fade out to the right, not a length.
    if (open)
      for (let mark = 1; mark <= 3; mark += 1) context.rect(x + width + mark * 4, y + geometry.bar / 2 - 1, 2, 2);
  }
  context.fill();
}

function drawShapes(
  context: CanvasRenderingContext2D,
  boxes: readonly Box[],
  { palette, shapes }: Scene,
  kind: SpanKind,
): void {
  if (boxes.length === 0) return;
  const all = new Path2D();
  for (const { lane, x } of boxes) {
    all.addPath(shapes[kind], new DOMMatrix([0.75, 0, 0, 0.75, Math.max(x, 0) + 5, lane * geometry.lane + 5.5]));
  }
  context.fillStyle = strongOf(palette, kind);
  context.fill(all);
  context.beginPath();
  for (const { lane, x } of boxes) context.rect(x, lane * geometry.lane + 2, 2, geometry.bar);
  context.fill();
}

function drawLabels(context: CanvasRenderingContext2D, boxes: readonly Box[], { spans, palette, width }: Scene): void {
  context.fillStyle = palette['--text'];
  const average = context.measureText('abcdefghijklmnoprstuvw_').width / 23;
  for (const { lane, x, width: boxWidth, index } of boxes) {
    const left = Math.max(x, 0) + 18;
    const room = Math.min(x + boxWidth, axisPixels(width)) - left - 4;
    if (boxWidth < labelWidth || room < 16) continue;
    const name = spans[index]?.name ?? '';
    const fits = Math.floor(room / average);
    context.fillText(
      name.length <= fits ? name : `${name.slice(0, Math.max(1, fits - 1))}…`,
      left,
      lane * geometry.lane + 2 + geometry.bar / 2 + 0.5,
      room,
    );
  }
}

/** A triangle above the bar's begin: an error is told by shape, not by red alone. */
function drawFailures(context: CanvasRenderingContext2D, boxes: readonly Box[], palette: TimelinePalette): void {
  context.fillStyle = palette['--error'];
  context.strokeStyle = palette['--error'];
  context.lineWidth = 1;
  for (const { lane, x, width, failed } of boxes) {
    if (!failed) continue;
    const y = lane * geometry.lane + 2;
    if (width >= 8) {
      roundRect(context, x + 0.5, y + 0.5, width - 1, geometry.bar - 1, 3);
      context.stroke();
    }
    const right = Math.min(Math.max(x + width - 4, x + 1), x + Math.max(width, 2));
    context.beginPath();
    context.moveTo(right - 4, y - 1);
    context.lineTo(right + 4, y - 1);
    context.lineTo(right, y + 6);
    context.fill();
  }
}

function drawAxis(context: CanvasRenderingContext2D, { view, layout, width, palette }: Scene): void {
  const pixels = axisPixels(width);
  const bottom = geometry.top - 0.5;
  context.fillStyle = palette['--line'];
  context.fillRect(0, bottom, width, 1);
  context.fillStyle = palette['--text-3'];
  for (const tick of ticksOf(view, pixels, layout.unit)) {
    const x = Math.round(geometry.inset + toPixel(view, pixels, tick.at));
    context.fillRect(x, bottom - 5, 1, 5);
    // A step's number stands in its middle, a time at its tick.
    const labelX = layout.unit === 'step' ? geometry.inset + toPixel(view, pixels, tick.at + 0.5) : x + 5;
    context.textAlign = layout.unit === 'step' ? 'center' : 'left';
    if (labelX < width - 24) context.fillText(tick.label, labelX, geometry.minimap + geometry.axis / 2 + 1);
  }
  context.textAlign = 'left';
}

function drawMinimap(context: CanvasRenderingContext2D, scene: Scene): void {
  const { layout, spans, view, width, palette } = scene;
  const pixels = axisPixels(width);
  context.fillStyle = palette['--sunken'];
  context.fillRect(0, 0, width, geometry.minimap);
  const laneHeight = Math.min(6, (geometry.minimap - 4) / Math.max(1, layout.lanes.length));
  const top = (geometry.minimap - laneHeight * Math.min(layout.lanes.length, 200)) / 2;
  const lanes = Math.min(layout.lanes.length, 200);
  const boxes = visibleBoxes({
    layout,
    view: layout.bounds,
    pixels,
    firstLane: 0,
    lastLane: lanes - 1,
    failed: (index) => spans[index]?.error !== undefined,
  });
  for (const kind of spanKinds) {
    context.fillStyle = strongOf(palette, kind);
    context.beginPath();
    for (const box of boxes) {
      if (spans[box.index]?.kind === kind)
        context.rect(geometry.inset + box.x, top + box.lane * laneHeight, box.width, Math.max(1, laneHeight - 1));
    }
    context.fill();
  }
  context.fillStyle = palette['--error'];
  for (const box of boxes)
    if (box.failed)
      context.fillRect(geometry.inset + box.x, geometry.minimap - 4, Math.max(2, Math.min(4, box.width)), 3);
  if (widthOf(view) < widthOf(layout.bounds)) {
    const left = geometry.inset + toPixel(layout.bounds, pixels, view.start);
    const right = geometry.inset + toPixel(layout.bounds, pixels, view.end);
    context.globalAlpha = 0.72;
    context.fillStyle = palette['--sunken'];
    context.fillRect(0, 0, left, geometry.minimap);
    context.fillRect(right, 0, width - right, geometry.minimap);
    context.globalAlpha = 1;
    context.strokeStyle = palette['--accent'];
    context.lineWidth = 1;
    context.strokeRect(Math.round(left) + 0.5, 0.5, Math.max(3, Math.round(right - left) - 1), geometry.minimap - 1);
  }
  context.fillStyle = palette['--line'];
  context.fillRect(0, geometry.minimap - 0.5, width, 1);
}

/** How far down the lanes one is, where not all are in sight. */
function drawScrollHint(context: CanvasRenderingContext2D, { layout, scroll, width, height, palette }: Scene): void {
  const room = height - geometry.top;
  const all = layout.lanes.length * geometry.lane;
  if (all <= room) return;
  context.fillStyle = palette['--line-strong'];
  roundRect(
    context,
    width - 6,
    geometry.top + 2 + (scroll / all) * (room - 4),
    4,
    Math.max(16, (room / all) * (room - 4)),
    2,
  );
  context.fill();
}

function roundRect(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): void {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
}
