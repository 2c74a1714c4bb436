// What the tests of the Runs screen have in common: the way there, and agents written into their workspace.
import { expect, type Locator, type Page } from '@playwright/test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LaunchedApp } from '../support/app.ts';

export async function openRuns({ page }: LaunchedApp): Promise<void> {
  await page.keyboard.press('Control+4');
  await expect(page.getByRole('list', { name: 'Agents' })).toBeVisible({ timeout: 20_000 });
}

/** Starts an agent with the input that its form offers. */
export async function startAgent({ page }: LaunchedApp, name: RegExp): Promise<void> {
  await page.getByRole('button', { name }).click();
  await expect(page.getByRole('button', { name: /^Start/ })).toBeVisible({ timeout: 20_000 });
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('region', { name: 'Run', exact: true })).toBeVisible({ timeout: 20_000 });
}

export function status(page: Page, name: string): Promise<void> {
  return expect(page.getByRole('region', { name: 'Run', exact: true }).getByText(name, { exact: true })).toBeVisible({
    timeout: 30_000,
  });
}

export function node(page: Page, name: string): Locator {
  return page.locator(`[data-node="${name}"]`);
}

const head = `import { agent, code, edge, end, input, otherwise, start, subgraph, tool, wait, when } from 'atelier';
import { z } from 'zod';
`;

export function writeFiles({ workspace }: LaunchedApp, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(workspace, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, name.endsWith('.agent.ts') ? head + text : text);
  }
}

/** Kills what runs agents, or tools, as a crash would. */
export async function killRunners({ app }: LaunchedApp, role: 'agent' | 'tool'): Promise<void> {
  const pids = await app.evaluate(
    ({ app: electron }, name) => electron.getAppMetrics().flatMap((one) => (one.name === name ? [one.pid] : [])),
    `Atelier ${role} runner`,
  );
  expect(pids.length).toBeGreaterThan(0);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}
