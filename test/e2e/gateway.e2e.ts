// The Gateway screen in the real window: it is started, a key is made, and a real request with it is seen while it streams, here and under Traces.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { LaunchedApp, LaunchOptions } from '../support/app.ts';
import { newSessions } from '../support/sessions.ts';
import { startFakeUpstream, type FakeUpstream } from '../support/upstream/fake-upstream.ts';
import { holdStreams, type Held } from '../support/upstream/held.ts';
import { playJson, playStream, wantsStream } from '../support/upstream/said.ts';
import { chatAnswer, chatStream } from '../support/upstream/wire-openai.ts';

const { start, quit, folder } = newSessions('gateway');

const dialog = (page: Page): Locator => page.getByRole('dialog');
const requests = (page: Page): Locator => page.getByRole('listbox', { name: 'Requests' }).getByRole('option');
const gatewayKey = (page: Page, label: string): Locator =>
  page.getByRole('listbox', { name: 'Keys' }).getByRole('option', { name: new RegExp(`^${label}\\b`) });
const inspector = (page: Page): Locator => page.getByRole('region', { name: 'Request', exact: true });

const said = { text: 'It was delivered on Tuesday.', model: 'tiny-1' };
let upstream: FakeUpstream;
let held: Held;
let workspaces = 0;
test.beforeEach(async () => {
  held = holdStreams();
  upstream = await startFakeUpstream(({ body }) =>
    wantsStream(body) ? { ...playStream([]), body: held.body(chatStream(said), 3) } : playJson(chatAnswer(said)),
  );
});
test.afterEach(async () => {
  held.release();
  await upstream.close();
});

