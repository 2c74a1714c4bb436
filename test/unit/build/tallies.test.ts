// The last line of npm test can be trusted: what ran nothing, or broke, counts as failed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readPlaywright, readVitest } from '../../../build/tallies.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-tallies-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function report(content: unknown): string {
  const file = join(folder, 'report.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const vitest = (...statuses: string[]): object => ({
  name: 'a.test.ts',
  status: statuses.includes('failed') ? 'failed' : 'passed',
  assertionResults: statuses.map((status, at) => ({ status, fullName: `test ${at}` })),
});

test('counts what Vitest says', () => {
  const file = report({ testResults: [vitest('passed', 'failed', 'pending'), vitest('passed')] });
  expect(readVitest(file, 1)).toMatchObject({ passed: 2, failed: 1, skipped: ['test 2'] });
});

test('a test file that could not be loaded has failed', () => {
  const file = report({
    testResults: [vitest('passed'), { name: 'b.test.ts', status: 'failed', assertionResults: [] }],
  });
  expect(readVitest(file, 1)).toMatchObject({ passed: 1, failed: 1 });
});

test('a runner that ran nothing has failed, whatever its exit code', () => {
  expect(readVitest(report({ testResults: [] }), 0)).toMatchObject({ passed: 0, failed: 1 });
  expect(readPlaywright(report({ suites: [] }), 0)).toMatchObject({ passed: 0, failed: 1 });
  expect(readVitest(join(folder, 'no-report.json'), 0)).toMatchObject({ passed: 0, failed: 1 });
  expect(readPlaywright(join(folder, 'no-report.json'), 0)).toMatchObject({ passed: 0, failed: 1 });
});

test('a runner that broke without a failed test has failed', () => {
  expect(readVitest(report({ testResults: [vitest('passed')] }), 1)).toMatchObject({ passed: 1, failed: 1 });
});

test('counts what Playwright says: a test that needed a second try has failed, a skip says why', () => {
  const spec = (title: string, status: string, description?: string): object => ({
    title,
    tests: [{ status, annotations: description === undefined ? [] : [{ type: 'skip', description }] }],
  });
  const inner = { title: 'inner', specs: [spec('c', 'flaky'), spec('d', 'skipped', 'no keychain here')] };
  const file = report({
    suites: [{ title: 'outer', specs: [spec('a', 'expected'), spec('b', 'unexpected')], suites: [inner] }],
  });
  expect(readPlaywright(file, 1)).toMatchObject({ passed: 1, failed: 2, skipped: ['d (no keychain here)'] });
});
