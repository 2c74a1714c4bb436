// Can everybody use the window: axe in both themes, the keyboard alone, twice the size, without motion.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { launchApp, type LaunchedApp } from '../support/app.ts';

const serious = new Set(['serious', 'critical']);

/** What axe finds that matters, as one line each. */
async function findings(page: Page): Promise<string[]> {
  // Legacy mode: Electron opens no second page for axe to finish in.
  const { violations, passes } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(passes.length).toBeGreaterThan(10);
  return violations
    .filter((violation) => serious.has(violation.impact ?? ''))
    .flatMap((violation) =>
      violation.nodes.map(
        (node) => `${violation.id}: ${node.target.join(' ')} ${node.failureSummary?.replaceAll('\n', ' ') ?? ''}`,
      ),
    );
}

async function filled(page: Page): Promise<void> {
  await expect(page.getByRole('list', { name: 'In this workspace' })).toContainText(/[1-9]\d* pairs/, {
    timeout: 20_000,
  });
  await expect(page.getByTestId('jobs')).toHaveText('No jobs');
}

const places: readonly { readonly name: string; readonly open: (page: Page) => Promise<void> }[] = [
  { name: 'traces', open: (page) => page.keyboard.press('Control+1') },
  { name: 'prefer', open: (page) => page.keyboard.press('Control+2') },
  { name: 'datasets', open: (page) => page.keyboard.press('Control+3') },
  { name: 'runs', open: (page) => page.keyboard.press('Control+4') },
  { name: 'models', open: (page) => page.keyboard.press('Control+5') },
  { name: 'gateway', open: (page) => page.keyboard.press('Control+6') },
  { name: 'vault', open: (page) => page.keyboard.press('Control+7') },
  { name: 'ledger', open: (page) => page.keyboard.press('Control+8') },
  { name: 'palette', open: (page) => page.keyboard.press('Control+k') },
  { name: 'workspaces', open: (page) => page.keyboard.press('Control+o') },
  { name: 'shortcuts', open: (page) => page.keyboard.press('?') },
  { name: 'jobs', open: (page) => page.getByTestId('jobs').click() },
];

