// Pictures of every screen as a first start shows it, in both themes and two sizes, to be looked at.
import { expect, test } from '@playwright/test';
import { launchApp } from '../support/app.ts';

const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
];

for (const theme of ['light', 'dark'] as const) {
  for (const size of sizes) {
    test(`${theme}, ${size.width} × ${size.height}`, async () => {
      const studio = await launchApp({ workspace: 'sample', theme, size });
      const { page } = studio;
      const counts = page.getByRole('list', { name: 'In this workspace' });
      await expect(counts).toContainText(/[1-9]\d* pairs/, { timeout: 20_000 });
      await expect(page.getByTestId('jobs')).toHaveText('No jobs');
      for (const [index, name] of ['traces', 'prefer', 'datasets', 'runs'].entries()) {
        await page.keyboard.press(`Control+${index + 1}`);
        await expect(page.getByText('is loading')).toHaveCount(0);
        await page.waitForTimeout(400);
        await studio.shoot(`start-${name}`);
      }
      await page.keyboard.press('Control+k');
      await studio.shoot('palette');
      expect(studio.faults).toEqual([]);
      await studio.close();
    });
  }
}