/** A port that nothing listens on just now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function withGateway(options: LaunchOptions = {}): Promise<LaunchedApp & { readonly address: string }> {
  const workspace = folder(`workspace-${++workspaces}`);
  mkdirSync(workspace, { recursive: true });
  const port = await freePort();
  const providers = {
    local: { dialect: 'openai', url: `${upstream.origin}/v1`, models: ['tiny-1'] },
    // Nothing listens there.
    down: { dialect: 'openai', url: 'http://127.0.0.1:9/v1' },
  };
  writeFileSync(join(workspace, 'atelier.json'), JSON.stringify({ models: { providers }, gateway: { port } }));
  const studio = await start({ workspace, ...options });
  await studio.page.keyboard.press('Control+6');
  await expect(studio.page.getByRole('heading', { name: 'The gateway is off' })).toBeVisible();
  return { ...studio, address: `http://127.0.0.1:${port}` };
}

async function turnOn({ page, address }: { readonly page: Page; readonly address: string }): Promise<void> {
  await page.keyboard.press('s');
  await expect(page.getByRole('heading', { name: 'The gateway is on' })).toBeVisible();
  await expect(page.getByText(address, { exact: true })).toBeVisible();
}

/** Makes a key and returns it. */
async function makeKey(page: Page, label: string): Promise<string> {
  await page.keyboard.press('n');
  await dialog(page).getByLabel('Label').fill(label);
  await dialog(page).getByRole('button', { name: 'Make the key' }).click();
  const key = (await page.getByTestId('new-key').textContent()) ?? '';
  await dialog(page).getByRole('button', { name: 'I have copied it' }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(gatewayKey(page, label)).toBeVisible();
  return key;
}

function ask(address: string, key: string, body: object): Promise<Response> {
  return fetch(`${address}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'local/tiny-1',
      messages: [{ role: 'user', content: 'Where is order 1042?' }],
      ...body,
    }),
  });
}

test('a request is seen while it streams, its trace too; then it is done; a revoked key opens nothing', async () => {
  test.setTimeout(120_000);
  const studio = await withGateway();
  const { page, app, address } = studio;
  await expect(page.getByText('Point any agent here')).toBeVisible();
  await turnOn(studio);
  let key = '';

  await test.step('a key is made and shown once', async () => {
    await page.keyboard.press('n');
    await dialog(page).getByRole('button', { name: 'Make the key' }).click();
    await expect(dialog(page).getByText(/Say who gets it/)).toBeVisible();
    await dialog(page).getByLabel('Label').fill('notebook');
    await dialog(page).getByLabel('Dollars a day').fill('2.50');
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('new-key')).toHaveText(/^atl-[\w-]{43}$/);
    key = (await page.getByTestId('new-key').textContent()) ?? '';
    // It is not given up before somebody says so.
    await page.keyboard.press('Escape');
    await expect(dialog(page).getByRole('alert')).toContainText('cannot be shown again');
    await dialog(page).getByRole('button', { name: 'Copy the key' }).last().click();
    await expect.poll(() => app.evaluate(({ clipboard }) => clipboard.readText())).toBe(key);
    await dialog(page).getByRole('radio', { name: 'Python openai' }).click();
    await expect(dialog(page).getByRole('figure')).toContainText(`base_url="${address}/v1", api_key="${key}"`);
    await expect(dialog(page).getByRole('figure')).toContainText('model="local/tiny-1"');
    await dialog(page).getByRole('button', { name: 'I have copied it' }).click();
    await expect(gatewayKey(page, 'notebook')).toContainText('never used');
    const everywhere = await page.evaluate(() =>
      [document.documentElement.outerHTML, ...Object.entries(localStorage), ...Object.entries(sessionStorage)].join(),
    );
    expect(everywhere).not.toContain(key);
  });

  const answer = ask(address, key, { stream: true });
  await test.step('the request shows while the upstream holds it', async () => {
    const row = requests(page);
    await expect(row).toHaveCount(1);
    await expect(row).toContainText('tiny-1');
    await expect(row).toContainText('Streaming');
    await expect(row).toContainText('notebook');
    await row.click();
    await expect(inspector(page)).toContainText('POST /v1/chat/completions');
    await expect(inspector(page)).toContainText('under way');
  });

  await test.step('its trace is there while it streams', async () => {
    await inspector(page).getByRole('button', { name: 'Open the trace' }).click();
    await expect(page.getByRole('listbox', { name: 'Traces' }).getByRole('option')).toHaveCount(1);
    await expect(page.getByRole('region', { name: 'Transcript' })).toContainText('Where is order 1042?');
    await expect(page.getByText(said.text)).toHaveCount(0);
    expect(upstream.requests).toHaveLength(1);
    expect(upstream.requests[0]?.gone.aborted).toBe(false);
  });

  await test.step('then it is done, here and there', async () => {
    held.release();
    expect(await (await answer).text()).toContain('[DONE]');
    await expect(page.getByRole('region', { name: 'Transcript' })).toContainText(said.text);
    await page.keyboard.press('Control+6');
    await expect(requests(page)).toContainText('200');
    await expect(requests(page)).not.toContainText('Streaming');
    await expect(gatewayKey(page, 'notebook')).toContainText('1 call');
  });

  await test.step('offline holds the next one back, and the ledger shows it', async () => {
    await page.keyboard.press('Control+Shift+O');
    await expect(page.getByTestId('offline')).toContainText('Offline');
    // What is on this machine may be reached all the same, unless it is taken off.
    await page.getByRole('button', { name: 'What is reached while offline' }).click();
    await page.getByRole('button', { name: 'No longer allow 127.0.0.1' }).click();
    await expect(page.getByRole('button', { name: 'No longer allow 127.0.0.1' })).toBeHidden();
    await page.keyboard.press('Escape');
    const before = upstream.requests.length;
    const refused = await ask(address, key, {});
    expect(refused.status).toBe(403);
    expect(upstream.requests).toHaveLength(before);
    await expect(requests(page)).toHaveCount(2);
    await expect(requests(page).first()).toContainText('403');
    await page.keyboard.press('Control+8');
    await expect(page.getByRole('option', { name: /Refused/ })).toHaveCount(1);
    await expect(page.getByRole('option', { name: /Refused/ })).toContainText('key notebook');
    await page.keyboard.press('Control+Shift+O');
    await expect(page.getByTestId('offline')).toContainText('Online');
    await page.keyboard.press('Control+6');
  });

  await test.step('a revoked key opens nothing', async () => {
    expect((await ask(address, key, {})).status).toBe(200);
    await gatewayKey(page, 'notebook').click();
    await page.keyboard.press('Delete');
    await expect(dialog(page)).toContainText('answered 401');
    await dialog(page).getByRole('button', { name: 'Revoke it' }).click();
    await expect(dialog(page)).toBeHidden();
    expect((await ask(address, key, {})).status).toBe(401);
    await gatewayKey(page, 'All keys').click();
    await expect(gatewayKey(page, 'notebook')).toHaveCount(0);
    await page.getByRole('button', { name: '1 revoked key' }).click();
    await expect(gatewayKey(page, 'notebook')).toContainText('revoked');
  });
  expect(studio.faults).toEqual([]);
  await quit(studio);
});

test('a port that is taken is told as that, and another one can be given', async () => {
  const other = createServer();
  const studio = await withGateway();
  const { page, address } = studio;
  await new Promise<void>((resolve) => other.listen(Number(new URL(address).port), '127.0.0.1', resolve));
  try {
    await page.keyboard.press('s');
    await expect(page.getByRole('alert')).toContainText('Clients cannot reach it.');
    await expect(page.getByRole('alert')).toContainText(new URL(address).port);
    await page.getByRole('button', { name: 'Use another port…' }).click();
    await dialog(page).getByLabel('Port').fill('80');
    await dialog(page).getByRole('button', { name: 'Start it there' }).click();
    await expect(dialog(page).getByText('A number from 1024 to 65535.')).toBeVisible();
    const port = await freePort();
    await dialog(page).getByLabel('Port').fill(String(port));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'The gateway is on' })).toBeVisible();
    await expect(page.getByRole('alert')).toBeHidden();
    await page.keyboard.press('s');
    await expect(page.getByRole('heading', { name: 'The gateway is off' })).toBeVisible();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await expect(page.getByText(`http://127.0.0.1:${port}`, { exact: true })).toBeVisible();
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
  expect(studio.faults).toEqual([]);
  await quit(studio);
});

test('whoever reads further down is not pushed about by what comes in', async () => {
  const studio = await withGateway();
  const { page, address } = studio;
  await turnOn(studio);
  const key = await makeKey(page, 'many');
  for (let call = 0; call < 40; call++) expect((await ask(address, key, {})).status).toBe(200);
  await expect(page.getByRole('heading', { name: 'Requests of many' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Gateway' }).getByText('40', { exact: true })).toBeVisible();
  const list = page.getByRole('listbox', { name: 'Requests' });
  await list.evaluate((element) => element.scrollTo({ top: 480 }));
  const places = (): Promise<readonly string[]> =>
    list.evaluate((element) => {
      const top = element.getBoundingClientRect().top;
      return [...element.querySelectorAll('[role=option]')].map(
        (row) => `${row.getAttribute('aria-posinset') ?? ''} ${Math.round(row.getBoundingClientRect().top - top)}`,
      );
    });
  const before = await places();
  for (let call = 0; call < 3; call++) expect((await ask(address, key, {})).status).toBe(200);
  await expect(page.getByRole('button', { name: '3 new requests' })).toBeVisible();
  expect(await places()).toEqual(before);
  await page.getByRole('button', { name: '3 new requests' }).click();
  await expect(page.getByRole('region', { name: 'Gateway' }).getByText('43', { exact: true })).toBeVisible();
  expect(await list.evaluate((element) => element.scrollTop)).toBe(0);
  expect(studio.faults).toEqual([]);
  await quit(studio);
});

for (const theme of ['light', 'dark'] as const) {
  for (const size of [
    { width: 1440, height: 900 },
    { width: 1024, height: 700 },
  ]) {
    test(`looks and reach, ${theme}, ${size.width}×${size.height}`, async () => {
      test.setTimeout(120_000);
      const studio = await withGateway({ theme, size });
      const { page, address } = studio;
      const clean = async (name: string): Promise<void> => {
        await studio.shoot(`gateway-${name}`);
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
      };
      await clean('empty');
      await turnOn(studio);
      await page.keyboard.press('n');
      await expect(dialog(page)).toBeVisible();
      await clean('new-key');
      await dialog(page).getByLabel('Label').fill('notebook');
      await dialog(page).getByLabel('Tokens a day').fill('1000');
      await dialog(page).getByRole('button', { name: 'Make the key' }).click();
      const key = (await page.getByTestId('new-key').textContent()) ?? '';
      await clean('key-shown');
      await page.keyboard.press('Escape');
      await clean('key-leave');
      await dialog(page).getByRole('button', { name: 'Close without copying' }).click();
      await expect(page.getByText('No request yet')).toBeVisible();
      await clean('no-request');
      const other = await makeKey(page, 'nightly tests');
      await gatewayKey(page, 'All keys').click();
      expect((await ask(address, key, {})).status).toBe(200);
      expect((await ask(address, other, { model: 'down/tiny' })).status).toBe(502);
      expect((await ask(address, other, { model: 'scripted/echo' })).status).toBe(200);
      const open = ask(address, key, { stream: true });
      await expect(requests(page)).toHaveCount(4);
      await expect(requests(page).first()).toContainText('Streaming');
      await clean('requests');
      await requests(page).nth(3).click();
      await clean('request');
      held.release();
      await (await open).text();
      await gatewayKey(page, 'notebook').click();
      await expect(requests(page)).toHaveCount(2);
      await clean('key');
      await page.keyboard.press('c');
      await expect(dialog(page)).toBeVisible();
      await clean('snippets');
      await page.keyboard.press('Escape');
      await page.keyboard.press('p');
      await expect(dialog(page)).toBeVisible();
      await clean('port');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Delete');
      await expect(dialog(page)).toBeVisible();
      await clean('revoke');
      await page.keyboard.press('Escape');
      expect(studio.faults).toEqual([]);
      await quit(studio);
    });
  }
}
