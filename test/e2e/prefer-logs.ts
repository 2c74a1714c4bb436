// Logs for the tests of judging: tasks tried twice, once with success, tool calls and all; and tabbing as a person does.
import { expect, type Page } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Trial {
  readonly task_id: number;
  readonly trial: number;
  readonly reward: number;
  readonly info: object;
  readonly traj: readonly object[];
}

/**
 * τ-bench results: `tasks` tasks, two trials each; the good one looks the order up, the other guesses. Each task makes two
 * pairs: the next turns and the whole ways. Returns the file's path.
 */
export function writeTrials(folder: string, tasks = 2): string {
  const trials = Array.from({ length: tasks }, (_, task) => [trialOf(task, 0, 1), trialOf(task, 1, 0)]).flat();
  const path = join(folder, 'trials.json');
  writeFileSync(path, JSON.stringify(trials));
  return path;
}

function trialOf(task: number, trial: number, reward: number): Trial {
  const order = `W${1000 + task}`;
  const call = {
    role: 'assistant',
    content: null,
    tool_calls: [
      {
        id: `call_${task}_${trial}`,
        type: 'function',
        function: { name: 'get_order', arguments: JSON.stringify({ order }) },
      },
    ],
  };
  const good = [
    call,
    {
      role: 'tool',
      tool_call_id: `call_${task}_${trial}`,
      name: 'get_order',
      content: JSON.stringify({ order, status: 'packed', total: 20 + task }),
    },
    { role: 'assistant', content: `Order ${order} is packed and leaves today. Anything else?` },
    { role: 'user', content: 'No, thank you.' },
    { role: 'assistant', content: 'Goodbye, and thank you.' },
  ];
  const poor = [
    { role: 'assistant', content: `Order ${order} should be fine, I suppose.` },
    { role: 'user', content: 'Are you sure?' },
    { role: 'assistant', content: 'Quite sure.' },
  ];
  return {
    task_id: task,
    trial,
    reward,
    info: {},
    traj: [
      { role: 'system', content: 'You help customers of a bookshop.' },
      { role: 'user', content: `Where is my order ${order}? I am ada@example.org.` },
      ...(reward === 1 ? good : poor),
    ],
  };
}

/** Presses Tab until what is named has the focus; fails after a whole round. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const wanted = (text: string): boolean => (typeof name === 'string' ? text === name : name.test(text));
  for (let press = 0; press < 80; press += 1) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null) return '';
      const label = element.id === '' ? null : document.querySelector(`label[for="${CSS.escape(element.id)}"]`);
      return (element.getAttribute('aria-label') ?? label?.textContent ?? element.textContent ?? '').trim();
    });
    if (wanted(focused)) return;
    await page.keyboard.press('Tab');
  }
  expect(null, `nothing named ${String(name)} can be reached by Tab`).not.toBeNull();
}

/** Imports a file and waits for its end, by keyboard; the dialog that asks for files must have been answered. */
export async function importByKeys(page: Page): Promise<void> {
  // Its keys are there when it is.
  await expect(page.getByRole('searchbox', { name: 'Search in messages and span names' })).toBeVisible();
  await page.keyboard.press('i');
  await expect(page.getByRole('dialog', { name: 'Import agent logs' })).toBeVisible();
  await tabTo(page, /^Choose files/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('list', { name: 'Files to import' })).toBeVisible();
  await tabTo(page, /^Import \d/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Import more' })).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press('Escape');
}

/** Finds pairs by keyboard from an empty Prefer screen and closes the dialog. */
export async function mineByKeys(page: Page): Promise<void> {
  await page.keyboard.press('Control+2');
  await expect(page.getByText('No pairs to judge yet')).toBeVisible();
  await tabTo(page, 'Find pairs');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Find pairs' });
  await expect(dialog).toBeVisible();
  await tabTo(page, 'Find pairs');
  await page.keyboard.press('Enter');
  await expect(dialog.getByText(/new pairs?,/)).toBeVisible({ timeout: 30_000 });
  await expect(dialog.getByRole('button', { name: 'Start labelling' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
}

/** Says who labels, by keyboard, and waits for the first pair. */
export async function labelAs(page: Page, name: string): Promise<void> {
  await expect(page.getByText('Who labels?')).toBeVisible();
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(pairOnScreen(page)).toBeVisible();
}

export function pairOnScreen(page: Page): ReturnType<Page['locator']> {
  return page.locator('[data-pair]');
}

/** Runs `act` and waits until another pair stands on screen. */
export async function toNextPair(page: Page, act: () => Promise<void>): Promise<void> {
  const before = await pairOnScreen(page).getAttribute('data-pair');
  await act();
  await expect(pairOnScreen(page)).not.toHaveAttribute('data-pair', before ?? '');
}
