// Judging in the real window: the whole way from logs to a trainer's file by keyboard, restarts, reach, looks.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { readdirSync, readFileSync } from 'node:fs';

import { join } from 'node:path';
import { answerOpenDialog, type LaunchedApp, type LaunchOptions } from '../support/app.ts';
import { newSessions } from '../support/sessions.ts';
import { importByKeys, labelAs, mineByKeys, pairOnScreen, tabTo, toNextPair, writeTrials } from './prefer-logs.ts';

const { start, quit, folder } = newSessions('prefer');

const progress = (page: Page) => page.getByTestId('queue-progress');
const side = (page: Page, name: 'A' | 'B') => page.getByRole('region', { name: `Turns of ${name}` });
const choice = (page: Page, name: string) => page.getByRole('radio', { name });

async function withPairs(name: string, options: LaunchOptions = {}): Promise<LaunchedApp> {
  const studio = await start({ workspace: folder(name), ...options });
  await answerOpenDialog(studio.app, [writeTrials(folder(`${name}-logs`))]);
  await importByKeys(studio.page);
  await mineByKeys(studio.page);
  return studio;
}

test('from logs to a file for a trainer, by keyboard alone', async () => {
  test.setTimeout(120_000);
  const studio = await withPairs('whole-way');
  const { page } = studio;
  await labelAs(page, 'Ada');
  await expect(progress(page)).toContainText('0 of 4');
  await expect(page.getByText('reward')).toHaveCount(0);

  // A choice with strength, tags, a note of two lines.
  await page.keyboard.press('a');
  await expect(choice(page, 'A is better')).toBeChecked();
  await page.keyboard.press('+');
  await page.keyboard.press('1');
  await page.keyboard.press('4');
  await page.keyboard.press('n');
  await page.keyboard.type('It looked the order up,');
  await page.keyboard.press('Enter');
  await page.keyboard.type('a and b are only letters here.');
  await page.keyboard.press('Control+Enter');
  await expect(choice(page, 'A is better')).toBeChecked();
  await toNextPair(page, () => page.keyboard.press('Enter'));
  await expect(progress(page)).toContainText('1 of 4');
  await expect(page.getByRole('group', { name: 'Both sides' })).toBeFocused();

  // An edit of the chosen side; broken arguments are refused.
  await page.keyboard.press('b');
  await page.keyboard.press('e');
  const editor = page.getByRole('dialog', { name: /^Edit B/ });
  await expect(editor).toBeVisible();
  const first = editor.getByRole('textbox').first();
  await first.focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('I have looked it up: it leaves today.');
  await page.keyboard.press('Control+Enter');
  await expect(editor).toBeHidden();
  await expect(side(page, 'B')).toContainText('I have looked it up: it leaves today.');
  await expect(page.getByText('edited', { exact: true })).toBeVisible();
  await toNextPair(page, () => page.keyboard.press('Enter'));

  // Tie and both bad, then back two steps: each stands as it was given, the edit too.
  await page.keyboard.press('t');
  await toNextPair(page, () => page.keyboard.press('Enter'));
  await toNextPair(page, () => page.keyboard.press('u'));
  await expect(choice(page, 'Tie')).toBeChecked();
  await toNextPair(page, () => page.keyboard.press('Control+z'));
  await expect(choice(page, 'B is better')).toBeChecked();
  await expect(side(page, 'B')).toContainText('I have looked it up: it leaves today.');
  await expect(progress(page)).toContainText('1 of 4');
  await toNextPair(page, () => page.keyboard.press('Enter'));
  await expect(choice(page, 'Tie')).toBeChecked();
  await toNextPair(page, () => page.keyboard.press('Enter'));
  await page.keyboard.press('x');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The queue is done', { exact: true })).toBeVisible();
  await studio.shoot('prefer-done');

  // Agreement, in words.
  await tabTo(page, 'See agreement');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Krippendorff’s alpha')).toBeVisible();
  await expect(page.getByRole('row', { name: /Ada/ })).toContainText('4');

  // A dataset: made, frozen, exported.
  await page.keyboard.press('Control+3');
  await expect(page.getByText('No datasets yet')).toBeVisible();
  await page.keyboard.press('c');
  const name = page.getByRole('textbox', { name: 'Name of the dataset' });
  await expect(name).toBeFocused();
  await page.keyboard.type('Orders');
  await page.keyboard.press('Enter');
  const preview = page.getByRole('status', { name: 'What the recipe comes to' });
  await expect(preview).toContainText('2 preferences');
  await expect(preview).toContainText('1 both bad');
  await page.keyboard.press('f');
  await expect(page.getByRole('row', { name: /^1 / })).toBeVisible();
  const out = folder('whole-way-out');
  await answerOpenDialog(studio.app, [out]);
  await page.keyboard.press('e');
  const plan = page.getByRole('dialog', { name: /^Export Orders/ });
  await expect(plan.getByText('2 rows', { exact: true })).toBeVisible();
  await expect(plan).toContainText('EMAIL');
  expect(readdirSync(out)).toEqual([]);
  await tabTo(page, 'Choose a folder and export');
  await page.keyboard.press('Enter');
  const written = page.getByRole('dialog', { name: 'Written and checked' });
  await expect(written).toContainText(/2 rows for TRL DPO/, { timeout: 20_000 });
  await studio.shoot('datasets-exported');
  const rows = filesBelow(out)
    .filter((path) => path.endsWith('.jsonl'))
    .flatMap((path) => readFileSync(path, 'utf8').split('\n').filter(Boolean));
  expect(rows).toHaveLength(2);
  expect(rows.join('\n')).toContain('I have looked it up: it leaves today.');
  expect(rows.join('\n')).not.toContain('ada@example.org');
  for (const row of rows)
    expect(Object.keys(JSON.parse(row)).toSorted()).toEqual(expect.arrayContaining(['chosen', 'prompt', 'rejected']));
  expect(studio.faults).toEqual([]);
  await quit(studio);
});

