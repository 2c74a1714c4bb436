// Runs in the window with the sample's agents: started by a form, watched, answered, forked, replayed, compared, cancelled.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { launchApp, type LaunchedApp } from '../support/app.ts';
import { node, openRuns, status } from './runs-screen.ts';

const mail = 'My order W2041 came with a bent corner. I would like my money back.';

async function startTriage({ page }: LaunchedApp): Promise<void> {
  await page.getByRole('button', { name: /^triage/ }).click();
  await page.getByLabel('Mail').fill(mail);
  await page.keyboard.press('Control+Enter');
}

test('a run is started, asks, is answered and ends; then it is forked, replayed and compared', async () => {
  const studio = await launchApp({ workspace: 'sample' });
  const { page } = studio;
  await openRuns(studio);

  await test.step('the form says what is missing at its field', async () => {
    await page.getByRole('button', { name: /^triage/ }).click();
    await expect(page.getByLabel('Mail')).toBeFocused();
    await page.keyboard.press('Control+Enter');
    await expect(page.getByText('This is needed.')).toBeVisible();
    await expect(page.getByLabel('Mail')).toHaveAttribute('aria-invalid', 'true');
  });

  await test.step('the graph shows how far it is, and who holds it up', async () => {
    await startTriage(studio);
    await status(page, 'Waiting for you');
    await expect(node(page, 'sort')).toHaveAttribute('data-state', 'done');
    await expect(node(page, 'approve')).toHaveAttribute('data-state', 'blocked');
    await expect(node(page, 'pay')).toHaveAttribute('data-state', 'idle');
    await expect(page.locator('[data-edge="|look>approve"]')).toHaveAttribute('data-taken', 'true');
    await expect(page.locator('[data-edge="|look>answer"]')).toHaveAttribute('data-taken', 'false');
    await studio.shoot('runs-waiting');
  });

  await test.step('the state after a step is shown with what the step changed', async () => {
    await page.getByRole('option', { name: /sort/ }).click();
    await expect(page.getByText('State after step 1')).toBeVisible();
    await expect(page.getByRole('option', { name: /added.*triage/ })).toBeVisible();
  });

  await test.step('the question is answered by its form', async () => {
    await page.keyboard.press('a');
    const question = page.getByRole('article', { name: /Pay .* back to/ });
    await question.getByLabel('Pay it back').click();
    await question.getByLabel('A word to the customer').fill('Sorry for the corner.');
    await studio.shoot('runs-question');
    await page.keyboard.press('Control+Enter');
    await status(page, 'Finished');
    await expect(node(page, 'pay')).toHaveAttribute('data-state', 'done');
    const drafts = readdirSync(join(studio.workspace, 'drafts'));
    expect(drafts.map((name) => readFileSync(join(studio.workspace, 'drafts', name), 'utf8')).join('')).not.toBe('');
  });

  await test.step('what the models said, and the journal event by event', async () => {
    await page.keyboard.press('2');
    await expect(page.getByRole('listbox', { name: 'Calls of models' })).toContainText('answer');
    await studio.shoot('runs-output');
    await page.keyboard.press('3');
    await page.getByRole('option', { name: /interrupt\.answered/ }).click();
    await expect(page.getByRole('region', { name: /^Event/ })).toContainText('Sorry for the corner.');
    await page.getByRole('button', { name: 'Effects' }).click();
    await expect(page.getByRole('option', { name: /effect\.requested/ })).toHaveCount(0);
    await studio.shoot('runs-journal');
  });

  await test.step('it is replayed: the same, without asking anybody', async () => {
    await page.keyboard.press('r');
    await page.getByRole('dialog').getByRole('button', { name: 'Replay', exact: true }).click();
    await expect(page.getByText('Replay of')).toBeVisible({ timeout: 20_000 });
    await status(page, 'Finished');
    await page.keyboard.press('2');
    await expect(page.getByRole('listbox', { name: 'Calls of models' })).toContainText('from the journal');
  });

  await test.step('a fork goes on from an edited state; the two are compared', async () => {
    await page.keyboard.press('Alt+ArrowLeft');
    await status(page, 'Finished');
    await page.keyboard.press('1');
    await page.getByRole('option', { name: /^3 look/ }).click();
    await page.keyboard.press('f');
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('Fork after step 3');
    const order = dialog.getByRole('listitem').filter({ hasText: /^order/ });
    await order.getByRole('button', { name: 'Edit' }).click();
    await dialog.getByLabel('order as JSON').fill('{');
    await dialog.getByRole('button', { name: 'Fork', exact: true }).click();
    await expect(dialog.getByText(/not valid JSON/)).toBeVisible();
    await dialog.getByLabel('order as JSON').fill('7');
    await dialog.getByRole('button', { name: 'Fork', exact: true }).click();
    await expect(dialog.getByRole('alert').or(page.getByText('Fork of'))).toBeVisible({ timeout: 20_000 });
    await studio.shoot('runs-fork');
    await dialog.getByLabel('order as JSON').fill('null');
    await dialog.getByRole('button', { name: 'Fork', exact: true }).click();
    await expect(page.getByText('Fork of')).toBeVisible({ timeout: 20_000 });
    await page.keyboard.press('c');
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /came from it/ })
      .click();
    await expect(page.getByText(/alike, then step/)).toBeVisible();
    await expect(page.getByRole('img', { name: 'First divergence' })).toBeVisible();
    await studio.shoot('runs-compare');
    await page.keyboard.press('Escape');
    await expect(page.getByText('Fork of')).toBeVisible();
  });

  expect(studio.faults).toEqual([]);
  await studio.close();
});

