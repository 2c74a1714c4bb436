// The window opens, runs isolated from Node, and closes.
import { expect, test } from '@playwright/test';
import { launchApp } from '../support/app.ts';

test('the window opens on a page without Node', async () => {
  const { page, close } = await launchApp();
  try {
    await expect(page).toHaveTitle(/Atelier/);
    await expect(page.locator('#root')).not.toBeEmpty();
    expect(await page.evaluate(() => 'process' in globalThis || 'require' in globalThis)).toBe(false);
  } finally {
    await close();
  }
});