test('a restart keeps the pair, what was typed, the queue and the name', async () => {
  test.setTimeout(120_000);
  const workspace = folder('restart');
  const userData = folder('restart-data');
  const first = await start({ workspace, userData });
  await answerOpenDialog(first.app, [writeTrials(folder('restart-logs'), 4)]);
  await importByKeys(first.page);
  await mineByKeys(first.page);
  await labelAs(first.page, 'Ada');
  // The queue: one kind only, tags of one's own.
  await first.page.keyboard.press('q');
  await first.page.getByRole('checkbox', { name: /Different outcome/ }).check();
  await first.page.getByRole('radio', { name: 'Reason tags' }).click();
  await first.page.getByRole('textbox', { name: 'Tag 1' }).fill('looked it up');
  await first.page.getByRole('button', { name: 'Use this queue' }).click();
  await expect(first.page.getByRole('button', { name: 'looked it up' })).toBeVisible();
  await first.page.keyboard.press('a');
  await toNextPair(first.page, () => first.page.keyboard.press('Enter'));
  await toNextPair(first.page, () => first.page.keyboard.press('s'));
  await first.page.keyboard.press('b');
  await first.page.keyboard.press('n');
  await first.page.keyboard.type('half a thought');
  const pair = await pairOnScreen(first.page).getAttribute('data-pair');
  expect(first.faults).toEqual([]);
  await quit(first);

  const second = await start({ workspace, userData });
  await second.page.keyboard.press('Control+2');
  await expect(pairOnScreen(second.page)).toHaveAttribute('data-pair', pair ?? '');
  await expect(choice(second.page, 'B is better')).toBeChecked();
  await expect(second.page.getByText('half a thought')).toBeVisible();
  await expect(progress(second.page)).toContainText('1 of 4');
  await expect(second.page.getByRole('button', { name: 'looked it up' })).toBeVisible();
  await expect(second.page.getByText('Different outcome', { exact: true }).first()).toBeVisible();
  await toNextPair(second.page, () => second.page.keyboard.press('u'));
  await toNextPair(second.page, () => second.page.keyboard.press('u'));
  await expect(choice(second.page, 'A is better')).toBeChecked();
  expect(second.faults).toEqual([]);
  await quit(second);
});

test('the sides weigh the same before the choice, and hide where they come from', async () => {
  const studio = await withPairs('neutral');
  const { page } = studio;
  await labelAs(page, 'Ada');
  const look = (name: 'A' | 'B') =>
    page.getByRole('region', { name: `Side ${name}` }).evaluate((element) => {
      const header = element.querySelector('header');
      const of = (node: Element | null) =>
        node === null
          ? []
          : [getComputedStyle(node).color, getComputedStyle(node).backgroundColor, getComputedStyle(node).boxShadow];
      return { width: Math.round(element.getBoundingClientRect().width), colours: [...of(element), ...of(header)] };
    });
  const [a, b] = [await look('A'), await look('B')];
  expect(Math.abs(a.width - b.width)).toBeLessThanOrEqual(1);
  expect(a.colours).toEqual(b.colours);
  await expect(page.getByText(/reward|τ-bench/)).toHaveCount(0);
  // Told after the label, of the pair before only.
  await page.keyboard.press('a');
  await toNextPair(page, () => page.keyboard.press('Enter'));
  await page.getByRole('button', { name: 'Show where they came from' }).click();
  await expect(page.getByText(/reward/).first()).toBeVisible();
  await quit(studio);
});

