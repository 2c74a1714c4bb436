// Looking at traces: the list with its filters, one trace with timeline and transcript in step, by pointer and by keys alone.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '#contract/turn';
import { turnsOf } from '#engine/turns/path';
import { launchApp, type LaunchedApp, type LaunchOptions } from '../support/app.ts';
import {
  longMessages,
  manySpans,
  plannerMessages,
  putManyTraces,
  putPlanner,
  putTrace,
  seedWorkspace,
} from '../support/trace-samples.ts';

let folder = '';
let studio: LaunchedApp;

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-traces-'));
});

test.afterEach(async () => {
  await studio.close();
  rmSync(folder, { recursive: true, force: true });
});

type Filling = Parameters<typeof seedWorkspace>[1];

async function open(fill: Filling, options: LaunchOptions = {}): Promise<Page> {
  seedWorkspace(folder, fill);
  studio = await launchApp({ workspace: folder, ...options });
  await studio.page.getByRole('option').first().waitFor();
  return studio.page;
}

const rows = (page: Page): Locator => page.getByRole('listbox', { name: 'Traces' }).getByRole('option');

/** Opens the trace of this name from the list. */
async function openTrace(page: Page, name: string): Promise<void> {
  const row = rows(page).filter({ hasText: name }).first();
  // The newest stand first; of an old one no row is drawn until it comes into sight.
  await rows(page).first().hover();
  if (!(await row.isVisible())) await page.mouse.wheel(0, 100_000);
  await row.dblclick();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
}

const two: Filling = (store) => {
  putPlanner(store);
  putManyTraces(store, 60);
};

test('the list is searched, filtered and sorted; a filter is saved and taken off again', async () => {
  const page = await open(two);
  const count = page.getByRole('status').first();
  await expect(count).toHaveText('61 traces');
  await page.keyboard.press('/');
  await page.keyboard.type('Dover');
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page).first()).toContainText('plan a delivery');
  await page.keyboard.press('Escape');
  await expect(count).toHaveText('61 traces');
  await page.keyboard.press('Escape');

  await page.keyboard.press('f');
  const panel = page.getByRole('dialog', { name: 'Filters' });
  await panel.getByRole('radio', { name: /^With \(/ }).click();
  await panel.getByRole('checkbox', { name: 'model-0' }).click();
  await page.keyboard.press('Escape');
  const chips = page.getByRole('list', { name: 'Filters' });
  await expect(chips.getByRole('listitem')).toHaveText([/Modelmodel-0/, /Errorswith/, 'Clear all']);
  await expect(count).toHaveText('1 of 61 traces');
  await studio.shoot('traces-filtered');

  await page.getByRole('button', { name: 'Saved filters' }).click();
  await page.getByRole('button', { name: 'Save this filter…' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Failures of model 0');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Clear all' }).click();
  await expect(count).toHaveText('61 traces');
  await page.getByRole('button', { name: 'Saved filters' }).click();
  await page.getByRole('button', { name: /^Failures of model 0/ }).click();
  await expect(count).toHaveText('1 of 61 traces');
  await page.getByRole('button', { name: 'Saved filters' }).click();
  await page.getByRole('button', { name: 'Remove Failures of model 0' }).click();
  await expect(page.getByText('Filter “Failures of model 0” removed.').first()).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: /^Failures of model 0/ })).toBeVisible();
  await page.keyboard.press('Escape');
  // The focus comes back to the button a moment after the panel has gone.
  await expect(page.getByRole('button', { name: 'Saved filters' })).toBeFocused();

  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('no such words anywhere');
  await expect(page.getByRole('heading', { name: 'No trace fits the filter' })).toBeVisible();
  await studio.shoot('traces-no-match');
  await page.getByRole('button', { name: 'Clear all filters' }).click();
  await page.getByRole('button', { name: 'Sort by tokens' }).click();
  await expect(rows(page).first()).toContainText('plan a delivery');
  await page.getByRole('button', { name: 'Sort by name' }).click();
  await expect(rows(page).first()).toContainText('plan a delivery');
  await page.getByRole('button', { name: 'Sort by name' }).click();
  await expect(rows(page).first()).toContainText('task 7');
  expect(studio.faults).toEqual([]);
});

