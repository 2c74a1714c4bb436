// Runs that live on: leave that is asked for, writes in doubt, sleep, processes that are killed, a window that is closed and opened again.
import { expect, test } from '@playwright/test';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchApp } from '../support/app.ts';
import { callRaw } from '../support/call.ts';
import { killRunners, node, openRuns, startAgent, status, writeFiles } from './runs-screen.ts';

test('a tool that needs leave asks for it; what a model said can be said otherwise', async () => {
  const studio = await launchApp({ workspace: 'sample' });
  const { page } = studio;
  await openRuns(studio);
  await page.getByRole('button', { name: /^desk/ }).click();
  await page.getByLabel('Question').fill('Where is my order W2041? I would like another copy.');
  await page.keyboard.press('Control+Enter');
  await status(page, 'Waiting for you');
  await page.keyboard.press('4');
  const question = page.getByRole('article', { name: 'Allow reserve?' });
  await expect(question).toContainText('Takes copies of a title off the shelves for a customer.');
  await expect(question).toContainText('The Salt Road');
  await expect(question).toContainText('Copies that are taken off the shelves are missed by others.');
  await studio.shoot('runs-approval');
  await question.getByLabel('Reason (optional)').fill('The last one is ours.');
  await question.getByRole('button', { name: 'Deny' }).click();
  await status(page, 'Finished');
  await page.keyboard.press('2');
  await expect(page.getByRole('region', { name: /^What .* said/ })).toContainText('I may not put a copy');
  // Reasoning is folded until it is asked for.
  const spoken = page.getByRole('region', { name: /^What .* said/ });
  await page.getByRole('listbox', { name: 'Calls of models' }).press('Home');
  await expect(spoken.getByRole('button', { name: /^Reasoning/ })).toHaveAttribute('aria-expanded', 'false');

  await page.keyboard.press('1');
  await page.getByRole('option', { name: /^0/ }).click();
  await page.keyboard.press('f');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'Edit what a model said' }).click();
  await expect(dialog.getByRole('combobox', { name: 'Call of a model' })).toContainText('findOrder');
  await studio.shoot('runs-fork-message');
  await dialog.getByRole('textbox', { name: 'Message as JSON' }).fill('{ "role": "assistant" }');
  await dialog.getByRole('button', { name: 'Fork', exact: true }).click();
  await expect(dialog.getByText(/This is not a message/)).toBeVisible();
  const message = { role: 'assistant', content: [{ type: 'text', text: 'Edited by hand.' }] };
  await dialog.getByRole('textbox', { name: 'Message as JSON' }).fill(JSON.stringify(message));
  await dialog.getByRole('button', { name: 'Fork', exact: true }).click();
  await expect(page.getByText('Fork of')).toBeVisible({ timeout: 20_000 });
  await status(page, 'Finished');
  await page.keyboard.press('2');
  await expect(page.getByRole('listbox', { name: 'Calls of models' }).getByRole('option')).toHaveCount(1);
  await expect(page.getByRole('region', { name: /^What .* said/ })).toContainText('Edited by hand.');
  expect(readFileSync(join(studio.workspace, 'drafts', 'desk.md'), 'utf8')).toBe('Edited by hand.\n');
  expect(studio.faults).toEqual([]);
  await studio.close();
});

test('a write whose process dies is not done again without leave; a run sleeps until its time', async () => {
  const studio = await launchApp({ workspace: 'sample' });
  const { page } = studio;
  writeFiles(studio, {
    'tools/charge.ts': `import { defineTool } from 'atelier';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
export const charge = defineTool({
  name: 'charge', description: 'Charges a card.', effect: 'write', idempotent: false, timeout: '60s',
  input: z.object({ amount: z.number() }), output: z.object({ receipt: z.string() }),
  run: async ({ amount }, { folder }) => {
    await appendFile(join(folder, 'charges.txt'), amount + '\\n');
    return new Promise(() => {});
  },
});
`,
    'agents/pay.agent.ts': `import { charge } from '../tools/charge.ts';
export default agent(
  { state: { amount: input(z.number().default(12)), paid: z.object({ receipt: z.string() }).optional() }, tools: { charge } },
  {
    nodes: { rest: wait({ for: '3s' }), pay: tool({ use: 'charge', input: ({ state }) => ({ amount: state.amount }), to: 'paid' }) },
    edges: [start('rest'), edge('rest', 'pay'), end('pay')],
  },
);
`,
  });
  const allowed = { tool: 'charge', decision: 'allow', reason: 'It is a test.' };
  writeFileSync(join(studio.workspace, 'policies.json'), JSON.stringify({ rules: [allowed] }));
  await openRuns(studio);
  await startAgent(studio, /^pay/);
  await status(page, 'Asleep');
  await expect(node(page, 'rest')).toHaveAttribute('data-state', 'asleep');
  await expect(page.getByText(/^wakes in/)).toBeVisible();
  await page.keyboard.press('4');
  await expect(page.getByText(/^It goes on by itself in/)).toBeVisible();

  const charges = join(studio.workspace, 'charges.txt');
  await expect.poll(() => existsSync(charges), { timeout: 20_000 }).toBe(true);
  await killRunners(studio, 'tool');
  await status(page, 'Waiting for you');
  const question = page.getByRole('article', { name: 'It is not known whether charge was done' });
  await expect(question).toContainText('Charges a card.');
  await question.getByRole('button', { name: /^It happened/ }).click();
  await question.getByRole('button', { name: 'Give this result' }).click();
  await expect(question.getByRole('textbox', { name: 'Result as JSON' })).toHaveAttribute('aria-invalid', 'true');
  await question.getByRole('textbox', { name: 'Result as JSON' }).fill('{ "receipt": "R7" }');
  await studio.shoot('runs-unsure');
  await question.getByRole('button', { name: 'Give this result' }).click();
  await status(page, 'Finished');
  await page.keyboard.press('1');
  await expect(page.getByRole('option', { name: /paid/ }).last()).toBeVisible();
  expect(readFileSync(charges, 'utf8')).toBe('12\n');
  expect(studio.faults).toEqual([]);
  await studio.close();
});

