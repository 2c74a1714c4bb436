// Bench of the annotation screen: from key press to the next pair painted, in the real window with 100,000 pairs.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { openStore } from '#adapters/sqlite/store';
import type { Pair } from '#contract/pair';
import type { Message, Turn } from '#contract/turn';
import type { Store } from '#engine/ports';
import { inOrder, pairId } from '#engine/preference/pair-id';
import { turnsOf } from '#engine/turns/path';
import { launchApp } from '../support/app.ts';
import { drawing, prose } from './store-world.ts';

export interface LabelFigures {
  readonly pairs: number;
  readonly rounds: number;
  /** Key press to next pair painted, ms. */
  readonly median: number;
  readonly p95: number;
  readonly max: number;
  /** The same with the word diff on. */
  readonly withDiff: { readonly median: number; readonly p95: number; readonly max: number };
}

const annotator = 'Bench';
/** Answers to one prompt: every two of them are a pair. */
const answers = 16;

/** Fills a workspace, opens it in the window and labels `rounds` pairs by keyboard, first without the word diff, then with it. */
export async function benchLabel({ count = 100_000, rounds = 200 } = {}): Promise<LabelFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-bench-label-'));
  try {
    mkdirSync(join(folder, '.atelier'), { recursive: true });
    const store = openStore(join(folder, '.atelier', 'studio.db'));
    const pairs = fill(store, count);
    store.labels.addAnnotator({ name: annotator, createdAt: 1 });
    store.close();
    const studio = await launchApp({ workspace: folder });
    try {
      const { page } = studio;
      await page.evaluate((name) => localStorage.setItem('atelier.prefer.annotator', name), annotator);
      await page.keyboard.press('Control+2');
      await page.locator('[data-pair]').waitFor();
      await watchPaints(page);
      await labelled(page, 10);
      const plain = spread(await labelled(page, rounds));
      await page.keyboard.press('d');
      await labelled(page, 10);
      const withDiff = spread(await labelled(page, rounds));
      return { pairs, rounds, ...plain, withDiff };
    } finally {
      await studio.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Labels pairs by A or B and Enter, at the pace of somebody quick; returns the times of Enter, ms. */
async function labelled(page: Page, rounds: number): Promise<number[]> {
  await page.evaluate(() => performance.clearMeasures('label'));
  for (let round = 0; round < rounds; round += 1) {
    const before = await page.locator('[data-pair]').getAttribute('data-pair');
    await page.keyboard.press(round % 2 === 0 ? 'a' : 'b');
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      ([last, wanted]) =>
        document.querySelector('[data-pair]')?.getAttribute('data-pair') !== last &&
        performance.getEntriesByName('label').length >= wanted,
      [before, round + 1] as const,
      { polling: 5 },
    );
    await page.waitForTimeout(60);
  }
  return page.evaluate(() => performance.getEntriesByName('label').map((entry) => entry.duration));
}

/** Measures from the time stamp of Enter to the frame after the one in which another pair stands in the page. */
async function watchPaints(page: Page): Promise<void> {
  await page.evaluate(() => {
    let pressed: number | undefined;
    let shown = document.querySelector('[data-pair]')?.getAttribute('data-pair');
    window.addEventListener(
      'keydown',
      (event) => {
        if (event.key === 'Enter') pressed = event.timeStamp;
      },
      { capture: true },
    );
    new MutationObserver(() => {
      const now = document.querySelector('[data-pair]')?.getAttribute('data-pair');
      if (now === undefined || now === shown || pressed === undefined) return;
      shown = now;
      const start = pressed;
      pressed = undefined;
      // A message sent from a frame's callback arrives when that frame has been painted.
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.addEventListener('message', () => {
          performance.measure('label', { start, end: performance.now() });
        });
        channel.port1.start();
        channel.port2.postMessage('painted');
      });
    }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-pair'] });
  });
}

/** Sides as agents write them: an answer, a tool call with its result, a closing word, all different. Returns the pairs. */
function fill(store: Store, count: number): number {
  const draw = drawing(11);
  const system: Message = { role: 'context', content: text(prose(drawing(7), 300)), tools: [] };
  let made = 0;
  for (let prompt = 0; made < count; prompt += 1) {
    const before = turnsOf([system, { role: 'user', content: text(`Question ${prompt}: ${prose(draw, 40)}`) }]);
    const last = before.at(-1);
    store.transaction(() => {
      store.turns.putPath(before);
      const leaves = Array.from({ length: answers }, (_, answer) => {
        const side = turnsOf(sideOf(draw, answer), last);
        store.turns.putPath(side);
        return leafId(side);
      });
      const pairs: Pair[] = [];
      for (const [at, one] of leaves.entries()) {
        for (const two of leaves.slice(at + 1)) {
          const [a, b] = inOrder(one, two);
          const id = pairId(a, b);
          pairs.push({ id, kind: 'sibling', prompt: last?.id ?? '', a, b, reason: 'Two answers.', createdAt: 1 });
        }
      }
      store.pairs.put(pairs.slice(0, count - made));
      made += Math.min(pairs.length, count - made);
    });
  }
  return made;
}

function sideOf(draw: () => number, answer: number): Message[] {
  return [
    { role: 'assistant', content: text(`Answer ${answer}: ${prose(draw, 60)}`) },
    { role: 'user', content: text(prose(draw, 12)) },
    {
      role: 'assistant',
      content: [],
      toolCalls: [{ name: 'get_order', arguments: { order: `W${Math.floor(draw() * 1e6)}`, note: prose(draw, 6) } }],
    },
    {
      role: 'tool',
      content: text(JSON.stringify({ status: 'open', items: [prose(draw, 8), prose(draw, 8)] })),
      call: 0,
    },
    { role: 'assistant', content: text(prose(draw, 50)) },
    { role: 'user', content: text(prose(draw, 8)) },
    { role: 'assistant', content: text(`That was ${answer}. ${prose(draw, 30)}`) },
  ];
}

function text(words: string): { type: 'text'; text: string }[] {
  return [{ type: 'text', text: words }];
}

function leafId(path: readonly Turn[]): string {
  const leaf = path.at(-1);
  if (leaf === undefined) throw new RangeError('The path is empty.');
  return leaf.id;
}

function spread(times: readonly number[]): { readonly median: number; readonly p95: number; readonly max: number } {
  const sorted = times.toSorted((one, two) => one - two);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), p95: at(0.95), max: at(1) };
}
