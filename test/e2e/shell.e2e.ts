// The window around the screens: first start, keys, palette, workspaces, jobs, crash, quitting.
import { expect, test, type Page } from '@playwright/test';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { electronLaunch } from '../../build/setup/electron.mjs';
import { answerOpenDialog, launchApp, root } from '../support/app.ts';
import { callRaw } from '../support/call.ts';

const scratch = mkdtempSync(join(tmpdir(), 'atelier-shell-'));
test.afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function folder(name: string): string {
  const path = join(scratch, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Starts the app as npm start does, and waits for its end. */
function start(
  before: readonly string[],
  after: readonly string[],
): Promise<{ readonly output: string; readonly code: number | null }> {
  const launch = electronLaunch();
  if (launch === undefined) throw new Error('No Electron runtime is installed: run node build/setup.mjs.');
  const child = spawn(launch.executable, [...launch.args, ...before, root, ...after]);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ output, code })));
}

const workspaceName = (page: Page) => page.getByTestId('workspace');
/** By its place, since a dialog hides what lies under it from roles. */
const screen = (page: Page, name: string) => page.locator(`nav button[aria-label="${name}"]`);

test('a first start opens the sample, filled, and the next start opens it again', async () => {
  const userData = folder('first-start');
  for (const turn of ['first', 'second']) {
    const studio = await launchApp({ workspace: 'sample', userData });
    const { page } = studio;
    await expect(workspaceName(page)).toContainText('Riverside Books');
    const counts = page.getByRole('list', { name: 'In this workspace' });
    await expect(counts).toContainText(/[1-9]\d* traces/, { timeout: 20_000 });
    await expect(counts).toContainText(/[1-9]\d* pairs/, { timeout: 20_000 });
    await expect(counts).toContainText(/[1-9]\d* labels/);
    if (turn === 'first') await studio.shoot('first-start');
    expect(studio.faults).toEqual([]);
    await studio.close();
  }
});

test('keys, palette and shortcut sheet lead everywhere, and typing stays typing', async () => {
  const studio = await launchApp({ workspace: 'sample' });
  const { page } = studio;
  await page.keyboard.press('Control+2');
  await expect(screen(page, 'Prefer')).toHaveAttribute('aria-current', 'page');
  await page.keyboard.press('Control+3');
  await expect(screen(page, 'Datasets')).toHaveAttribute('aria-current', 'page');
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(screen(page, 'Prefer')).toHaveAttribute('aria-current', 'page');
  await page.keyboard.press('Alt+ArrowRight');
  await expect(screen(page, 'Datasets')).toHaveAttribute('aria-current', 'page');

  for (const keys of ['Control+k', 'Control+Shift+P']) {
    await page.keyboard.press(keys);
    const search = page.getByPlaceholder('What do you want to do?');
    await expect(search).toBeFocused();
    // '?' is text here, not the shortcut sheet.
    await page.keyboard.type('?');
    await expect(search).toHaveValue('?');
    await expect(page.getByText('No command of that name.')).toBeVisible();
    await search.fill('go to traces');
    await page.keyboard.press('Enter');
    await expect(screen(page, 'Traces')).toHaveAttribute('aria-current', 'page');
    await page.keyboard.press('Control+2');
  }

  await screen(page, 'Prefer').focus();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Shortcuts' });
  await expect(sheet).toContainText('Go to Datasets');
  // Under a dialog the screen's keys are silent.
  await page.keyboard.press('Control+1');
  await expect(screen(page, 'Prefer')).toHaveAttribute('aria-current', 'page');
  await studio.shoot('shortcuts');
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await expect(screen(page, 'Prefer')).toBeFocused();
  expect(studio.faults).toEqual([]);
  await studio.close();
});

test('the theme follows the system until one is chosen, and is kept', async () => {
  const userData = folder('theme');
  const workspace = folder('theme-workspace');
  const studio = await launchApp({ userData, workspace, theme: 'dark' });
  const shown = (page: Page): Promise<string | undefined> =>
    page.evaluate(() => document.documentElement.dataset['theme']);
  expect(await shown(studio.page)).toBe('dark');
  const dark = await studio.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await studio.page.keyboard.press('Control+Shift+L');
  await expect.poll(() => shown(studio.page)).toBe('light');
  expect(await studio.page.evaluate(() => getComputedStyle(document.body).backgroundColor)).not.toBe(dark);
  await studio.close();
  const again = await launchApp({ userData, workspace, theme: 'dark' });
  expect(await shown(again.page)).toBe('light');
  await again.close();
});

test('workspaces are switched in the picker; the one left is closed, the recent ones are kept', async () => {
  const [one, two] = [folder('one'), folder('two')];
  const userData = folder('picker');
  const studio = await launchApp({ workspace: one, userData });
  const { page } = studio;
  await expect(workspaceName(page)).toContainText('one');
  expect(existsSync(join(one, '.atelier', 'owner.json'))).toBe(true);

  await answerOpenDialog(studio.app, [two]);
  await page.keyboard.press('Control+o');
  await page.getByRole('button', { name: 'Choose a folder…' }).click();
  await expect(workspaceName(page)).toContainText('two');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect.poll(() => existsSync(join(one, '.atelier', 'owner.json'))).toBe(false);

  // Streams go on with the new one: a change there is seen.
  await page.keyboard.press('Control+o');
  const recent = page.getByRole('list', { name: 'Recent workspaces' });
  await expect(recent.getByRole('listitem')).toHaveCount(2);
  await studio.shoot('workspaces');
  await recent.getByRole('button', { name: /^one/ }).click();
  await expect(workspaceName(page)).toContainText('one');

  // Thinking better of it in the folder dialog changes nothing.
  await answerOpenDialog(studio.app, []);
  await page.keyboard.press('Control+o');
  await page.getByRole('button', { name: 'Choose a folder…' }).click();
  await expect(page.getByRole('button', { name: 'Choose a folder…' })).toBeEnabled();
  await page.getByRole('button', { name: 'Take two off this list' }).click();
  await expect(recent.getByRole('listitem')).toHaveCount(1);
  await page.keyboard.press('Escape');
  expect(studio.faults).toEqual([]);
  await studio.close();

  const again = await launchApp({ userData, workspace: one });
  await expect(workspaceName(again.page)).toContainText('one');
  await again.close();
});

