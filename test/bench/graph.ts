// Bench of the runs screen in the real window: the live graph of 1,000 nodes under pan and zoom, and a model's stream of 500 tokens a second.
import type { Page } from '@playwright/test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchApp } from '../support/app.ts';

/** Frames a second of each round, and the times between frames of all of them. */
export interface MotionFigures {
  /** Median and range over the rounds. */
  readonly fps: { readonly median: number; readonly least: number; readonly greatest: number };
  /** ms */
  readonly frame: { readonly median: number; readonly p95: number; readonly max: number };
}

export interface GraphFigures {
  readonly nodes: number;
  readonly edges: number;
  /** From opening the run to its graph being drawn, layout included, ms. */
  readonly drawnMs: number;
  /** While the run stands still. `near` shows names, `far` the whole graph. */
  readonly still: Readonly<Record<'idle' | 'nearPan' | 'nearZoom' | 'farPan' | 'farZoom', MotionFigures>>;
  /** While 25 nodes run at a time. */
  readonly live: Readonly<Record<'idle' | 'nearPan' | 'nearZoom' | 'farPan' | 'farZoom', MotionFigures>>;
  /** From the press that starts a run, its runner warm, to its first step on screen, ms. */
  readonly firstStepMs: { readonly median: number; readonly least: number; readonly greatest: number };
  readonly stream: MotionFigures;
}

const layers = 40;
const columns = 25;

