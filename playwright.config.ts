// End-to-end tests: Playwright drives the real Electron window.
import { defineConfig, type ReporterDescription } from '@playwright/test';

const report = process.env['ATELIER_TEST_REPORT'];
const reporters: ReporterDescription[] = [['list']];
if (report !== undefined) reporters.push(['json', { outputFile: report }]);

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.e2e.ts',
  outputDir: 'test-results/e2e',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: reporters,
  use: { trace: 'retain-on-failure' },
});