test('the word diff marks what differs, g jumps to it, both sides scroll as one', async () => {
  const studio = await withPairs('diff', { size: { width: 1024, height: 700 } });
  const { page } = studio;
  await labelAs(page, 'Ada');
  await expect(page.locator('[data-differs]')).toHaveCount(0);
  await page.keyboard.press('d');
  await expect(page.locator('[data-differs]').first()).toBeVisible();
  await page.keyboard.press('p');
  await expect(page.getByRole('region', { name: 'Shared turns' })).toContainText('You help customers of a bookshop.');
  await page.keyboard.press('v');
  await page.keyboard.press('End');
  const tops = () =>
    page.evaluate(() => ['A', 'B'].map((name) => document.querySelector(`[data-side="${name}"]`)?.scrollTop ?? -1));
  await expect.poll(async () => (await tops()).every((top) => top > 0)).toBe(true);
  await page.keyboard.press('g');
  await expect.poll(tops).toEqual([0, 0]);
  expect(studio.faults).toEqual([]);
  await quit(studio);
});

test('a pair looked up stays closed until it is labelled or asked for', async () => {
  const studio = await withPairs('browse');
  const { page } = studio;
  await labelAs(page, 'Ada');
  // The pair of the queue is marked in the list, and the mark goes with it; the list stays as it is.
  const current = page.getByRole('listbox', { name: 'Pairs' }).locator('[aria-current="true"]');
  await expect(current).toHaveCount(1);
  const before = await current.getAttribute('aria-posinset');
  await toNextPair(page, () => page.keyboard.press('s'));
  await expect(current).toHaveCount(1);
  await expect(current).not.toHaveAttribute('aria-posinset', before ?? '');
  await page.getByRole('listbox', { name: 'Pairs' }).focus();
  await page.keyboard.press('End');
  await expect(current).toHaveAttribute('aria-posinset', '4');
  await expect(page.getByText(/stay hidden until Ada labelled this pair/)).toBeVisible();
  await page.getByRole('button', { name: 'Show them anyway' }).click();
  await expect(page.getByText(/reward/).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('region', { name: 'Your judgement' })).toBeVisible();
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
      await empty.page.keyboard.press('Control+2');
      await expect(empty.page.getByText('No pairs to judge yet')).toBeVisible();
      await empty.shoot('prefer-empty');
      await quit(empty);

      const studio = await start({ theme, size, workspace: 'sample' });
      const { page } = studio;
      const clean = async (): Promise<void> => {
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
      };
      await expect(page.getByRole('list', { name: 'In this workspace' })).toContainText(/[1-9]\d* pairs/, {
        timeout: 20_000,
      });
      await page.keyboard.press('Control+2');
      await expect(page.getByText('Who labels?')).toBeVisible();
      await studio.shoot('prefer-who');
      await clean();
      await labelAs(page, 'Ada');
      for (let skipped = 0; skipped < 6; skipped += 1) await toNextPair(page, () => page.keyboard.press('s'));
      await studio.shoot('prefer-pair');
      await clean();
      await page.keyboard.press('d');
      await page.keyboard.press('a');
      await page.keyboard.press('2');
      await page.keyboard.press('n');
      await page.keyboard.type('It asked before it changed anything.');
      await studio.shoot('prefer-judged');
      await clean();
      await page.keyboard.press('Escape');
      await page.keyboard.press('e');
      await expect(page.getByRole('dialog', { name: /^Edit A/ })).toBeVisible();
      await studio.shoot('prefer-edit');
      await clean();
      await page.keyboard.press('Escape');
      await page.keyboard.press('q');
      await expect(page.getByRole('dialog', { name: 'Queue of Ada' })).toBeVisible();
      await studio.shoot('prefer-queue');
      await clean();
      await page.keyboard.press('Escape');
      for (let given = 0; given < 24; given += 1) {
        await page.keyboard.press(given % 3 === 0 ? 'b' : 'a');
        await toNextPair(page, () => page.keyboard.press('Enter'));
      }
      await page.getByRole('radio', { name: 'Agreement' }).click();
      await expect(page.getByRole('row', { name: /Ada/ })).toBeVisible();
      await studio.shoot('prefer-agreement');
      await clean();
      await page.getByRole('listbox', { name: 'Pairs' }).focus();
      await page.keyboard.press('ArrowDown');
      await expect(page.getByRole('region', { name: 'Labels of this pair' })).toBeVisible();
      await studio.shoot('prefer-browse');
      await clean();
      expect(studio.faults).toEqual([]);
      await quit(studio);
    });
  }
}

test('at 200 % zoom everything can still be reached', async () => {
  const studio = await start({ workspace: 'sample', size: { width: 1280, height: 800 } });
  const { app, page } = studio;
  await expect(page.getByRole('list', { name: 'In this workspace' })).toContainText(/[1-9]\d* pairs/, {
    timeout: 20_000,
  });
  await page.keyboard.press('Control+2');
  await labelAs(page, 'Ada');
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(2));
  await expect.poll(() => page.evaluate(() => innerWidth)).toBeLessThan(700);
  await studio.shoot('prefer-zoomed');
  for (const name of ['A is better', 'B is better', 'Tie', 'Both bad'])
    await expect(choice(page, name)).toBeInViewport();
  await expect(page.getByRole('button', { name: /Save, next/ })).toBeInViewport();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  expect((await side(page, 'A').boundingBox())?.height).toBeGreaterThan(40);
  await quit(studio);
});

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
