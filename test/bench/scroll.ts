// Bench of the traces screen in the real window: scrolling 100,000 traces, jumping in them, zooming and panning 5,000 spans.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { turnsOf } from '#engine/turns/path';
import { launchApp } from '../support/app.ts';
import { longMessages, manySpans, putManyTraces, putTrace, seedWorkspace } from '../support/trace-samples.ts';

/** Times between frames while something moved. */
export interface FrameFigures {
  readonly frames: number;
  /** Frames a second over the whole time. */
  readonly fps: number;
  /** ms */
  readonly median: number;
  readonly p95: number;
  readonly max: number;
  /** Share of frames in which a row in sight was still on its way, 0 to 1; only for the list. */
  readonly waiting?: number;
}

export interface ScrollFigures {
  readonly traces: number;
  readonly spans: number;
  /** The page's own pace while nothing moves: what the machine can give. */
  readonly idle: FrameFigures;
  /** About 5,000 px a second, as by a steady wheel. */
  readonly scroll: FrameFigures;
  /** Time from a jump of the scroll bar to all rows in sight being there, ms. */
  readonly jump: { readonly median: number; readonly p95: number };
  /** Zooming in and out about a point of the trace with 5,000 spans. */
  readonly zoom: FrameFigures;
  readonly pan: FrameFigures;
}

/** Fills a workspace, opens it in the window and moves through it for `seconds` each. */
export async function benchScroll({ count = 100_000, spans = 5000, seconds = 4 } = {}): Promise<ScrollFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-bench-scroll-'));
  try {
    seedWorkspace(folder, (store) => {
      putTrace(store, { name: 'many spans', path: turnsOf(longMessages(200)), spans: manySpans(spans) });
      putManyTraces(store, count - 1);
    });
    const studio = await launchApp({ workspace: folder });
    try {
      const { page } = studio;
      await page.getByRole('option').first().waitFor();
      const idle = await frames(page, seconds, 'idle');
      const scroll = await frames(page, seconds, 'scroll');
      const jump = await jumps(page, 30);
      await page.evaluate(() => document.querySelector('[role=listbox]')?.scrollTo(0, 0));
      await page.getByRole('option').filter({ hasText: 'many spans' }).dblclick();
      await page.locator('[data-timeline] canvas').waitFor();
      const zoom = await frames(page, seconds, 'zoom');
      const pan = await frames(page, seconds, 'pan');
      return { traces: count, spans, idle, scroll, jump, zoom, pan };
    } finally {
      await studio.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Motion = 'idle' | 'scroll' | 'zoom' | 'pan';

async function frames(page: Page, seconds: number, motion: Motion): Promise<FrameFigures> {
  const { times, waiting } = await page.evaluate(
    async ({ seconds, motion }) => {
      const list = document.querySelector('[role=listbox][aria-label=Traces]');
      const canvas = document.querySelector('[data-timeline] canvas');
      const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      const wheel = (delta: number, shiftKey: boolean): void => {
        const box = canvas?.getBoundingClientRect();
        if (canvas === null || box === undefined) throw new Error('There is no timeline.');
        const at = { clientX: box.left + box.width * 0.6, clientY: box.top + 90 };
        canvas.dispatchEvent(
          new WheelEvent('wheel', { deltaY: delta, shiftKey, cancelable: true, bubbles: true, ...at }),
        );
      };
      const times: number[] = [];
      let waiting = 0;
      let before = await nextFrame();
      const until = before + seconds * 1000;
      for (let frame = 0; before < until; frame += 1) {
        // In for two seconds, then out again.
        if (motion === 'zoom') wheel(Math.floor(frame / 120) % 2 === 0 ? -30 : 30, false);
        if (motion === 'pan') wheel(Math.floor(frame / 90) % 2 === 0 ? 40 : -40, true);
        if (motion === 'scroll') {
          if (list === null) throw new Error('There is no list.');
          list.scrollTop += 84;
          if (list.querySelector('[role=option] [aria-hidden][style*=width]') !== null) waiting += 1;
        }
        const now = await nextFrame();
        times.push(now - before);
        before = now;
      }
      return { times, waiting };
    },
    { seconds, motion },
  );
  const sorted = times.toSorted((one, two) => one - two);
  const total = times.reduce((sum, time) => sum + time, 0);
  return {
    frames: times.length,
    fps: (times.length / total) * 1000,
    median: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    max: sorted.at(-1) ?? 0,
    ...(motion === 'scroll' ? { waiting: waiting / Math.max(1, times.length) } : {}),
  };
}

async function jumps(page: Page, rounds: number): Promise<{ readonly median: number; readonly p95: number }> {
  const times = await page.evaluate(async (count) => {
    const list = document.querySelector('[role=listbox][aria-label=Traces]');
    if (list === null) throw new Error('There is no list.');
    const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    const measured: number[] = [];
    for (let round = 0; round < count; round += 1) {
      const from = performance.now();
      // Steps that share no page with each other, all over the list.
      list.scrollTop = ((round * 0.381_966) % 1) * (list.scrollHeight - list.clientHeight);
      do await nextFrame();
      while (
        list.querySelector('[role=option] [aria-hidden][style*=width]') !== null ||
        list.querySelector('[role=option]') === null
      );
      measured.push(performance.now() - from);
    }
    return measured;
  }, rounds);
  const sorted = times.toSorted((one, two) => one - two);
  return { median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
