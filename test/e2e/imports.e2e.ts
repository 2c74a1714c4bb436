// Bringing logs in through the window: picked or dropped, recognised or not, with what was set aside, and out again equal.
import { expect, test, type Page } from '@playwright/test';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerOpenDialog, answerSaveDialog, launchApp, root, type LaunchedApp } from '../support/app.ts';

const taskFile = join(root, '../shared/data/tau-bench-airline/gpt-4o-airline.tasks-00-24.json');

let folder = '';
let studio: LaunchedApp;

test.beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-logs-'));
});

test.afterEach(async () => {
  await studio.close();
  rmSync(folder, { recursive: true, force: true });
});

function chat(question: string, answer: string): string {
  return JSON.stringify({
    messages: [
      { role: 'system', content: 'You help in a bookshop.' },
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ],
    note: question.length,
  });
}

const good = [chat('Are you open on Sunday?', 'From ten to four.'), chat('Do you buy old books?', 'On Mondays.')];

function write(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

async function pick(page: Page, paths: readonly string[]): Promise<void> {
  await answerOpenDialog(studio.app, paths);
  await page.keyboard.press('i');
  await page.getByRole('button', { name: 'Choose files…' }).click();
}

test('a file with a broken line comes in, and the report says which line and why', async () => {
  studio = await launchApp();
  const { page } = studio;
  await expect(page.getByRole('heading', { name: 'No traces yet' })).toBeVisible();
  await studio.shoot('traces-empty');
  const path = write('shop.jsonl', [
    good[0] ?? '',
    '{"messages": [{"role": "user", "content": "cut off',
    good[1] ?? '',
  ]);
  const unknown = write('poem.txt', ['Roses are red,', 'violets are blue.']);
  await pick(page, [path, unknown]);
  await expect(page.getByText('poem.txt', { exact: true })).toBeVisible();
  await expect(page.getByText('Choose a format to read it all the same.', { exact: false })).toBeVisible();
  await studio.shoot('import-files');
  await page.getByRole('button', { name: 'Import 1 file' }).click();
  await expect(page.getByText('2 traces, all new.', { exact: false })).toBeVisible();
  await studio.shoot('import-done');

  await page.getByRole('button', { name: 'Show 1 record set aside' }).click();
  const report = page.getByRole('region', { name: 'Records set aside' });
  await expect(report.getByRole('row').nth(1).getByRole('cell').first()).toHaveText('2');
  await report.getByRole('button', { name: 'Excerpt' }).click();
  await expect(report.locator('pre')).toContainText('cut off');
  await studio.shoot('import-rejects');
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('button', { name: 'Show the traces' }).click();
  await expect(page.getByRole('option')).toHaveCount(2);
  await expect(page.getByRole('list', { name: 'Filters' })).toContainText('shop.jsonl');
  expect(studio.faults).toEqual([]);
});

test('a file that comes in twice is doubled nowhere, and both imports are in the history', async () => {
  studio = await launchApp();
  const { page } = studio;
  const path = write('shop.jsonl', good);
  for (const words of ['2 traces, all new.', '2 traces, none new.']) {
    await pick(page, [path]);
    await page.getByRole('button', { name: 'Import 1 file' }).click();
    await expect(page.getByText(words, { exact: false })).toBeVisible();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  }
  await expect(page.getByRole('option')).toHaveCount(2);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('what was imported');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByRole('row')).toHaveCount(3);
  // The focus is at what can be pressed, not round the table.
  await expect(page.getByRole('dialog').locator('button:focus')).toHaveText('shop.jsonl');
  await studio.shoot('import-history');
});

test('files dropped on the window are looked at, and what is no file on disk is told', async () => {
  studio = await launchApp();
  const { page } = studio;
  const path = write('dropped.jsonl', good);
  // A file input is the one way to put a file of this disk into the page's hands from a test.
  await page.evaluate(() => {
    const input = Object.assign(document.createElement('input'), { type: 'file', id: 'hand' });
    document.body.append(input);
  });
  await page.locator('#hand').setInputFiles(path);
  const drop = (kind: string, fromDisk: boolean): Promise<void> =>
    page.evaluate(
      ({ kind, fromDisk }) => {
        const input = document.querySelector<HTMLInputElement>('#hand');
        const file = fromDisk ? input?.files?.[0] : new File(['x'], 'made-up.jsonl');
        if (file === undefined) throw new Error('The input holds no file.');
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(file);
        document.body.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }));
      },
      { kind, fromDisk },
    );
  await drop('dragenter', true);
  await expect(page.getByText('Drop to import')).toBeVisible();
  await studio.shoot('import-drop');
  await drop('drop', true);
  await expect(page.getByText('Drop to import')).toBeHidden();
  await expect(page.getByText('OpenAI chat (recognised)')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await drop('drop', false);
  await expect(page.getByText('what was dropped is no file on this disk', { exact: false }).first()).toBeVisible();
});

test('a long import shows how far it is and stops when it is told to', async () => {
  studio = await launchApp();
  const { page } = studio;
  const lines = Array.from({ length: 60_000 }, (_, index) =>
    chat(`Question ${index}: ${'why '.repeat(40)}`, `Answer ${index}`),
  );
  await pick(page, [write('long.jsonl', lines)]);
  await page.getByRole('button', { name: 'Import 1 file' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/Reading long\.jsonl, [1-9]/)).toBeVisible();
  await studio.shoot('import-progress');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog.getByText('Cancelled', { exact: false }).first()).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  const kept = async (): Promise<number> =>
    Number((await page.getByRole('status').first().innerText()).replace(/\D/g, ''));
  await expect.poll(kept).toBeGreaterThan(0);
  expect(await kept()).toBeLessThan(lines.length);
});

test('what came in goes out again equal', async () => {
  studio = await launchApp();
  const { page } = studio;
  const path = write('shop.jsonl', good);
  await pick(page, [path]);
  await page.getByRole('button', { name: 'Import 1 file' }).click();
  await page.getByRole('button', { name: 'Show the traces' }).click();
  const out = join(folder, 'out.jsonl');
  await answerSaveDialog(studio.app, out);
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'In the format they came in…' }).click();
  await expect(async () => expect(existsSync(out)).toBe(true)).toPass();
  await expect(async () => expect(readFileSync(out, 'utf8')).toBe(readFileSync(path, 'utf8'))).toPass();
});

test('a τ-bench result file comes in with the figures it is known to hold', async () => {
  test.skip(!existsSync(taskFile), `${taskFile} is not on this machine`);
  studio = await launchApp({ theme: 'dark' });
  const { page } = studio;
  await pick(page, [taskFile]);
  await page.getByRole('button', { name: 'Import 1 file' }).click();
  await expect(page.getByText('100 traces, all new. 2,962 messages on 2,857 turns.')).toBeVisible({ timeout: 30_000 });
  await studio.shoot('import-done');
  await page.getByRole('button', { name: 'Show the traces' }).click();
  await page.keyboard.press('f');
  await page.getByRole('combobox', { name: 'Score' }).click();
  await page.getByRole('option', { name: /reward/ }).click();
  await page.getByRole('textbox', { name: 'At least' }).fill('1');
  await page.keyboard.press('Escape');
  await expect(page.getByText('31 of 100 traces')).toBeVisible();
});