test('a searched text is marked in the transcript, and keys go from hit to hit', async () => {
  const filler: readonly Message[] = Array.from({ length: 60 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: [{ type: 'text', text: `Line ${index}\n`.repeat(40) }],
  }));
  const page = await open((store) => {
    putTrace(store, {
      name: 'a long way',
      path: turnsOf([
        ...plannerMessages,
        ...filler,
        { role: 'user', content: [{ type: 'text', text: `${'And so on.\n'.repeat(90)}Is DÓVER far?` }] },
      ]),
    });
    putManyTraces(store, 5);
  });
  await page.keyboard.press('/');
  await page.keyboard.type('dove');
  await expect(rows(page)).toHaveCount(1);
  await openTrace(page, 'a long way');
  const bar = page.getByRole('group', { name: 'Hits of the search' });
  await expect(bar).toContainText('in 5 messages');
  const marked = (): Promise<readonly string[]> =>
    page.evaluate(() => [...(CSS.highlights.get('found-words') ?? [])].map(String));
  await expect.poll(marked).toEqual(['Dover', 'Dover', 'Dover', 'Dover', 'Dover']);
  const transcript = page.getByRole('region', { name: 'Transcript' });
  await page.keyboard.press('n');
  await expect(bar).toContainText('1 of 5 messages');
  await expect(transcript.getByRole('button', { name: /^User/, pressed: true })).toBeVisible();
  await studio.shoot('trace-found');
  // Round at the beginning to the last, a long message: the word itself comes into sight.
  await page.keyboard.press('Shift+N');
  await expect(bar).toContainText('5 of 5 messages');
  await expect.poll(marked).toEqual(['DÓVER']);
  await expect
    .poll(() =>
      page.evaluate(() => {
        const [range] = CSS.highlights.get('found-words') ?? [];
        const box = document.querySelector('[aria-label="Transcript"]')?.getBoundingClientRect();
        if (!(range instanceof Range) || box === undefined) return false;
        const word = range.getBoundingClientRect();
        return word.top >= box.top && word.bottom <= box.bottom;
      }),
    )
    .toBe(true);
  await bar.getByRole('button', { name: 'The next hit' }).click();
  await expect(bar).toContainText('1 of 5 messages');
  // Without the search there is nothing to go to and nothing marked.
  await page
    .getByRole('button', { name: /Take off .*Text|Clear all/ })
    .first()
    .click();
  await expect(bar).toHaveCount(0);
  await expect.poll(marked).toEqual([]);
  expect(studio.faults).toEqual([]);
});

test('marked traces are removed together and brought back', async () => {
  const page = await open(two);
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await expect(page.getByText('2 traces marked')).toBeVisible();
  await studio.shoot('traces-marked');
  await page.keyboard.press('Delete');
  await expect(page.getByRole('status').first()).toHaveText('59 traces');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('status').first()).toHaveText('61 traces');
});

test('timeline, transcript, steps and details follow one selection', async () => {
  const page = await open(two);
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  await openTrace(page, 'plan a delivery');
  const transcript = page.getByRole('region', { name: 'Transcript' });
  const details = page.getByRole('region', { name: 'Details' });
  await expect(page.getByText('6.4 s', { exact: true }).first()).toBeVisible();
  await studio.shoot('trace-times');

  // A press on the first model call's bar selects the turn that it wrote.
  const stage = page.locator('[data-timeline]');
  const box = await stage.boundingBox();
  if (box === null) throw new Error('The timeline is not there.');
  await page.mouse.click(box.x + 60, box.y + 48 + 20 + 10);
  await expect(transcript.getByRole('button', { name: /^Assistant/, pressed: true })).toBeVisible();
  await expect(details).toContainText('chat planner-large');
  await expect(details).toContainText('gen_ai.usage.input_tokens');

  // A press on a failed result selects its span.
  await transcript.getByRole('button', { name: 'Error', exact: true }).click();
  await expect(details).toContainText('Tool span');
  await expect(details).toContainText('The map service did not answer within 2 s.');
  await studio.shoot('trace-selected');

  // In the steps the same span is active.
  await page.getByRole('tab', { name: /^Steps/ }).click();
  await expect(page.getByRole('option', { selected: true }).filter({ hasText: 'Tool' })).toContainText('route');
  await studio.shoot('trace-steps');
  await page.getByRole('tab', { name: 'Transcript' }).click();

  // Digits of a result stay as they were written; pictures elsewhere are named, not fetched.
  await expect(transcript).toContainText('12345678901234567890');
  await expect(transcript).toContainText('https://pictures.invalid/shelf.png');
  expect(fetched.filter((url) => url.startsWith('http'))).toEqual([]);
  expect(studio.faults).toEqual([]);
});

