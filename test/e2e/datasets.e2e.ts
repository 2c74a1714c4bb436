// Datasets in the real window: recipe, versions, what an export would lose, files on disk, removing and bringing back.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { existsSync, readdirSync } from 'node:fs';

import { join } from 'node:path';
import { answerOpenDialog, type LaunchedApp, type LaunchOptions } from '../support/app.ts';
import { newSessions } from '../support/sessions.ts';
import { labelAs, toNextPair } from './prefer-logs.ts';

const { start, quit, folder } = newSessions('datasets');

const preview = (page: Page) => page.getByRole('status', { name: 'What the recipe comes to' });
const exportDialog = (page: Page) => page.getByRole('dialog', { name: /^Export / });

/** The sample, some of its pairs labelled, and one dataset made. */
async function withDataset(options: LaunchOptions = {}): Promise<LaunchedApp> {
  const studio = await start({ workspace: 'sample', ...options });
  const { page } = studio;
  await expect(page.getByRole('list', { name: 'In this workspace' })).toContainText(/[1-9]\d* pairs/, {
    timeout: 20_000,
  });
  await page.keyboard.press('Control+2');
  await labelAs(page, 'Ada');
  for (const key of ['a', 'b', 't', 'x', 'a', 'b', 'a', 'b']) {
    await page.keyboard.press(key);
    await toNextPair(page, () => page.keyboard.press('Enter'));
  }
  await page.keyboard.press('Control+3');
  await expect(page.getByText('No datasets yet')).toBeVisible();
  await page.keyboard.press('c');
  await expect(page.getByRole('textbox', { name: 'Name of the dataset' })).toBeFocused();
  await page.keyboard.press('Enter');
  return studio;
}

test('the recipe counts live, is kept, and a changed one freezes another version', async () => {
  const userData = folder('recipe-data');
  const studio = await withDataset({ userData });
  const { page } = studio;
  await expect(preview(page)).toContainText(/\d+ preferences/);
  const all = await preview(page).innerText();
  await page.keyboard.press('f');
  await expect(page.getByRole('row', { name: /^1 / })).toBeVisible();
  // The same again is no new version.
  await page.keyboard.press('f');
  await expect(page.getByText(/^Nothing changed since version 1/)).toBeVisible();
  await expect(page.getByRole('row', { name: /^2 / })).toHaveCount(0);
  // A recipe that leaves nothing is refused, in words.
  await page.getByRole('radio', { name: 'Much' }).click();
  await expect(preview(page)).toContainText('0 preferences');
  await page.keyboard.press('f');
  await expect(page.getByText('Nothing was frozen.', { exact: true })).toBeVisible();
  await page.getByRole('radio', { name: 'Any' }).click();
  await page.getByRole('checkbox', { name: 'Ada' }).check();
  await expect(preview(page)).not.toHaveText(all);
  await page.keyboard.press('f');
  await expect(page.getByRole('row', { name: /^2 / })).toBeVisible();
  await expect(page.getByRole('row', { name: /^1 older recipe/ })).toBeVisible();
  await page.getByRole('textbox', { name: 'Name of the dataset' }).fill('Much better');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('option', { name: /Much better/ })).toBeVisible();
  expect(studio.faults).toEqual([]);
  await quit(studio);

  const again = await start({ workspace: 'sample', userData });
  await again.page.keyboard.press('Control+3');
  await expect(again.page.getByRole('textbox', { name: 'Name of the dataset' })).toHaveValue('Much better');
  await expect(again.page.getByRole('checkbox', { name: 'Ada' })).toBeChecked();
  await quit(again);
});

