// The vault in the real window: a guard that is chosen, secrets that go in and never come out, a lock that holds.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOpenDialog, type LaunchedApp, type LaunchOptions } from '../support/app.ts';
import { newSessions } from '../support/sessions.ts';

const { start, quit, folder } = newSessions('vault');

/** Another one each time, so that a file of an earlier run cannot be the one that has it. */
const canary = (what: string): string => `sk-${what}-${randomBytes(18).toString('hex')}`;
const passphrase = `lantern pickle orbit ${randomBytes(6).toString('hex')} velvet`;

const dialog = (page: Page): Locator => page.getByRole('dialog');
const secret = (page: Page, name: string): Locator => page.getByRole('option', { name: new RegExp(`^${name}\\b`) });
const inspector = (page: Page): Locator => page.getByRole('region', { name: 'Secret', exact: true });

async function withVault(options: LaunchOptions = {}): Promise<LaunchedApp> {
  const studio = await start({ workspace: 'sample', ...options });
  const { page } = studio;
  await page.keyboard.press('Control+7');
  await expect(page.getByRole('heading', { name: 'Who keeps your secrets?' })).toBeVisible();
  return studio;
}

async function choosePassphrase(page: Page): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByLabel('The same again').fill(passphrase);
  await page.getByRole('button', { name: 'Use a passphrase' }).click();
  await expect(page.getByText('No secrets yet')).toBeVisible();
}

/** A secret that is bound to one host. */
async function addSecret(page: Page, name: string, value: string): Promise<void> {
  await page.keyboard.press('n');
  await dialog(page).getByLabel('Name', { exact: true }).fill(name);
  await dialog(page).getByLabel('Value').fill(value);
  await dialog(page).getByRole('button', { name: 'A provider, host or tool' }).click();
  await dialog(page).getByRole('textbox', { name: 'Address of the host' }).fill('api.example.com/v1');
  await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
  await expect(secret(page, name)).toBeVisible();
  await expect(dialog(page)).toBeHidden();
}

/** Whether any of the texts is in what the page consists of and keeps. */
function leaksInPage(page: Page, texts: readonly string[]): Promise<readonly string[]> {
  return page.evaluate((wanted) => {
    const all = [
      document.documentElement.outerHTML,
      document.body.textContent,
      JSON.stringify(Object.entries(localStorage)),
      JSON.stringify(Object.entries(sessionStorage)),
      location.href,
      JSON.stringify(history.state),
    ].join('\n');
    const inFields = [...document.querySelectorAll('input, textarea')].map(
      (one) => Reflect.get(one, 'value') as string,
    );
    return wanted.filter((text) => all.includes(text) || inFields.some((value) => value.includes(text)));
  }, texts);
}

/** Files below the folder that have one of the texts in them, as UTF-8 or UTF-16. */
function leaksOnDisk(root: string, texts: readonly string[]): readonly string[] {
  const wanted = texts.flatMap((text) => [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')]);
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(root, name);
    // Sockets and links of the browser's own lock are no files; what goes away while it is read is gone.
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile() !== true) return false;
    const bytes = readFileSync(path);
    return wanted.some((text) => bytes.includes(text));
  });
}

