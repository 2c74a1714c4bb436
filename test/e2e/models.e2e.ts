// The Models screen in the real window: a provider is added, tried and seen streaming; what is wrong is said where it is; a broken file breaks nothing else.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchedApp, LaunchOptions } from '../support/app.ts';
import { newSessions } from '../support/sessions.ts';
import { startFakeUpstream, type FakeUpstream } from '../support/upstream/fake-upstream.ts';
import { holdStreams, type Held } from '../support/upstream/held.ts';
import { playJson, playStream } from '../support/upstream/said.ts';
import { chatStream } from '../support/upstream/wire-openai.ts';

const { start, quit, folder } = newSessions('models');

const dialog = (page: Page): Locator => page.getByRole('dialog');
const provider = (page: Page, name: string): Locator =>
  page.getByRole('listbox', { name: 'Providers' }).getByRole('option', { name: new RegExp(`^${name}\\b`) });
const answer = (page: Page): Locator => page.getByRole('region', { name: 'Answer' });
const save = (page: Page): Locator => page.getByRole('button', { name: /^Save/ });

const said = { reasoning: 'They greet me.', text: 'Hello from the other side of the wire.', model: 'tiny-1' };
let upstream: FakeUpstream;
let held: Held;
let workspaces = 0;
test.beforeEach(async () => {
  held = holdStreams();
  upstream = await startFakeUpstream(({ path }) => {
    if (path.endsWith('/models')) {
      return playJson({ object: 'list', data: ['tiny-1', 'tiny-2', 'grand-1'].map((id) => ({ id, object: 'model' })) });
    }
    return { ...playStream([]), body: held.body(chatStream(said), 7) };
  });
});
test.afterEach(async () => {
  held.release();
  await upstream.close();
});

async function withModels(
  settings: object | undefined,
  options: LaunchOptions = {},
): Promise<LaunchedApp & { readonly file: string }> {
  const workspace = folder(`workspace-${++workspaces}`);
  mkdirSync(workspace, { recursive: true });
  const file = join(workspace, 'atelier.json');
  if (settings !== undefined) writeFileSync(file, JSON.stringify({ name: 'Kept', models: settings }));
  const studio = await start({ workspace, ...options });
  await studio.page.keyboard.press('Control+5');
  await expect(studio.page.getByRole('listbox', { name: 'Providers' })).toBeVisible();
  return { ...studio, file };
}

const local = (more: object = {}) => ({ dialect: 'openai', url: `${upstream.origin}/v1`, models: ['tiny-1'], ...more });
const written = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