test('the timeline is zoomed about the pointer, dragged and shown whole again', async () => {
  const page = await open(two);
  await openTrace(page, 'plan a delivery');
  const canvas = page.locator('[data-timeline] canvas');
  const picture = (): Promise<string> => canvas.evaluate((element: HTMLCanvasElement) => element.toDataURL());
  await page.mouse.move(0, 0);
  await page.waitForTimeout(200);
  const whole = await picture();
  const box = await canvas.boundingBox();
  if (box === null) throw new Error('The timeline is not there.');
  const [x, y] = [box.x + box.width / 2, box.y + 48 + 20 * 3 + 10];
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, -600);
  await page.mouse.move(0, 0);
  await expect.poll(picture).not.toBe(whole);
  const zoomed = await picture();
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 80, y, { steps: 4 });
  await page.mouse.up();
  await page.mouse.move(0, 0);
  await expect.poll(picture).not.toBe(zoomed);
  // A drag selects nothing.
  await expect(page.getByRole('region', { name: 'Transcript' }).getByRole('button', { pressed: true })).toHaveCount(0);
  await page.locator('[data-timeline]').focus();
  await page.keyboard.press('0');
  await expect.poll(picture).toBe(whole);
});

test('a message is copied as text, and the record is shown as it came', async () => {
  const page = await open(two);
  await openTrace(page, 'plan a delivery');
  const answer = page.getByRole('article', { name: 'Assistant, turn 2' });
  await answer.hover();
  await answer.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(answer.getByRole('button', { name: 'Copied' })).toBeVisible();
  const copied = await studio.app.evaluate(({ clipboard }) => clipboard.readText());
  expect(copied).toContain('I look at the stock and the road.');
  expect(copied).toContain('route({"from":"Riverside","to":"Dover"})');
  await page.keyboard.press('r');
  await expect(page.getByRole('region', { name: 'Record as JSON' })).toContainText('"plan a delivery"');
});

test('the keys alone lead from the list through a trace and back', async () => {
  const page = await open(two);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(page.getByRole('button', { name: /^User/, pressed: true })).toBeVisible();
  await page.keyboard.press('p');
  const steps = page.getByRole('listbox', { name: 'Steps' });
  await expect(steps).toBeVisible();
  await page.locator('[data-timeline]').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('w');
  await page.keyboard.press('0');
  await expect(steps.getByRole('option', { selected: true })).toHaveCount(1);
  await page.keyboard.press('r');
  await page.keyboard.press('t');
  const before = await page.getByRole('heading', { level: 1 }).innerText();
  await page.keyboard.press(']');
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText(before);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { level: 1 })).toBeHidden();
  await expect(rows(page).first()).toBeVisible();
});

test('a trace without times shows its order and invents no time', async () => {
  const page = await open((store) => putTrace(store, { name: 'untimed', path: turnsOf(plannerMessages) }));
  await openTrace(page, 'untimed');
  await expect(page.getByText('Order, no times recorded')).toBeVisible();
  await expect(page.getByRole('img', { name: /in order, no times recorded/ })).toBeVisible();
  await page.getByRole('tab', { name: /^Steps/ }).click();
  const steps = page.getByRole('listbox', { name: 'Steps' });
  await expect(steps.getByRole('option').first()).toContainText('step 1');
  await expect(steps).not.toContainText(/\d ms|\d s\b/);
  await studio.shoot('trace-order');
});

test('2,000 turns and 5,000 spans open at once and only what is in sight exists', async () => {
  const page = await open((store) =>
    putTrace(store, { name: 'long run', path: turnsOf(longMessages(2000)), spans: manySpans(5000) }),
  );
  await openTrace(page, 'long run');
  await expect(page.getByRole('tab', { name: /^Steps/ })).toContainText('5,000');
  const turns = page.getByRole('region', { name: 'Transcript' }).getByRole('article');
  await expect(turns.first()).toBeVisible();
  expect(await turns.count()).toBeLessThan(60);
  await studio.shoot('trace-long');
  await page.getByRole('tab', { name: /^Steps/ }).click();
  await page.getByRole('listbox', { name: 'Steps' }).press('End');
  await expect(page.getByRole('option', { selected: true }).last()).toBeVisible();
  await studio.shoot('trace-long-end');
  expect(studio.faults).toEqual([]);
});

for (const theme of ['light', 'dark'] as const) {
  for (const size of [
    { width: 1440, height: 900 },
    { width: 1024, height: 700 },
  ]) {
    test(`every view in ${theme} at ${size.width} is free of what axe calls serious`, async () => {
      const page = await open(two, { theme, size });
      await expectAccessible(page);
      await studio.shoot('traces');
      await page.keyboard.press('f');
      await expectAccessible(page);
      await studio.shoot('traces-filters');
      await page.keyboard.press('Escape');
      await openTrace(page, 'plan a delivery');
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await expectAccessible(page);
      await studio.shoot('trace');
      await page.keyboard.press('r');
      await page.getByRole('region', { name: 'Record as JSON' }).waitFor();
      await expectAccessible(page);
      await studio.shoot('trace-record');
      await page.keyboard.press('i');
      await page.getByRole('button', { name: 'Choose files…' }).waitFor();
      await expectAccessible(page);
      await studio.shoot('import-dialog');
    });
  }
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);
}