test('a workspace that cannot be opened is told with its cause, and another can be opened', async () => {
  const broken = folder('broken');
  mkdirSync(join(broken, '.atelier'));
  writeFileSync(join(broken, '.atelier', 'studio.db'), 'this is not a database, though it is long enough to look at');
  const studio = await launchApp({ workspace: broken });
  const { page } = studio;
  await expect(page.getByRole('alert')).toContainText('The workspace could not be opened.');
  await studio.shoot('workspace-broken');
  await page.getByRole('button', { name: 'Open another workspace' }).click();
  await page.getByRole('button', { name: 'Sample workspace' }).click();
  await expect(workspaceName(page)).toContainText('Riverside Books');
  await expect(page.getByRole('list', { name: 'In this workspace' })).toContainText(/[1-9]\d* traces/, {
    timeout: 20_000,
  });
  await studio.close();
});

test('a reload of the page gets a new port and comes back to the same screen', async () => {
  const studio = await launchApp({ workspace: 'sample' });
  const { page } = studio;
  await page.keyboard.press('Control+2');
  await expect(screen(page, 'Prefer')).toHaveAttribute('aria-current', 'page');
  await page.reload();
  await expect(workspaceName(page)).toContainText('Riverside Books');
  await expect(screen(page, 'Prefer')).toHaveAttribute('aria-current', 'page');
  await studio.close();
});

test('a page that crashes is offered to be reloaded, and works again', async () => {
  // Without Playwright, whose hold on the page would keep the new one from loading.
  const stub = join(root, 'test', 'support', 'crash-page.cjs');
  const { output, code } = await start(['-r', stub], [`--user-data-dir=${folder('crash')}`]);
  const line = output.split('\n').find((text) => text.startsWith('{')) ?? output;
  expect(JSON.parse(line)).toEqual({
    before: 'Riverside Bookssample',
    asked: ['The window stopped working.'],
    after: 'Riverside Bookssample',
  });
  expect(code).toBe(0);
});

test('a second start hands its workspace to the window that is open', async () => {
  const userData = folder('second-start');
  const [one, two] = [folder('second-one'), folder('second-two')];
  const studio = await launchApp({ userData, workspace: one });
  const { code } = await start([], [`--user-data-dir=${userData}`, `--workspace=${two}`]);
  expect(code).toBe(0);
  await expect(workspaceName(studio.page)).toContainText('second-two');
  expect(studio.app.windows()).toHaveLength(1);
  await studio.close();
});

test('quitting closes the database, and the window comes back where it was', async () => {
  const userData = folder('quit');
  const workspace = folder('quit-workspace');
  const studio = await launchApp({ userData, workspace, size: { width: 1100, height: 760 } });
  expect((await callRaw(studio.page, '/labels/addAnnotator', { name: 'Ada' }))?.status).toBe(200);
  const place = await studio.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds());
  await studio.close();
  expect(existsSync(join(workspace, '.atelier', 'owner.json'))).toBe(false);
  expect(existsSync(join(workspace, '.atelier', 'studio.db-wal'))).toBe(false);
  expect(JSON.parse(readFileSync(join(userData, 'window.json'), 'utf8'))).toMatchObject({
    width: place?.width,
    height: place?.height,
  });

  // A place on a display that is gone is not used; a broken list of workspaces is set aside.
  writeFileSync(
    join(userData, 'window.json'),
    JSON.stringify({ x: 90_000, y: 0, width: 900, height: 700, maximized: false }),
  );
  writeFileSync(join(userData, 'recent.json'), '{"workspaces": [');
  const again = await launchApp({ userData, workspace });
  expect(await callRaw(again.page, '/labels/annotators')).toMatchObject({ body: [{ name: 'Ada' }] });
  const bounds = await again.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
  expect(bounds?.x).toBeLessThan(10_000);
  expect(existsSync(join(userData, 'recent.json.broken'))).toBe(true);
  await again.close();
});

test('a background job shows its end, and is listed', async () => {
  const studio = await launchApp({ workspace: 'sample' });
  const { page } = studio;
  await expect(page.getByTestId('jobs')).toHaveText('No jobs', { timeout: 20_000 });
  await callRaw(page, '/pairs/mine', {});
  await expect(page.getByRole('status').filter({ hasText: 'Mine pairs' }).first()).toBeAttached();
  await page.getByTestId('jobs').click();
  const panel = page.getByRole('dialog', { name: 'Background jobs' });
  await expect(panel).toContainText('Mine pairs');
  await expect(panel).toContainText('Import the sample logs');
  await studio.shoot('jobs');
  await studio.close();
});

test('what this machine offers is shown', async () => {
  const studio = await launchApp();
  const { page } = studio;
  await page.keyboard.press('Control+k');
  await page.keyboard.type('check this machine');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'This machine' });
  for (const name of ['Electron', 'SQLite', 'Database', 'Disk']) await expect(dialog).toContainText(name);
  await expect(dialog).toContainText('FTS5');
  await studio.shoot('machine');
  await studio.close();
});
