// What somebody new to the window runs into: where the focus is after a dialog, notices beside dialogs, a narrow list bar.
import { expect, test } from '@playwright/test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerOpenDialog, launchApp, root } from '../support/app.ts';
import { smallPicture } from '../support/small-png.ts';
import { importByKeys, labelAs, toNextPair, writeTrials } from './prefer-logs.ts';

const scratch = mkdtempSync(join(tmpdir(), 'atelier-first-'));
test.afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function folder(name: string): string {
  const path = join(scratch, name);
  mkdirSync(path, { recursive: true });
  return path;
}

test('a dialog whose button is gone gives the focus to what comes next', async () => {
  const studio = await launchApp({ workspace: folder('focus') });
  const { page } = studio;
  await answerOpenDialog(studio.app, [writeTrials(folder('focus-logs'))]);
  await importByKeys(page);
  await page.keyboard.press('Control+2');
  await page.getByRole('button', { name: 'Find pairs' }).click();
  const dialog = page.getByRole('dialog', { name: 'Find pairs' });
  await dialog.getByRole('button', { name: 'Find pairs' }).click();
  await expect(dialog.getByRole('button', { name: 'Start labelling' })).toBeFocused();
  // The view behind the dialog has changed by now: the button that opened it is no more.
  await expect(page.locator('[data-pane="main"]')).toContainText('Who labels?');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Your name' })).toBeFocused();
  await studio.close();
});

test('a panel that closes leaves the focus where it went meanwhile', async () => {
  const studio = await launchApp({ workspace: 'sample' });
  const { page } = studio;
  await page.getByRole('option').first().waitFor({ timeout: 20_000 });
  await page.keyboard.press('f');
  await expect(page.getByRole('dialog', { name: 'Filters' })).toBeVisible();
  await page.evaluate(() => {
    const [panel, search] = [
      document.querySelector('[aria-label="Filters"][role="dialog"]'),
      document.querySelector<HTMLElement>('input[type="search"]'),
    ];
    panel?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
    search?.focus();
  });
  await expect(page.getByRole('dialog', { name: 'Filters' })).toBeHidden();
  await page.waitForTimeout(300);
  await expect(page.getByRole('searchbox', { name: /Search in messages/ })).toBeFocused();
  await studio.close();
});

test('a notice lies over no button that is needed, and can be closed beside a dialog', async () => {
  for (const size of [
    { width: 1440, height: 900 },
    { width: 720, height: 450 },
  ]) {
    const studio = await launchApp({ workspace: 'sample', size });
    const { page } = studio;
    await expect(page.getByRole('list', { name: 'In this workspace' })).toContainText(/[1-9]\d* pairs/, {
      timeout: 20_000,
    });
    await page.keyboard.press('Control+2');
    await labelAs(page, 'Ada');
    for (const key of ['a', 'b']) {
      await page.keyboard.press(key);
      await toNextPair(page, () => page.keyboard.press('Enter'));
    }
    await page.keyboard.press('Control+3');
    await expect(page.getByText('No datasets yet')).toBeVisible();
    await page.keyboard.press('c');
    await expect(page.getByRole('textbox', { name: 'Name of the dataset' })).toBeFocused();
    await page.keyboard.press('Enter');
    await page.keyboard.press('f');
    const notice = page.getByText(/^Version 1 frozen as/).first();
    await expect(notice).toBeVisible();
    // As a mouse would find them, here and below.
    await page.keyboard.press('Control+2');
    await page.getByRole('radio', { name: 'A is better' }).click({ timeout: 3000 });
    for (const name of [/^Save, next/, /^Note/, 'Skip', 'Undo']) {
      await page.getByRole('button', { name }).first().click({ trial: true, timeout: 3000 });
    }
    await expect(notice).toBeVisible();
    await page.keyboard.press('Control+3');
    await expect(page.getByRole('row', { name: /^1 / })).toBeVisible();
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: /^Export / });
    await dialog.getByRole('button', { name: 'Choose a folder and export' }).waitFor();
    await expect(notice).toBeVisible();
    for (const name of ['Choose a folder and export', 'Close']) {
      await dialog.getByRole('button', { name }).last().click({ trial: true, timeout: 3000 });
    }
    await page
      .locator('li', { hasText: /^Version 1 frozen as/ })
      .locator('button[aria-label="Dismiss"]')
      .click();
    await expect(notice).toBeHidden();
    await expect(dialog).toBeVisible();
    await studio.close();
  }
});

