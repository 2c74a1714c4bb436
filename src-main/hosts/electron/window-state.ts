// Where the window stood when it was last closed, if that place still exists.
import { screen, type BrowserWindow, type Rectangle } from 'electron';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const stateSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(320).max(20_000),
  height: z.int().min(240).max(20_000),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof stateSchema>;

/** How much of a window must be on some display to be found again, px. */
const visiblePx = 80;
const settleMs = 400;

/** The kept state; undefined where there is none, it is broken or it lies on a display that is gone. */
export function readWindowState(file: string): WindowState | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const state = stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const areas = screen.getAllDisplays().map((display) => display.workArea);
    return areas.some((area) => overlaps(state, area)) ? state : undefined;
  } catch {
    // The window then opens where a new one would.
    return undefined;
  }
}

/** Keeps the window's place on disk while it moves and when it closes. */
export function keepWindowState(window: BrowserWindow, file: string): void {
  let timer: NodeJS.Timeout | undefined;
  const save = (): void => {
    clearTimeout(timer);
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return;
    const state: WindowState = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    const scratch = `${file}.${process.pid}`;
    writeFileSync(scratch, JSON.stringify(state));
    renameSync(scratch, file);
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(save, settleMs);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('maximize', soon);
  window.on('unmaximize', soon);
  window.on('close', save);
}

function overlaps(one: Rectangle, two: Rectangle): boolean {
  const width = Math.min(one.x + one.width, two.x + two.width) - Math.max(one.x, two.x);
  const height = Math.min(one.y + one.height, two.y + two.height) - Math.max(one.y, two.y);
  return width >= visiblePx && height >= visiblePx;
}
