// Reads the reports of the test runners into one form; a runner that ran nothing or broke counts as a failure.
import { existsSync, readFileSync } from 'node:fs';

export type Outcome = { passed: number; failed: number; skipped: string[]; problems: string[] };

type VitestReport = {
  testResults: {
    name: string;
    message?: string;
    status: string;
    assertionResults: { status: string; fullName: string }[];
  }[];
};

type PlaywrightSuite = {
  title: string;
  specs?: { title: string; tests: { status: string; annotations?: { type: string; description?: string }[] }[] }[];
  suites?: PlaywrightSuite[];
};

type PlaywrightReport = { suites: PlaywrightSuite[]; errors?: { message?: string }[] };

/** Adds what the numbers alone would hide: a runner that failed without a failed test, or that ran no test. */
function settle(outcome: Outcome, code: number): Outcome {
  if (outcome.passed + outcome.failed === 0) {
    return { ...outcome, failed: 1, problems: [...outcome.problems, 'no test was executed'] };
  }
  if (code !== 0 && outcome.failed === 0) {
    return { ...outcome, failed: 1, problems: [...outcome.problems, `the runner ended with code ${code}`] };
  }
  return outcome;
}

const nothing = (code: number): Outcome => ({
  passed: 0,
  failed: 1,
  skipped: [],
  problems: [`the runner ended with code ${code} and wrote no report`],
});

export function readVitest(file: string, code: number): Outcome {
  if (!existsSync(file)) return nothing(code);
  const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  const outcome: Outcome = { passed: 0, failed: 0, skipped: [], problems: [] };
  for (const suite of report.testResults) {
    for (const test of suite.assertionResults) {
      if (test.status === 'passed') outcome.passed += 1;
      else if (test.status === 'failed') outcome.failed += 1;
      else outcome.skipped.push(test.fullName);
    }
    // A file that could not be loaded has no tests of its own to fail.
    if (suite.status === 'failed' && suite.assertionResults.length === 0) {
      outcome.failed += 1;
      outcome.problems.push(`${suite.name} could not be run`);
    }
  }
  return settle(outcome, code);
}

export function readPlaywright(file: string, code: number): Outcome {
  if (!existsSync(file)) return nothing(code);
  const report = JSON.parse(readFileSync(file, 'utf8')) as PlaywrightReport;
  const outcome: Outcome = { passed: 0, failed: 0, skipped: [], problems: [] };
  const walk = (suite: PlaywrightSuite): void => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === 'expected') outcome.passed += 1;
        else if (test.status === 'skipped') {
          const why = test.annotations?.find((note) => note.type === 'skip')?.description ?? 'no reason given';
          outcome.skipped.push(`${spec.title} (${why})`);
        } else {
          outcome.failed += 1;
          if (test.status === 'flaky') outcome.problems.push(`${spec.title} passed only when run again`);
        }
      }
    }
    suite.suites?.forEach(walk);
  };
  report.suites.forEach(walk);
  outcome.problems.push(...(report.errors ?? []).map((error) => error.message ?? 'error without a message'));
  return settle(outcome, code);
}