test('a run is stopped before a node, stepped, edited, cancelled; its trace is one key away', async () => {
  const studio = await launchApp({ workspace: 'sample' });
  const { page } = studio;
  await openRuns(studio);
  await page.getByRole('button', { name: /^digest/ }).click();
  await page.getByRole('button', { name: /^More/ }).click();
  await page.getByText('Start paused, before the first step').click();
  await page.getByRole('button', { name: /^Start/ }).click();
  await status(page, 'Paused');
  await expect(node(page, 'list')).toHaveAttribute('data-state', 'waiting');

  await node(page, 'sum').click({ position: { x: 40, y: 12 } });
  await page.getByRole('checkbox', { name: 'Stop before it' }).click();
  await expect(node(page, 'sum').getByRole('img', { name: 'Breakpoint before' })).toBeVisible();
  await page.keyboard.press('.');
  await expect(node(page, 'list')).toHaveAttribute('data-state', 'done', { timeout: 20_000 });
  await status(page, 'Paused');
  await page.keyboard.press('p');
  await expect(node(page, 'read')).toHaveAttribute('data-state', 'done', { timeout: 20_000 });
  await status(page, 'Paused');
  await studio.shoot('runs-breakpoint');

  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog');
  await dialog
    .getByRole('listitem')
    .filter({ hasText: /^digest/ })
    .getByRole('button', { name: 'Edit' })
    .click();
  await dialog.getByLabel('digest as JSON').fill('"edited by hand"');
  await dialog.getByRole('button', { name: 'Save the state' }).click();
  await expect(page.getByText('The state was edited.', { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('option', { name: /State edited/ })).toBeVisible();

  await page.keyboard.press('Shift+X');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the run' }).click();
  await status(page, 'Cancelled');
  await expect(page.getByRole('button', { name: /^Cancel: the run has ended/ })).toBeVisible();
  await page.keyboard.press('t');
  await expect(page.getByRole('region', { name: 'Trace', exact: true })).toBeVisible({ timeout: 20_000 });
  expect(studio.faults).toEqual([]);
  await studio.close();
});

for (const theme of ['light', 'dark'] as const) {
  for (const size of [
    { width: 1440, height: 900 },
    { width: 1024, height: 700 },
  ]) {
    test(`nothing is hidden from a reader: ${theme}, ${size.width} × ${size.height}`, async () => {
      const studio = await launchApp({ workspace: 'sample', theme, size });
      const { page } = studio;
      await openRuns(studio);
      await startTriage(studio);
      await status(page, 'Waiting for you');
      for (const [key, name] of [
        ['1', /^Steps/],
        ['2', /^Output/],
        ['3', /^Journal/],
        ['4', /^Questions/],
        ['5', /^Problems/],
      ] as const) {
        await page.keyboard.press(key);
        await expect(page.getByRole('tab', { name })).toHaveAttribute('aria-selected', 'true');
        await page.waitForTimeout(400);
        await studio.shoot(`runs-tab-${key}`);
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
        expect([key, violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)]).toEqual([key, []]);
      }
      await page.keyboard.press('n');
      await expect(page.getByRole('heading', { name: 'Start triage' })).toBeVisible();
      await page.waitForTimeout(600);
      await studio.shoot('runs-start');
      expect(studio.faults).toEqual([]);
      await studio.close();
    });
  }
}
