// The window opens, runs isolated from Node, and closes.
import { expect, test } from '@playwright/test';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStudio } from '../support/electron.ts';

test('the window opens on a page without Node', async () => {
  const profile = mkdtempSync(join(tmpdir(), 'atelier-profile-'));
  const studio = await openStudio([`--user-data-dir=${profile}`]);
  try {
    const page = await studio.firstWindow();
    await expect(page).toHaveTitle(/Atelier/);
    await expect(page.locator('#root')).not.toBeEmpty();
    expect(await page.evaluate(() => 'process' in globalThis || 'require' in globalThis)).toBe(false);
  } finally {
    await studio.close();
  }
});