test('the plan says what each trainer cannot carry before anything is written', async () => {
  const studio = await withDataset();
  const { app, page } = studio;
  const out = folder('plan');
  await answerOpenDialog(app, [out]);
  await page.keyboard.press('f');
  await expect(page.getByRole('row', { name: /^1 / })).toBeVisible();
  await page.keyboard.press('e');
  const dialog = exportDialog(page);
  await expect(dialog.getByRole('radio', { name: 'Parquet' })).toBeVisible();
  const choose = async (name: string): Promise<void> => {
    await dialog.getByRole('combobox', { name: 'Trainer' }).click();
    await page.getByRole('option', { name }).click();
    await expect(dialog.locator('[aria-busy="true"]')).toHaveCount(0);
  };
  await choose('LLaMA-Factory ranking');
  await expect(dialog.getByRole('radio', { name: 'Parquet' })).toHaveCount(0);
  await expect(dialog).toContainText('What this trainer cannot carry');
  await expect(
    dialog.getByText(/(Row not written|Left off the row|Carried in another shape) · \d+ row/).first(),
  ).toBeVisible();
  await choose('TRL KTO');
  await dialog.getByRole('radio', { name: 'Parquet' }).click();
  await dialog.getByRole('checkbox', { name: 'Mask secrets and personal data' }).uncheck();
  await expect(dialog).toContainText('Masking is off');
  await dialog.getByRole('textbox', { name: 'Test share, %' }).fill('200');
  await expect(dialog).toContainText('0 to 90');
  await dialog.getByRole('textbox', { name: 'Test share, %' }).fill('0');
  await expect(dialog).toContainText('in one file');
  expect(readdirSync(out)).toEqual([]);
  // Cancelled in the system's dialog: nothing happens, nothing is written.
  await answerOpenDialog(app, []);
  await dialog.getByRole('button', { name: 'Choose a folder and export' }).click();
  await expect(dialog.getByRole('button', { name: 'Choose a folder and export' })).toBeEnabled();
  await answerOpenDialog(app, [out]);
  await dialog.getByRole('button', { name: 'Choose a folder and export' }).click();
  const written = page.getByRole('dialog', { name: 'Written and checked' });
  await expect(written).toContainText(/All were read back and equal their source/, { timeout: 20_000 });
  const path = await written.locator('td[title]').first().getAttribute('title');
  expect(path !== null && existsSync(path) && path.endsWith('.parquet')).toBe(true);
  expect(readdirSync(out)).toEqual([expect.stringMatching(/^[a-z\d-]+-v1-trl-kto$/)]);
  await expect(written).toContainText(join(out, readdirSync(out)[0] ?? ''));
  // Another trainer, the same folder: the first export stands as it was.
  await written.getByRole('button', { name: 'Export for another trainer' }).click();
  await choose('TRL DPO, conversational');
  await dialog.getByRole('button', { name: 'Choose a folder and export' }).click();
  await expect(written).toContainText('-v1-trl-dpo', { timeout: 20_000 });
  expect(readdirSync(out)).toHaveLength(2);
  expect(path !== null && existsSync(path)).toBe(true);
  expect(studio.faults).toEqual([]);
  await quit(studio);
});

test('a removed dataset comes back by undo, versions and all', async () => {
  const studio = await withDataset();
  const { page } = studio;
  await page.keyboard.press('f');
  await expect(page.getByRole('row', { name: /^1 / })).toBeVisible();
  await page.keyboard.press('Delete');
  await expect(page.getByText('No datasets yet')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('row', { name: /^1 / })).toBeVisible();
  await quit(studio);
});

for (const theme of ['light', 'dark'] as const) {
  for (const size of [
    { width: 1440, height: 900 },
    { width: 1024, height: 700 },
  ]) {
    test(`looks and reach, ${theme}, ${size.width}×${size.height}`, async () => {
      test.setTimeout(120_000);
      const empty = await start({ theme, size });
      await empty.page.keyboard.press('Control+3');
      await expect(empty.page.getByText('No datasets yet')).toBeVisible();
      await empty.shoot('datasets-empty');
      await quit(empty);

      const studio = await withDataset({ theme, size });
      const { app, page } = studio;
      const clean = async (): Promise<void> => {
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
      };
      await page.keyboard.press('f');
      await expect(page.getByRole('row', { name: /^1 / })).toBeVisible();
      await studio.shoot('datasets-recipe');
      await clean();
      await page.keyboard.press('e');
      await expect(exportDialog(page)).toContainText('The first row');
      await studio.shoot('datasets-plan');
      await clean();
      await answerOpenDialog(app, [folder(`looks-${theme}-${size.width}`)]);
      await exportDialog(page).getByRole('button', { name: 'Choose a folder and export' }).click();
      await expect(page.getByRole('dialog', { name: 'Written and checked' })).toBeVisible({ timeout: 20_000 });
      await studio.shoot('datasets-written');
      await clean();
      expect(studio.faults).toEqual([]);
      await quit(studio);
    });
  }
}
