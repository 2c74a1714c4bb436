// The studio in Debian's Chromium: in by the link, the main work as in the window, out again.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { screensFolder } from '../support/app.ts';
import { noChromium, serve, type Served } from '../support/served.ts';

const missing = noChromium();

test.beforeEach(() => {
  if (missing === undefined) return;
  if (!missing.mayBe) throw new Error(missing.why);
  test.skip(true, missing.why);
});

async function logIn(page: Page, served: Served): Promise<void> {
  await page.goto(served.link());
  await page.getByRole('button', { name: 'Open the studio' }).click();
  await page.getByTestId('workspace').waitFor();
}

async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(screensFolder, { recursive: true });
  await page.screenshot({ path: join(screensFolder, `${name}.png`), animations: 'disabled' });
}

async function findings(page: Page): Promise<string[]> {
  const { violations, passes } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(passes.length).toBeGreaterThan(5);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
}

test('in by the link: traces are listed, a pair is labelled, a run ends; a reload stays in, the link is used up', async () => {
  test.setTimeout(120_000);
  const served = await serve();
  const { page, faults } = await served.open();
  const link = served.link();

  await test.step('the page of the link has a button and nothing that axe minds, in both themes', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(link);
      expect(await findings(page)).toEqual([]);
      await shoot(page, `browser-login-${colorScheme}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  });

  await test.step('behind it is the studio, and no key is left in the address', async () => {
    await logIn(page, served);
    expect(page.url()).toBe(`${served.address}/`);
    await expect(page.getByRole('list', { name: 'In this workspace' })).toContainText(/[1-9]\d* pairs/, {
      timeout: 30_000,
    });
    await expect(page.getByRole('option').first()).toBeVisible();
    await shoot(page, 'browser-traces');
  });

  await test.step('a pair is labelled', async () => {
    await page.getByRole('button', { name: /^Prefer/ }).click();
    await page.getByRole('textbox', { name: 'Your name' }).fill('Ada');
    await page.keyboard.press('Enter');
    const counts = page.getByRole('list', { name: 'In this workspace' });
    const before = Number(/(\d+) labels/.exec((await counts.textContent()) ?? '')?.[1]);
    await page.getByRole('radio', { name: 'A is better' }).click({ timeout: 20_000 });
    await page
      .getByRole('button', { name: /^Save, next/ })
      .first()
      .click();
    await expect(counts).toContainText(`${before + 1} labels`, { timeout: 20_000 });
  });

  await test.step('a run of a sample agent waits, is answered, ends', async () => {
    await page.getByRole('button', { name: /^Runs/ }).click();
    await page.getByRole('button', { name: /^triage/ }).click({ timeout: 20_000 });
    await page.getByLabel('Mail').fill('My order W2041 came with a bent corner. I would like my money back.');
    await page.keyboard.press('Control+Enter');
    const run = page.getByRole('region', { name: 'Run', exact: true });
    await expect(run.getByText('Waiting for you', { exact: true })).toBeVisible({ timeout: 30_000 });
    await page.keyboard.press('a');
    const question = page.getByRole('article', { name: /Pay .* back to/ });
    await question.getByLabel('Pay it back').click();
    await question.getByLabel('A word to the customer').fill('Sorry for the corner.');
    await page.keyboard.press('Control+Enter');
    await expect(run.getByText('Finished', { exact: true })).toBeVisible({ timeout: 30_000 });
    await shoot(page, 'browser-run');
  });

  await test.step('a reload stays in', async () => {
    await page.reload();
    await expect(
      page.getByRole('region', { name: 'Run', exact: true }).getByText('Finished', { exact: true }),
    ).toBeVisible({ timeout: 20_000 });
  });
  expect(faults).toEqual([]);

  await test.step('the link is used up, for another browser too', async () => {
    const other = await served.open();
    expect((await other.page.goto(link))?.status()).toBe(410);
    await expect(other.page.getByRole('heading', { name: 'This link is good no more' })).toBeVisible();
    expect(await findings(other.page)).toEqual([]);
    expect((await other.page.goto(served.address))?.status()).toBe(403);
    await expect(other.page.getByRole('heading', { name: 'You are not logged in' })).toBeVisible();
    expect(await other.page.evaluate(() => localStorage.length)).toBe(0);
    // The one that was printed since lets it in.
    expect(served.link()).not.toBe(link);
    await logIn(other.page, served);
  });

  expect(await served.stop()).toBe(0);
  await served.close();
});

test('paths are asked for on the page; what is wrong with one is said at its field', async () => {
  const served = await serve();
  const { page, faults } = await served.open();
  await logIn(page, served);
  const folder = join(served.workspace, '..', 'elsewhere');
  const file = join(served.workspace, '..', 'file.jsonl');
  writeFileSync(
    file,
    `${JSON.stringify({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello' },
      ],
    })}\n`,
  );

  await page.getByTestId('workspace').click();
  await page.getByRole('button', { name: 'Choose a folder…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Choose a folder for the workspace' });
  const field = dialog.getByRole('textbox', { name: 'Path of the folder' });
  await expect(field).toBeFocused();
  expect(await findings(page)).toEqual([]);
  await field.fill('elsewhere');
  await page.keyboard.press('Enter');
  await expect(dialog.getByText('elsewhere is not a whole path.')).toBeVisible();
  await shoot(page, 'browser-path');
  await field.fill(file);
  await dialog.getByRole('button', { name: 'Use this folder' }).click();
  await expect(dialog.getByText('is a file, not a folder')).toBeVisible();
  await field.fill(folder);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('workspace')).toContainText('elsewhere', { timeout: 20_000 });
  expect(existsSync(folder)).toBe(true);

  await page.getByRole('button', { name: 'Import', exact: true }).first().click();
  await page.getByRole('button', { name: 'Choose files…' }).click();
  const files = page
    .getByRole('dialog', { name: 'Import agent logs' })
    .getByRole('textbox', { name: /Paths of the files/ });
  await files.fill(file);
  await page.getByRole('button', { name: 'Take these files' }).click();
  await page.getByRole('button', { name: 'Import 1 file' }).click();
  await page.getByRole('button', { name: 'Show the traces' }).click({ timeout: 20_000 });
  await expect(page.getByRole('list', { name: 'In this workspace' })).toContainText('1 trace', { timeout: 20_000 });
  expect(faults).toEqual([]);
  await served.close();
});

test('who is logged out is told so over everything, and goes on where it was after another login', async () => {
  const served = await serve();
  const { context, page } = await served.open();
  await logIn(page, served);
  await page.getByRole('option').first().waitFor({ timeout: 30_000 });
  await page.getByRole('searchbox').first().fill('order');

  const tab = await context.newPage();
  await tab.goto(`${served.address}/login`);
  expect(await findings(tab)).toEqual([]);
  await tab.getByRole('button', { name: 'Log out' }).click();
  const notice = page.getByRole('alert').filter({ hasText: 'You are not logged in any more.' });
  await expect(notice).toBeVisible({ timeout: 20_000 });
  await expect(notice).toContainText('Open the newest link');
  expect(await findings(page)).toEqual([]);
  await shoot(page, 'browser-out');

  const link = served.link();
  await tab.getByRole('button', { name: 'Print a new link' }).click();
  await expect(tab.getByRole('heading', { name: 'A new link was printed' })).toBeVisible();
  await expect.poll(() => served.link()).not.toBe(link);
  await logIn(tab, served);
  await expect(notice).toBeHidden({ timeout: 20_000 });
  await expect(page.getByRole('searchbox').first()).toHaveValue('order');

  expect(await served.stop()).toBe(0);
  await expect(page.getByRole('alert').filter({ hasText: 'Atelier does not answer.' })).toBeVisible({
    timeout: 20_000,
  });
  await served.close();
});

test('another site gets nothing of it: neither the page in a frame, nor the socket, nor an answer', async () => {
  const served = await serve();
  const { context, page } = await served.open();
  await logIn(page, served);
  const evil = await context.newPage();
  await evil.route('https://evil.example/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<h1>evil</h1>' }),
  );
  await evil.goto('https://evil.example/');
  const tried = await evil.evaluate(async (address) => {
    const socket = new Promise<string>((resolve) => {
      const opened = new WebSocket(`${address.replace('http', 'ws')}/socket`, ['atelier']);
      opened.addEventListener('open', () => resolve('open'));
      opened.addEventListener('close', () => resolve('closed'));
    });
    const read = (path: string, init: RequestInit): Promise<string> =>
      fetch(`${address}${path}`, { credentials: 'include', ...init }).then(
        (answer) => `answered ${answer.type}`,
        () => 'refused',
      );
    const frame = document.createElement('iframe');
    frame.src = `${address}/`;
    document.body.append(frame);
    await new Promise((resolve) => frame.addEventListener('load', resolve));
    return {
      socket: await socket,
      page: await read('/', {}),
      api: await read('/api/workspace', {}),
      login: await read('/login/new', { method: 'POST' }),
      framed: frame.contentDocument === null ? 'closed' : 'open',
    };
  }, served.address);
  expect(tried).toEqual({ socket: 'closed', page: 'refused', api: 'refused', login: 'refused', framed: 'closed' });
  await served.close();
});

test('with the link it is told why the gateway does not listen, and why no workspace is open', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-served-twice-'));
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  writeFileSync(join(folder, 'atelier.json'), JSON.stringify({ gateway: { on: true, port } }));
  const first = await serve('--workspace', folder);
  expect(first.problem).toContain(`Port ${port} is taken by another program.`);
  const second = await serve('--workspace', folder);
  expect(second.problem).toContain('is open in atelier serve');
  await second.close();
  await first.close();
  other.close();
  rmSync(folder, { recursive: true, force: true });
});