test('a secret goes in, is rotated, locked away and removed, and its values are nowhere', async () => {
  test.setTimeout(120_000);
  const userData = folder('canary-data');
  const studio = await withVault({ userData });
  const { page } = studio;
  const [first, second, third, broken] = [canary('first'), canary('second'), canary('third'), canary('broken')];
  const all = [first, second, third, broken, passphrase];

  // The passphrase must be written twice alike.
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByLabel('The same again').fill('something else');
  expect(await page.evaluate((text) => document.documentElement.outerHTML.includes(text), passphrase)).toBe(false);
  await page.getByRole('button', { name: 'Use a passphrase' }).click();
  await expect(page.getByText('The two are not the same.')).toBeVisible();
  await choosePassphrase(page);
  await expect(page.getByRole('heading', { name: /^Guarded by a passphrase/ })).toBeVisible();

  // What is wrong is said at its field, and nothing that was written is lost by it.
  await page.keyboard.press('n');
  await dialog(page).getByLabel('Value').fill(first);
  expect(await page.evaluate((text) => document.documentElement.outerHTML.includes(text), first)).toBe(false);
  await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog(page).getByText('Give it a name')).toBeVisible();
  await expect(dialog(page).getByText('Say what it may be used for')).toBeVisible();
  await dialog(page).getByLabel('Name', { exact: true }).fill('OPENAI_API_KEY');
  await dialog(page).getByRole('button', { name: 'api.openai.com, whoever asks' }).click();
  await expect(dialog(page).getByText(`${first.length} characters.`)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  expect(await leaksInPage(page, all)).toEqual([]);

  await addSecret(page, 'SAMPLE_KEY', first);
  expect(await leaksInPage(page, [...all, 'SAMPLE_KEY'])).toEqual(['SAMPLE_KEY']);
  await expect(inspector(page)).toContainText('api.example.com, whoever asks');

  // A value of several lines is refused as it is pasted, not joined to another.
  await page.keyboard.press('r');
  await dialog(page).getByLabel('Next value').focus();
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  }, `${broken}\nmore`);
  await expect(dialog(page).getByText('This has 2 lines.')).toBeVisible();
  // From a file, with what editors put around it.
  const file = join(folder('files'), 'next.txt');
  writeFileSync(file, `\uFEFF${second}\r\n`);
  await page.getByTestId('value-file').setInputFiles(file);
  await expect(dialog(page).getByText(`${second.length} characters.`)).toBeVisible();
  await dialog(page).getByRole('button', { name: 'Begin rotation' }).click();
  await expect(secret(page, 'SAMPLE_KEY')).toContainText('Rotating');
  await page.keyboard.press('r');
  await dialog(page).getByRole('button', { name: 'Keep the new value' }).click();
  await expect(secret(page, 'SAMPLE_KEY')).not.toContainText('Rotating');
  await page.getByRole('button', { name: 'Replace value…' }).click();
  await dialog(page).getByLabel('New value').fill(third);
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeHidden();
  expect(await leaksInPage(page, all)).toEqual([]);

  await page.keyboard.press('Delete');
  await expect(dialog(page)).toContainText('This cannot be undone');
  await expect(dialog(page)).toContainText('api.example.com');
  await dialog(page).getByRole('button', { name: 'Remove it' }).click();
  await expect(page.getByText('No secrets yet')).toBeVisible();
  await addSecret(page, 'SAMPLE_KEY', first);
  expect(await leaksInPage(page, all)).toEqual([]);
  expect(studio.faults).toEqual([]);
  await quit(studio);
  expect(leaksOnDisk(userData, all)).toEqual([]);
  expect(leaksOnDisk(userData, ['SAMPLE_KEY'])).not.toEqual([]);
});

test('a locked vault shows names, opens for its passphrase alone, and slows down whoever tries', async () => {
  const userData = folder('lock-data');
  const studio = await withVault({ userData });
  const { page } = studio;
  await choosePassphrase(page);
  await addSecret(page, 'SAMPLE_KEY', canary('lock'));
  await page.keyboard.press('l');
  const unlock = page.getByRole('form', { name: 'Unlock the vault' });
  await expect(unlock).toBeVisible();
  await expect(unlock.getByLabel('Passphrase')).toBeFocused();
  await expect(secret(page, 'SAMPLE_KEY')).toBeVisible();
  await expect(inspector(page).getByRole('button', { name: 'Rotate…' })).toBeDisabled();
  await page.keyboard.press('n');
  await expect(dialog(page)).toBeHidden();
  for (let round = 0; round < 3; round++) {
    const field = unlock.getByLabel('Passphrase');
    await field.fill('not the passphrase');
    await field.press('Enter');
    await expect(unlock.getByText('That is not the passphrase of the vault.')).toBeVisible();
    await expect(field).toHaveValue('');
    await expect(field).toBeFocused();
  }
  await expect(unlock.getByRole('button', { name: /^Next try in \d+ s$/ })).toBeVisible();
  await expect(unlock.getByRole('button', { name: 'Unlock' })).toBeEnabled({ timeout: 20_000 });
  await unlock.getByLabel('Passphrase').fill(passphrase);
  await page.keyboard.press('Enter');
  await expect(unlock).toBeHidden();
  await expect(inspector(page).getByRole('button', { name: 'Rotate…' })).toBeEnabled();
  expect(studio.faults).toEqual([]);
  await quit(studio);

  // The next start asks for the passphrase again.
  const again = await start({ workspace: 'sample', userData });
  await again.page.keyboard.press('Control+7');
  await expect(again.page.getByRole('form', { name: 'Unlock the vault' })).toBeVisible();
  await expect(secret(again.page, 'SAMPLE_KEY')).toBeVisible();
  await quit(again);
});