const counting = `export default agent(
  { state: { to: input(z.number().default(80)), n: z.number().default(0) } },
  {
    nodes: { add: code(async ({ state }) => { await new Promise((go) => setTimeout(go, 100)); return { n: state.n + 1 }; }) },
    edges: [start('add'), edge('add', 'add', when(({ state }) => state.n < state.to)), end('add', otherwise)],
  },
);
`;

test('a run is followed while its runner is killed and while the window is closed and opened', async () => {
  const userData = mkdtempSync(join(tmpdir(), 'atelier-live-'));
  const first = await launchApp({ workspace: 'sample', userData });
  const { page } = first;
  writeFiles(first, { 'agents/count.agent.ts': counting });
  await openRuns(first);
  await startAgent(first, /^count/);
  await expect(page.getByRole('option', { name: /^3 add/ })).toBeVisible({ timeout: 20_000 });

  await test.step('stopped on a condition, by whoever sets it', async () => {
    await node(page, 'add').click({ position: { x: 40, y: 12 } });
    await page.getByRole('checkbox', { name: 'Stop before it' }).click();
    await status(page, 'Paused');
    await page.getByRole('button', { name: 'Condition' }).click();
    await page.getByLabel('Where the state’s').fill('n');
    await page.getByRole('textbox', { name: 'Value' }).fill('40');
    await page.getByRole('button', { name: 'Set condition' }).click();
    await page.locator('[data-graph]').focus();
    await page.keyboard.press('p');
    await status(page, 'Running');
  });

  await killRunners(first, 'agent');
  await status(page, 'Paused');
  await expect(page.getByRole('option', { name: /^40 add/ })).toBeVisible();
  await page.keyboard.press('3');
  await page.getByRole('listbox', { name: 'Journal' }).press('End');
  await expect(page.getByRole('option', { name: /Paused by a breakpoint/ }).last()).toBeVisible();

  const id = await page.evaluate<string>(() => JSON.parse(sessionStorage.getItem('atelier.route') ?? '{}').runId);
  const condition = { path: 'n', is: '=', value: 60 };
  await callRaw(page, '/runs/setBreakpoints', { id, breakpoints: [{ when: 'after', node: 'add', condition }] });
  await expect(node(page, 'add').getByRole('img', { name: 'Breakpoint after' })).toBeVisible();
  await page.keyboard.press('p');
  await status(page, 'Running');
  expect(first.faults).toEqual([]);
  await first.app.close();

  const again = await launchApp({ workspace: 'sample', userData });
  await openRuns(again);
  await again.page.getByRole('option', { name: /count/ }).click();
  await status(again.page, 'Paused');
  await expect(again.page.getByRole('option', { name: /^60 add/ })).toBeVisible();
  expect(again.faults).toEqual([]);
  await again.close();
  rmSync(userData, { recursive: true, force: true });
});

test('runs that arrive do not move those that are read further down', async () => {
  const studio = await launchApp({ workspace: 'sample' });
  const { page } = studio;
  await openRuns(studio);
  const start = (): Promise<unknown> =>
    callRaw(
      page,
      '/runs/start',
      { file: 'agents/digest.agent.ts', input: { folder: 'feedback' }, paused: true },
      20_000,
    );
  for (let at = 0; at < 40; at++) await start();
  const list = page.getByRole('listbox', { name: 'Runs' });
  await expect(list.getByRole('option').first()).toBeVisible();
  await expect.poll(() => list.evaluate((box) => box.scrollHeight)).toBeGreaterThan(2000);
  await list.evaluate((box) => (box.scrollTop = 520));
  await start();
  await start();
  await expect.poll(() => list.evaluate((box) => box.scrollTop)).toBe(520 + 2 * 52);
  await studio.close();
});

test('agent files that are written elsewhere are seen, and what is mended in them', async () => {
  const studio = await launchApp({ workspace: 'sample' });
  const { page } = studio;
  await openRuns(studio);
  const agent = (first: string, key: string): string => `export default agent(
  { state: { ${key}: input(z.number().default(1)) } }, { nodes: { a: code(() => {}), b: code(() => {}) }, edges: [${first}, end('a'), end('b')] },
);
`;
  writeFiles(studio, { 'agents/new.agent.ts': agent("start(['a', 'b'])", 'count') });
  await page.getByRole('button', { name: /^new/ }).click();
  await expect(page.getByText("Write `start('a', 'b')`.")).toBeVisible();
  writeFiles(studio, { 'agents/new.agent.ts': agent("start('a', 'b')", 'count') });
  await expect(page.getByLabel('Count')).toBeVisible();
  writeFiles(studio, { 'agents/new.agent.ts': agent("start('a', 'b')", 'total') });
  await expect(page.getByLabel('Total')).toBeVisible();
  await studio.close();
});
