// The ledger and the offline switch in the real window: what left is listed and proved, what was refused is told and can be allowed.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchedApp, LaunchOptions } from '../support/app.ts';
import { callRaw } from '../support/call.ts';
import { newSessions } from '../support/sessions.ts';
import { startFakeUpstream, type FakeUpstream } from '../support/upstream/fake-upstream.ts';

const { start, quit, folder } = newSessions('ledger');

const offline = (page: Page): Locator => page.getByTestId('offline');
const connection = (page: Page, name: RegExp): Locator => page.getByRole('option', { name });
const listOfModels = JSON.stringify({ object: 'list', data: [{ id: 'tiny', object: 'model' }] });

let upstream: FakeUpstream;
let workspaces = 0;
test.beforeEach(async () => {
  upstream = await startFakeUpstream(() => ({
    headers: [['content-type', 'application/json']],
    body: listOfModels,
  }));
});
test.afterEach(() => upstream.close());

/** A workspace with one provider, which is the fake upstream. */
async function withProvider(options: LaunchOptions = {}): Promise<LaunchedApp> {
  const workspace = folder(`workspace-${++workspaces}`);
  mkdirSync(workspace, { recursive: true });
  const providers = { local: { dialect: 'openai', url: `${upstream.origin}/v1` } };
  writeFileSync(join(workspace, 'atelier.json'), JSON.stringify({ models: { providers } }));
  const studio = await start({ workspace, ...options });
  await studio.page.keyboard.press('Control+8');
  await expect(studio.page.getByText('Nothing has left this machine')).toBeVisible();
  return studio;
}

/** One request to the fake upstream, which asks for its models. */
async function ask(page: Page): Promise<number | undefined> {
  return (await callRaw(page, '/models/offered', { provider: 'local' }))?.status;
}

test('what left is listed with its bytes, found again by its host, reported and proved', async () => {
  const studio = await withProvider();
  const { page } = studio;
  for (let call = 0; call < 3; call++) expect(await ask(page)).toBe(200);
  const { host, port } = new URL(upstream.origin);
  const row = connection(page, /List of models/);
  await expect(row).toHaveCount(3);
  await expect(row.first()).toContainText(host);
  await expect(row.first()).toContainText('200');
  const inspector = page.getByRole('region', { name: 'Entry', exact: true });
  await expect(inspector).toContainText(`127.0.0.1:${port}`);
  await expect(inspector).toContainText('GET /v1/models');
  await expect(inspector).toContainText('none was put in');
  await expect(inspector.getByText('Its end in the chain')).toBeVisible();
  // The oldest one begins the chain.
  await page.getByRole('listbox', { name: 'Connections' }).press('End');
  await expect(inspector).toContainText('the chain begins here');

  await page.keyboard.press('c');
  await expect(page.getByRole('status').filter({ hasText: 'The chain is whole.' })).toContainText('6 entries');

  await page.keyboard.press('r');
  await expect(page.getByRole('row', { name: new RegExp(`127.0.0.1:${port} 3 `) })).toBeVisible();
  await page.getByRole('radio', { name: 'A run' }).click();
  await expect(page.getByText('No runs yet')).toBeVisible();
  await page.keyboard.press('r');

  await page.keyboard.press('f');
  await expect(page.getByText('Nothing was refused')).toBeVisible();
  await page.getByRole('button', { name: 'Show all connections' }).click();
  await expect(row).toHaveCount(3);
  expect(studio.faults).toEqual([]);
  await quit(studio);
});

test('offline nothing leaves but to allowed hosts, and what was refused can be allowed where it is told', async () => {
  const userData = folder('offline-data');
  const studio = await withProvider({ userData });
  const { page, workspace } = studio;
  await expect(offline(page)).toContainText('Online');
  await page.keyboard.press('Control+Shift+O');
  await expect(offline(page)).toContainText('Offline');
  await expect(page.getByText(/^Offline\. Only localhost/)).toBeVisible();
  // Loopback is among those that may be reached all the same, until somebody takes it away.
  expect(await ask(page)).toBe(200);
  await page.getByRole('button', { name: 'What is reached while offline' }).click();
  const editor = page.getByRole('dialog', { name: 'What is reached while offline' });
  await expect(editor.getByLabel('Allow a host')).toBeFocused();
  await editor.getByLabel('Allow a host').fill('not a host');
  await page.keyboard.press('Enter');
  await expect(editor.getByText('This is no host')).toBeVisible();
  await editor.getByLabel('Allow a host').fill('https://models.lan:8080/v1');
  await page.keyboard.press('Enter');
  await expect(editor.getByText('models.lan:8080', { exact: true })).toBeVisible();
  await editor.getByRole('button', { name: 'No longer allow 127.0.0.1' }).click();
  await expect(editor.getByText('127.0.0.1', { exact: true })).toHaveCount(0);
  await page.keyboard.press('Escape');

  const before = upstream.requests.length;
  expect(await ask(page)).toBe(403);
  expect(upstream.requests).toHaveLength(before);
  await expect(offline(page)).toContainText('1 refused');
  await page.keyboard.press('f');
  await expect(connection(page, /Refused/)).toHaveCount(1);
  await expect(page.getByText(/^Refused while offline: List of models to 127/)).toBeVisible();
  await page.getByRole('button', { name: `Allow ${new URL(upstream.origin).host}` }).click();
  await expect(page.getByText(/^127\.0\.0\.1:\d+ can be reached from now on/)).toBeVisible();
  expect(await ask(page)).toBe(200);
  expect(studio.faults.filter((fault) => !fault.includes('403'))).toEqual([]);
  await quit(studio);

  // The switch stands where it was left.
  const again = await start({ workspace, userData });
  await expect(offline(again.page)).toContainText('Offline');
  await offline(again.page).click();
  await expect(offline(again.page)).toContainText('Online');
  await quit(again);
});

for (const theme of ['light', 'dark'] as const) {
  for (const size of [
    { width: 1440, height: 900 },
    { width: 1024, height: 700 },
  ]) {
    test(`looks and reach, ${theme}, ${size.width}×${size.height}`, async () => {
      const studio = await withProvider({ theme, size });
      const { page } = studio;
      const clean = async (name: string): Promise<void> => {
        await studio.shoot(`ledger-${name}`);
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
      };
      await clean('empty');
      for (let call = 0; call < 4; call++) expect(await ask(page)).toBe(200);
      await expect(connection(page, /List of models/)).toHaveCount(4);
      await page.keyboard.press('c');
      await expect(page.getByText('The chain is whole.')).toBeVisible();
      await clean('connections');
      await page.keyboard.press('r');
      await expect(page.getByRole('table')).toBeVisible();
      await clean('report');
      await page.keyboard.press('Control+Shift+O');
      await expect(offline(page)).toContainText('Offline');
      await page.getByRole('button', { name: 'What is reached while offline' }).click();
      await expect(page.getByLabel('Allow a host')).toBeVisible();
      await clean('offline');
      expect(studio.faults).toEqual([]);
      await quit(studio);
    });
  }
}