test('variables of a file are taken in by name, only those that were ticked', async () => {
  const studio = await withVault();
  const { app, page } = studio;
  await choosePassphrase(page);
  const values = [canary('env-one'), canary('env-two')];
  const file = join(folder('env'), '.env');
  writeFileSync(file, `# mine\nOPENAI_API_KEY=${values[0]}\nexport MAIL_TOKEN="${values[1]}"\nLOG_LEVEL=debug\n`);
  // Cancelled in the system's dialog: nothing happens.
  await answerOpenDialog(app, []);
  await page.getByRole('button', { name: 'Import' }).click();
  await page.getByRole('menuitem', { name: 'From a .env file…' }).click();
  await answerOpenDialog(app, [file]);
  await page.getByRole('button', { name: 'Import' }).click();
  await page.getByRole('menuitem', { name: 'From a .env file…' }).click();
  await expect(dialog(page)).toContainText(file);
  await expect(dialog(page).getByRole('checkbox', { name: 'OPENAI_API_KEY' })).toBeVisible();
  await expect(dialog(page).getByRole('checkbox', { name: 'LOG_LEVEL' })).toHaveCount(0);
  expect(await leaksInPage(page, values)).toEqual([]);
  // One that says by its name what it is for is ticked; the other needs something to be released to.
  await dialog(page).getByRole('checkbox', { name: 'MAIL_TOKEN' }).check();
  await dialog(page)
    .getByRole('button', { name: /^Take \d secrets? in$/ })
    .click();
  await expect(dialog(page).getByRole('alert').last()).toContainText('MAIL_TOKEN');
  await dialog(page).getByRole('checkbox', { name: 'MAIL_TOKEN' }).uncheck();
  await dialog(page).getByRole('checkbox', { name: 'OPENAI_API_KEY' }).check();
  await dialog(page).getByRole('button', { name: 'Take 1 secret in' }).click();
  await expect(secret(page, 'OPENAI_API_KEY')).toBeVisible();
  await expect(secret(page, 'MAIL_TOKEN')).toHaveCount(0);
  expect(await leaksInPage(page, values)).toEqual([]);
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
      const studio = await withVault({ theme, size });
      const { page } = studio;
      const clean = async (name: string): Promise<void> => {
        await studio.shoot(`vault-${name}`);
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
      };
      await clean('choose');
      await choosePassphrase(page);
      await clean('empty');
      await addSecret(page, 'SAMPLE_KEY', canary('look'));
      await clean('secrets');
      await page.keyboard.press('e');
      await expect(dialog(page)).toBeVisible();
      await clean('edit');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Delete');
      await expect(dialog(page)).toBeVisible();
      await clean('remove');
      await page.keyboard.press('Escape');
      await page.keyboard.press('l');
      await expect(page.getByRole('form', { name: 'Unlock the vault' })).toBeVisible();
      await clean('locked');
      expect(studio.faults).toEqual([]);
      await quit(studio);
    });
  }
}