test('axe sees a button without a name and text without contrast', async () => {
  const studio = await launchApp();
  await studio.page.evaluate(() => {
    const probe = document.createElement('div');
    probe.innerHTML = '<button></button><p style="color:#ccc;background:#fff">hardly to be read</p>';
    probe.style.cssText = 'position: fixed; inset: 80px auto auto 80px; z-index: 99';
    document.querySelector('main')?.append(probe);
  });
  const found = await findings(studio.page);
  expect(found.some((line) => line.startsWith('button-name'))).toBe(true);
  expect(found.some((line) => line.startsWith('color-contrast'))).toBe(true);
  await studio.close();
});

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious in ${theme}`, async () => {
    test.setTimeout(120_000);
    const studio = await launchApp({ workspace: 'sample', theme });
    const { page } = studio;
    await filled(page);
    const found: string[] = [];
    for (const { name, open } of places) {
      await page.keyboard.press('Escape');
      await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
      await open(page);
      await page.waitForTimeout(500);
      found.push(...(await findings(page)).map((line) => `${name}: ${line}`));
    }
    expect(found).toEqual([]);
    await studio.close();
  });
}

interface Focused {
  readonly name: string;
  readonly hasRing: boolean;
}

/** What has the focus, and whether it shows. */
function focused(page: Page): Promise<Focused> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return { name: '', hasRing: true };
    const shows = (one: Element): boolean => {
      const style = getComputedStyle(one);
      return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none';
    };
    const name = element.getAttribute('aria-label') ?? element.dataset['testid'] ?? element.textContent ?? '';
    // The ring may lie on the row or field around a bare input.
    return {
      name: `${element.tagName} ${name.trim().slice(0, 60)}`,
      hasRing: shows(element) || (element.parentElement !== null && shows(element.parentElement)),
    };
  });
}

const views = ['traces', 'prefer', 'datasets', 'runs', 'models', 'gateway', 'vault', 'ledger'] as const;

for (const [index, view] of views.entries()) {
  test(`Tab alone goes round all of ${view}, with the focus in sight`, async () => {
    const studio = await launchApp({ workspace: 'sample' });
    const { page } = studio;
    await filled(page);
    await page.locator(`nav button >> nth=${index}`).focus();
    await page.keyboard.press('Enter');
    await page.waitForTimeout(500);
    // Everything that takes a Tab, but for members of groups in which arrows lead on.
    const expected = await page.evaluate(
      () =>
        [...document.querySelectorAll<HTMLElement>('button, input, textarea, select, a[href], [tabindex="0"]')].filter(
          (one) =>
            one.tabIndex >= 0 &&
            !one.matches(':disabled') &&
            one.checkVisibility({ visibilityProperty: true }) &&
            one.closest('[inert]') === null,
        ).length,
    );
    const seen: Focused[] = [];
    for (let step = 0; step < expected + 5; step++) {
      await page.keyboard.press('Tab');
      seen.push(await focused(page));
    }
    expect(seen.filter((one) => !one.hasRing).map((one) => one.name)).toEqual([]);
    const names = new Set(seen.map((one) => one.name));
    for (const name of [
      'Traces',
      'Prefer',
      'Datasets',
      'Runs',
      'Models',
      'Gateway',
      'Vault',
      'Ledger',
      'Commands',
      'Shortcuts',
    ])
      expect([...names]).toContain(`BUTTON ${name}`);
    expect([...names].some((name) => name.includes('workspace') || name.includes('Riverside'))).toBe(true);
    expect(seen.length).toBeGreaterThan(8);
    await studio.close();
  });
}

/** What sticks out of the window or is cut off by it. */
function overflow(page: Page): Promise<{ readonly page: boolean; readonly out: readonly string[] }> {
  return page.evaluate(() => ({
    page: document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight,
    out: [...document.querySelectorAll('nav button, footer button, [role=dialog]')]
      .filter((one) => {
        const box = one.getBoundingClientRect();
        return (
          box.width > 0 && (box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1 || box.top < -1)
        );
      })
      .map((one) => one.getAttribute('aria-label') ?? one.textContent ?? ''),
  }));
}

async function zoom(studio: LaunchedApp, factor: number): Promise<void> {
  await studio.app.evaluate(
    ({ BrowserWindow }, by) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(by),
    factor,
  );
  await studio.page.waitForFunction((by) => Math.abs(devicePixelRatio - by) < 0.01, factor);
}

test('everything can be used at 200 %', async () => {
  const studio = await launchApp({ workspace: 'sample', size: { width: 1280, height: 800 } });
  const { page } = studio;
  await filled(page);
  await zoom(studio, 2);
  for (const [index, view] of views.entries()) {
    await page.keyboard.press(`Control+${index + 1}`);
    await page.waitForTimeout(400);
    expect([view, await overflow(page)]).toEqual([view, { page: false, out: [] }]);
    await studio.shoot(`zoom-200-${view}`);
  }
  for (const [name, keys] of [
    ['workspaces', 'Control+o'],
    ['palette', 'Control+k'],
  ] as const) {
    await page.keyboard.press(keys);
    await expect(page.getByRole('dialog')).toBeVisible();
    expect([name, await overflow(page)]).toEqual([name, { page: false, out: [] }]);
    await studio.shoot(`zoom-200-${name}`);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
  }
  await studio.close();
});

test('nothing moves where motion is not wanted', async () => {
  const studio = await launchApp({ workspace: 'sample', reducedMotion: true });
  const { page } = studio;
  await filled(page);
  await page.keyboard.press('Control+o');
  await expect(page.getByRole('dialog')).toBeVisible();
  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll('*')].filter((one) => {
        const { transitionDuration, animationDuration } = getComputedStyle(one);
        return [transitionDuration, animationDuration].some((times) =>
          times.split(', ').some((time) => parseFloat(time) > 0),
        );
      }).length,
  );
  expect(moving).toBe(0);
  await studio.close();
});

test('motion takes 150 ms at most', async () => {
  const studio = await launchApp({ workspace: 'sample' });
  const { page } = studio;
  await filled(page);
  await page.keyboard.press('Control+o');
  await expect(page.getByRole('dialog')).toBeVisible();
  const slow = await page.evaluate(() =>
    [...document.querySelectorAll('*')].flatMap((one) => {
      const { transitionDuration, animationDuration, animationIterationCount } = getComputedStyle(one);
      const times = [transitionDuration, ...(animationIterationCount === 'infinite' ? [] : [animationDuration])];
      return times.some((all) => all.split(', ').some((time) => parseFloat(time) > 0.15)) ? [one.className] : [];
    }),
  );
  expect(slow).toEqual([]);
  await studio.close();
});