test('a dialog that says no keeps keys from what lies under it, and Escape closes it past the notice', async () => {
  const studio = await launchApp({ workspace: folder('refused') });
  const { app, page } = studio;
  const file = join(folder('refused-file'), 'file');
  writeFileSync(file, '');
  await answerOpenDialog(app, [file]);
  await page.keyboard.press('Control+o');
  const dialog = page.getByRole('dialog', { name: 'Open a workspace' });
  await dialog.getByRole('button', { name: 'Choose a folder…' }).click();
  await expect(page.getByText('is a file, not a folder', { exact: false }).first()).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Choose a folder…' })).toBeFocused();
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  await page.keyboard.press('i');
  await expect(page.getByRole('dialog')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await studio.close();
});

test('the count of traces is whole in a narrow window', async () => {
  const studio = await launchApp({ workspace: 'sample', size: { width: 720, height: 450 } });
  const { page } = studio;
  await page.getByRole('option').first().waitFor({ timeout: 20_000 });
  await page.keyboard.press('/');
  await page.keyboard.type('order');
  const count = page.getByRole('status').filter({ hasText: /\d+ of \d+ traces/ });
  await expect(count).toBeVisible();
  expect(await count.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
  await expect(count).toBeInViewport({ ratio: 1 });
  for (const name of ['Export', 'Import', 'Saved filters'])
    await expect(page.getByRole('button', { name, exact: true })).toBeInViewport({ ratio: 1 });
  await studio.shoot('traces-narrow');
  await studio.close();
});

// ATELIER_PICTURE=1 puts a new picture into docs/, which the README shows.
test('the picture of the README shows the annotation screen', async () => {
  const studio = await launchApp({ workspace: 'sample' });
  const { page } = studio;
  await expect(page.getByRole('list', { name: 'In this workspace' })).toContainText(/[1-9]\d* pairs/, {
    timeout: 20_000,
  });
  await page.keyboard.press('Control+2');
  await labelAs(page, 'Ada');
  for (let skipped = 0; skipped < 6; skipped += 1) await toNextPair(page, () => page.keyboard.press('s'));
  await page.keyboard.press('a');
  await page.keyboard.press('2');
  await page.keyboard.press('4');
  await expect(page.getByRole('radio', { name: 'A is better' })).toBeChecked();
  await page.mouse.move(0, 0);
  await studio.shoot('readme');
  const picture = await smallPicture(studio.app);
  expect(picture.length).toBeLessThan(200_000);
  if (process.env['ATELIER_PICTURE'] === '1') writeFileSync(join(root, 'docs', 'window.png'), picture);
  expect(studio.faults).toEqual([]);
  await studio.close();
});

test('an empty workspace offers an agent from a template; it is started by its form', async () => {
  const studio = await launchApp({ workspace: folder('no-agents') });
  const { page } = studio;
  await page.keyboard.press('Control+4');
  await expect(page.locator('[data-pane="main"]')).toContainText('Make an agent', { timeout: 20_000 });
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: 'New agent' });
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('My Agent');
  await page.keyboard.press('Enter');
  await expect(dialog.getByText(/Small letters, digits and hyphens/)).toBeVisible();
  await dialog.getByLabel('Name').fill('first');
  await dialog.getByLabel('Template').click();
  await page.getByRole('option', { name: /^chat/ }).click();
  await studio.shoot('runs-new-agent');
  await dialog.getByRole('button', { name: 'Make' }).click();
  await expect(page.getByRole('heading', { name: 'Start first' })).toBeVisible({ timeout: 20_000 });
  await page.getByLabel('Message').fill('Hello');
  await page.keyboard.press('Control+Enter');
  const run = page.getByRole('region', { name: 'Run', exact: true });
  await expect(run.getByText('Waiting for you', { exact: true })).toBeVisible({ timeout: 30_000 });

  await page.getByRole('button', { name: 'New agent' }).click();
  await dialog.getByLabel('Name').fill('first');
  await dialog.getByRole('button', { name: 'Make' }).click();
  await expect(dialog.getByText('There is an agent "first" already.')).toBeVisible();
  expect(studio.faults).toEqual([]);
  await studio.close();
});

test('many warnings leave the form of an agent in sight', async () => {
  const workspace = folder('warnings');
  mkdirSync(join(workspace, 'agents'), { recursive: true });
  const nodes = Array.from({ length: 9 }, (_, at) => `n${at}: code(() => ({ at: String(Date.now()) }))`);
  const edges = nodes.map((_, at) => (at === 8 ? "end('n8')" : `edge('n${at}', 'n${at + 1}')`));
  writeFileSync(
    join(workspace, 'agents', 'clock.agent.ts'),
    `import { agent, code, edge, end, start } from 'atelier';
import { z } from 'zod';
export default agent(
  { state: { at: z.string().default('') } },
  { nodes: { ${nodes.join(', ')} }, edges: [start('n0'), ${edges.join(', ')}] },
);
`,
  );
  const studio = await launchApp({ workspace });
  const { page } = studio;
  await page.keyboard.press('Control+4');
  await page.getByRole('button', { name: /^clock/ }).click({ timeout: 20_000 });
  const findings = page.getByRole('list', { name: 'What was found in the file' });
  await expect(findings.getByRole('listitem')).toHaveCount(3);
  await expect(page.getByRole('button', { name: /^Start/ })).toBeInViewport({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Show 6 more warnings' }).click();
  await expect(findings.getByRole('listitem')).toHaveCount(9);
  await studio.close();
});