test('a provider is added, tried and seen as it streams, cancelled, and told from one that is not there', async () => {
  test.setTimeout(120_000);
  const studio = await withModels(undefined);
  const { page, file } = studio;
  await expect(page.getByRole('heading', { name: 'Where are your models?' })).toBeVisible();
  await page.getByRole('button', { name: 'Add a provider', exact: false }).last().click();

  await test.step('what is wrong is said at its field, and nothing is lost by it', async () => {
    await page.getByRole('button', { name: 'Ollama', exact: true }).click();
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('ollama');
    await page.getByLabel('Name', { exact: true }).fill('My Server');
    await page.getByLabel('Address').fill('localhost:1/v1');
    await page.keyboard.press('Control+s');
    await expect(page.getByText(/A provider is named in small letters/)).toBeVisible();
    await expect(page.getByText(/It must be an http or https address/)).toBeVisible();
    await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
    // On the way to the vault and back.
    await page.getByRole('button', { name: 'Add a secret…' }).click();
    await expect(page.getByRole('heading', { name: 'Who keeps your secrets?' })).toBeVisible();
    await page.keyboard.press('Alt+ArrowLeft');
    await expect(page.getByLabel('Address')).toHaveValue('localhost:1/v1');
    await page.getByLabel('Name', { exact: true }).fill('local');
    await page.getByLabel('Address').fill(`${upstream.origin}/v1`);
    await page.getByLabel('To offer, one a line').fill('tiny-1');
    await page.getByRole('button', { name: /^Add Ctrl\+S$/ }).click();
    await expect(provider(page, 'local')).toContainText('Ready');
    expect(written(file).models.providers.local).toEqual(local());
  });

  await test.step('it is tried', async () => {
    await page.getByRole('button', { name: 'Try it' }).click();
    await expect(page.getByLabel('Model', { exact: true })).toHaveValue('tiny-1');
    await page.getByLabel('Say to it').fill('Hello?');
    await page.keyboard.press('Control+Enter');
    await expect(answer(page)).toContainText('They greet me.');
    await expect(answer(page)).toContainText('Hello from');
    await expect(answer(page)).not.toContainText('wire');
    await expect(page.getByText('Answering…')).toBeVisible();
    await expect(provider(page, 'local')).toContainText('1 under way');
    // A look at the settings does not end it.
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByRole('tab', { name: 'Try it' }).click();
    await expect(page.getByLabel('Say to it')).toHaveValue('Hello?');
    held.release();
    await expect(answer(page)).toContainText(said.text);
    await expect(page.getByText('12 in, 7 out')).toBeVisible();
    // A model on this machine costs nothing.
    await expect(page.getByText('$0.00', { exact: true })).toBeVisible();
    await expect(page.getByText(/^Stopped: /)).toBeVisible();
  });

  await test.step('it is cancelled, and the provider is let go', async () => {
    held = holdStreams();
    await page.keyboard.press('Control+Enter');
    await expect(answer(page)).toContainText('Hello from');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText('Cancelled', { exact: true })).toBeVisible();
    await expect(answer(page)).toContainText('Hello from');
    await expect.poll(() => upstream.requests.at(-1)?.gone.aborted).toBe(true);
    await expect(provider(page, 'local')).toContainText('Ready');
  });

  await test.step('an address where nothing listens is told as that', async () => {
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByLabel('Address').fill('http://127.0.0.1:9/v1');
    await page.getByLabel('Tries in all').fill('1');
    await save(page).click();
    await expect(page.getByText('local is saved.', { exact: true })).toBeVisible();
    await page.getByRole('tab', { name: 'Try it' }).click();
    await page.getByRole('button', { name: /^Try it Ctrl/ }).click();
    await expect(answer(page).getByRole('alert')).toContainText('The call failed.');
    await expect(answer(page).getByRole('alert')).toContainText(/127\.0\.0\.1:9/);
  });

  await test.step('edits are undone, the provider is removed and comes back', async () => {
    await page.getByRole('tab', { name: 'Settings' }).click();
    await expect(save(page)).toBeDisabled();
    await page.getByLabel('Address').fill('https://elsewhere.example/v1');
    await expect(page.getByText('Edited, not saved.')).toBeVisible();
    await page.getByRole('button', { name: 'Undo edits' }).click();
    await expect(page.getByLabel('Address')).toHaveValue('http://127.0.0.1:9/v1');
    await page.getByRole('heading', { name: 'local', exact: true }).click();
    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
    await page.keyboard.press('Delete');
    await dialog(page).getByRole('button', { name: 'Remove it' }).click();
    await expect(provider(page, 'local')).toHaveCount(0);
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await expect(provider(page, 'local')).toBeVisible();
  });
  expect(studio.faults).toEqual([]);
  await quit(studio);
});

test('a broken atelier.json is told with its line, prices and scripted models go on, and so does the rest once it is right', async () => {
  const studio = await withModels({ providers: { local: local() } });
  const { page, file } = studio;
  await expect(provider(page, 'local')).toBeVisible();
  const good = readFileSync(file, 'utf8');
  writeFileSync(file, '{\n  "models": { "providers": { "local": { "dialect": "openai" } } }\n}\n');
  await expect(page.getByText('No provider can be asked.')).toBeVisible();
  await expect(page.getByText(/^atelier\.json:2:\d+ is not understood: models\.providers\.local\.url/)).toBeVisible();
  await page.getByRole('button', { name: /^Prices/ }).click();
  await page.getByRole('searchbox', { name: 'Find a model' }).fill('claude');
  await expect(page.getByRole('table')).toContainText('claude');
  await expect(page.getByRole('table')).not.toContainText('gpt');
  await provider(page, 'scripted').click();
  await page.getByLabel('Say to it').fill('Are you there?');
  await page.keyboard.press('Control+Enter');
  await expect(answer(page)).toContainText('Are you there?');
  writeFileSync(file, good);
  await expect(provider(page, 'local')).toContainText('Ready');
  expect(studio.faults).toEqual([]);
  await quit(studio);
});