/** Starts the agents of a workspace made for this, and moves through their runs, `rounds` times `seconds` each. */
export async function benchGraph({ rounds = 5, seconds = 2 } = {}): Promise<GraphFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-bench-graph-'));
  try {
    writeAgents(folder);
    const studio = await launchApp({ workspace: folder });
    try {
      const { page } = studio;
      const motion = (what: Motion): Promise<MotionFigures> => measure(page, what, rounds, seconds);
      await page.keyboard.press('Control+4');
      await start(page, 'braid', true);
      const from = Date.now();
      await page.locator('[data-node]').first().waitFor({ timeout: 120_000 });
      const drawnMs = Date.now() - from;
      const all = async (): Promise<GraphFigures['still']> => {
        const idle = await motion('idle');
        const nearPan = await motion('pan');
        const nearZoom = await motion('zoom');
        await page.keyboard.press('0');
        await page.waitForTimeout(500);
        const farPan = await motion('pan');
        const farZoom = await motion('zoom');
        return { idle, nearPan, nearZoom, farPan, farZoom };
      };
      const still = await all();
      await page.keyboard.press('p');
      await page.waitForTimeout(2000);
      const live = await all();
      await page.keyboard.press('Shift+X');
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel the run' }).click();
      const firstStepMs = await firstSteps(page, rounds);
      await start(page, 'talk', false);
      await page.keyboard.press('2');
      await page.locator('[data-live=text] div').first().waitFor({ timeout: 30_000 });
      const stream = await motion('idle');
      return {
        nodes: layers * columns,
        edges: edgesOf().length,
        drawnMs,
        still,
        live,
        firstStepMs,
        stream,
      };
    } finally {
      await studio.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function nameOf(layer: number, column: number): string {
  return `n${layer * columns + column}`;
}

/** Layers that each follow the one before, every second one crossing over; the last leads back to the first. */
function edgesOf(): string[] {
  const edges: string[] = [];
  for (let layer = 0; layer < layers; layer += 1) {
    for (let column = 0; column < columns; column += 1) {
      const from = nameOf(layer, column);
      const next = (layer + 1) % layers;
      edges.push(`edge('${from}', '${nameOf(next, column)}')`);
      if (layer % 2 === 1 && next !== 0) edges.push(`edge('${from}', '${nameOf(next, (column + 1) % columns)}')`);
    }
  }
  return edges;
}

function writeAgents(folder: string): void {
  for (const name of ['agents', 'models']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'atelier.json'), '{ "name": "Bench" }\n');
  const nodes = Array.from({ length: layers * columns }, (_, index) => `n${index}: code(rest)`);
  const starts = Array.from({ length: columns }, (_, column) => `'${nameOf(0, column)}'`);
  const last = nameOf(layers - 1, 0);
  writeFileSync(
    join(folder, 'agents', 'braid.agent.ts'),
    `import { agent, code, edge, end, input, start, when } from 'atelier';
import { z } from 'zod';
const rest = async () => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return {};
};
export default agent(
  { state: { over: input(z.boolean().default(false)) } },
  {
    nodes: { ${nodes.join(', ')} },
    edges: [start(${starts.join(', ')}), ${edgesOf().join(', ')}, end('${last}', when(({ state }) => state.over))],
  },
);
`,
  );
  writeFileSync(
    join(folder, 'agents', 'talk.agent.ts'),
    `import { agent, edge, end, input, llm, start } from 'atelier';
import { z } from 'zod';
export default agent(
  { state: { question: input(z.string().default('Go on')), said: z.string().default('') } },
  { nodes: { say: llm({ model: 'scripted/talk', prompt: ({ state }) => state.question, to: 'said' }) }, edges: [start('say'), end('say')] },
);
`,
  );
  writeFileSync(
    join(folder, 'agents', 'quick.agent.ts'),
    `import { agent, code, end, input, start } from 'atelier';
import { z } from 'zod';
export default agent(
  { state: { word: input(z.string().default('go')) } },
  { nodes: { only: code(() => ({})) }, edges: [start('only'), end('only')] },
);
`,
  );
  const text = Array.from({ length: 8000 }, (_, word) => `word ${word}${word % 12 === 11 ? '\n' : ''}`).join(' ');
  writeFileSync(
    join(folder, 'models', 'talk.model.json'),
    JSON.stringify({ stream: { firstTokenMs: [5, 10], tokensPerSecond: 500 }, rules: [{ reply: { text } }] }),
  );
}

async function start(page: Page, agent: string, isPaused: boolean): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${agent}`) }).click();
  await page.getByRole('button', { name: /^Start/ }).waitFor({ timeout: 60_000 });
  if (isPaused) {
    await page.getByRole('button', { name: /^More seed/ }).click();
    await page.getByText('Start paused, before the first step').click();
  }
  await page.getByRole('button', { name: /^Start/ }).click();
  await page.getByRole('group', { name: 'Controls of the run' }).waitFor();
}

/** The first start warms the runner up and does not count. */
async function firstSteps(page: Page, rounds: number): Promise<GraphFigures['firstStepMs']> {
  const times: number[] = [];
  for (let round = -1; round < rounds; round += 1) {
    await page.getByRole('button', { name: /^quick/ }).click();
    await page.getByRole('button', { name: /^Start/ }).waitFor({ timeout: 60_000 });
    const time = await page.evaluate(async () => {
      const button = [...document.querySelectorAll('button')].find((one) => one.textContent.startsWith('Start'));
      const from = performance.now();
      button?.click();
      while (document.querySelector('[role=listbox][aria-label=Steps] [role=option]') === null) {
        await new Promise(requestAnimationFrame);
      }
      return performance.now() - from;
    });
    if (round >= 0) times.push(time);
  }
  const sorted = times.toSorted((one, two) => one - two);
  return { median: quantile(sorted, 0.5), least: sorted[0] ?? 0, greatest: sorted.at(-1) ?? 0 };
}

type Motion = 'idle' | 'pan' | 'zoom';

async function measure(page: Page, motion: Motion, rounds: number, seconds: number): Promise<MotionFigures> {
  const fps: number[] = [];
  const all: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const times = await frames(page, motion, seconds);
    fps.push((times.length / times.reduce((sum, time) => sum + time, 0)) * 1000);
    all.push(...times);
  }
  const [rates, frame] = [fps, all].map((values) => values.toSorted((one, two) => one - two));
  return {
    fps: { median: quantile(rates ?? [], 0.5), least: rates?.[0] ?? 0, greatest: rates?.at(-1) ?? 0 },
    frame: { median: quantile(frame ?? [], 0.5), p95: quantile(frame ?? [], 0.95), max: frame?.at(-1) ?? 0 },
  };
}

/** Times between frames, ms, while the graph is moved as by a hand: to and fro, and by a steady wheel. */
function frames(page: Page, motion: Motion, seconds: number): Promise<number[]> {
  return page.evaluate(
    async ({ motion, seconds }) => {
      const pane = document.querySelector('.react-flow__pane');
      if (pane === null) throw new Error('There is no graph.');
      const box = pane.getBoundingClientRect();
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      const mouse = (type: string, dx: number, dy: number): void => {
        const target = type === 'mousedown' ? pane : window;
        const at = { clientX: x + dx, clientY: y + dy, buttons: type === 'mouseup' ? 0 : 1, view: window };
        target.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, ...at }));
      };
      const times: number[] = [];
      if (motion === 'pan') mouse('mousedown', 0, 0);
      let before = await nextFrame();
      const until = before + seconds * 1000;
      for (let frame = 0; before < until; frame += 1) {
        if (motion === 'pan') mouse('mousemove', 300 * Math.sin(frame / 20), 500 * Math.sin(frame / 31));
        if (motion === 'zoom') {
          const deltaY = Math.floor(frame / 45) % 2 === 0 ? -10 : 10;
          pane.dispatchEvent(
            new WheelEvent('wheel', { deltaY, clientX: x, clientY: y, bubbles: true, cancelable: true }),
          );
        }
        const now = await nextFrame();
        times.push(now - before);
        before = now;
      }
      if (motion === 'pan') mouse('mouseup', 0, 0);
      return times;
    },
    { motion, seconds },
  );
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