test('what it offers is taken over, fallbacks and budgets are kept, and the rest of the file stays', async () => {
  const studio = await withModels({ providers: { local: local(), other: local({ url: 'http://127.0.0.1:9/v1' }) } });
  const { page, file } = studio;
  await page.getByRole('button', { name: 'Ask it what it offers…' }).click();
  await expect(dialog(page).getByText('there already')).toBeVisible();
  await dialog(page).getByRole('searchbox').fill('grand');
  await dialog(page).getByRole('checkbox', { name: 'grand-1' }).check();
  await dialog(page).getByRole('button', { name: 'Take 1 model over' }).click();
  await expect(page.getByLabel('To offer, one a line')).toHaveValue('tiny-1\ngrand-1');
  await save(page).click();
  await expect.poll(() => written(file).models.providers.local.models).toEqual(['tiny-1', 'grand-1']);

  await page.getByRole('button', { name: /^Fallbacks/ }).click();
  await page.keyboard.press('a');
  await dialog(page).getByLabel('Model', { exact: true }).fill('local/t');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(dialog(page).getByLabel('Model', { exact: true })).toHaveValue('local/tiny-1');
  await dialog(page).getByRole('combobox', { name: 'Fallback 1' }).fill('local/tiny-1');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await expect(dialog(page).getByText('It cannot stand in for itself.')).toBeVisible();
  await dialog(page).getByRole('combobox', { name: 'Fallback 1' }).fill('other/tiny-1');
  await dialog(page).getByRole('button', { name: 'Another' }).click();
  await dialog(page).getByRole('combobox', { name: 'Fallback 2' }).fill('scripted/echo');
  await dialog(page).getByRole('button', { name: 'Ask fallback 2 earlier' }).click();
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('list', { name: 'Asked instead of local/tiny-1' })).toContainText('scripted/echo');
  expect(written(file).models.fallbacks).toEqual({ 'local/tiny-1': ['scripted/echo', 'other/tiny-1'] });
  await page.getByRole('button', { name: 'Remove the fallbacks of local/tiny-1' }).click();
  await expect(page.getByText('No model has a fallback')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expect(page.getByRole('list', { name: 'Asked instead of local/tiny-1' })).toBeVisible();

  await page.getByRole('button', { name: /^Budgets/ }).click();
  await page.getByLabel('Dollars a day').fill('five');
  await page.keyboard.press('Enter');
  await expect(page.getByText('A number above 0, as 2.50.')).toBeVisible();
  await page.getByLabel('Dollars a day').fill('5');
  await page.getByLabel('Tokens a run').fill('200,000');
  await page.keyboard.press('Enter');
  await expect(page.getByText('$0.00 of $5.00')).toBeVisible();
  expect(written(file)).toMatchObject({
    name: 'Kept',
    models: { budgets: { day: { usd: 5 }, run: { tokens: 200_000 } } },
  });

  await page.getByRole('button', { name: /^Prices/ }).click();
  await page.getByRole('button', { name: 'Make a price file' }).click();
  await expect(page.getByText(/^The price file is there/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Make a price file' })).toBeHidden();
  await expect(page.getByRole('table')).toContainText('your file');
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
      const studio = await withModels(undefined, { theme, size });
      const { page, file } = studio;
      const clean = async (name: string): Promise<void> => {
        await studio.shoot(`models-${name}`);
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
      };
      // Whatever runs on the machine of the test.
      await expect(page.getByText(/^None answers now\.|^[\d.:]+, \d+ models?$/).first()).toBeVisible();
      await clean('welcome');
      await page.keyboard.press('n');
      await page.getByRole('button', { name: 'OpenAI', exact: true }).first().click();
      await page.getByLabel('Tries in all').fill('eleven');
      await page.keyboard.press('Control+s');
      await clean('add');
      const key = local({ url: 'https://api.openai.com/v1', secret: 'OPENAI_API_KEY', api: 'responses' });
      writeFileSync(
        file,
        JSON.stringify({
          models: {
            providers: { local: local(), openai: key },
            fallbacks: { 'openai/gpt-5': ['openai/gpt-4.1-mini', 'local/tiny-1'] },
            budgets: { day: { usd: 5, tokens: 500_000 } },
          },
        }),
      );
      await provider(page, 'openai').click();
      await expect(page.getByText(/There is no OPENAI_API_KEY in the vault/)).toBeVisible();
      await clean('settings');
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('option', { name: /Add a provider/ })).toBeVisible();
      await page.keyboard.press('Escape');
      await page.keyboard.press('Delete');
      await expect(dialog(page)).toBeVisible();
      await clean('remove');
      await page.keyboard.press('Escape');
      await provider(page, 'local').click();
      await page.keyboard.press('t');
      await page.getByRole('button', { name: /^Try it Ctrl/ }).click();
      await expect(answer(page)).toContainText('Hello from');
      await clean('try');
      held.release();
      await expect(page.getByText('12 in, 7 out')).toBeVisible();
      await clean('tried');
      await page.getByLabel('Model', { exact: true }).click();
      await expect(page.getByRole('listbox', { name: 'Models of local' })).toBeVisible();
      await clean('picker');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: /^Fallbacks/ }).click();
      await clean('fallbacks');
      await page.getByRole('button', { name: 'Edit the fallbacks of openai/gpt-5' }).click();
      await clean('fallbacks-edit');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: /^Budgets/ }).click();
      await clean('budgets');
      await page.getByRole('button', { name: /^Prices/ }).click();
      await expect(page.getByRole('table')).toBeVisible();
      await clean('prices');
      writeFileSync(file, '{ "models": ');
      await provider(page, 'scripted').click();
      await expect(page.getByText('answers by rules, offline')).toBeVisible();
      await clean('scripted');
      await page.getByRole('button', { name: /^Budgets/ }).click();
      await expect(page.getByText('No provider can be asked.')).toBeVisible();
      await clean('broken');
      expect(studio.faults).toEqual([]);
      await quit(studio);
    });
  }
}
