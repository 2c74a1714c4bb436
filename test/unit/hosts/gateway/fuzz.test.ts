// A short round of fuzzing in the suite; `npm run fuzz` goes on for as long as asked.
import { expect, test } from 'vitest';
import { fuzzReaders } from '../../../fuzz/fuzz-readers.ts';
import { fuzzServer } from '../../../fuzz/fuzz-server.ts';

const seconds = 9;
const timeout = (seconds + 120) * 1000;

test(
  `${seconds} s of mutated requests on raw sockets: each answered or refused with a reason`,
  { timeout },
  async () => {
    const seed = Math.floor(Math.random() * 1e9);
    const report = await fuzzServer({ seconds, seed });
    process.stderr.write(`Fuzzed from seed ${seed}: ${report.inputs} inputs, ${JSON.stringify(report.statuses)}.\n`);
    expect(report.crashes).toEqual([]);
    expect(report.inputs).toBeGreaterThan(100);
    expect(report.good).toBeGreaterThan(0);
    expect(Object.keys(report.statuses)).toEqual(expect.arrayContaining(['200', '400']));
  },
);

test(`${seconds} s of mutated bytes: each reader takes them or refuses with a reason`, { timeout }, async () => {
  const seed = Math.floor(Math.random() * 1e9);
  const report = await fuzzReaders({ seconds, seed });
  process.stderr.write(`Fuzzed from seed ${seed}: ${JSON.stringify(report.counts)}.\n`);
  expect(report.crashes).toEqual([]);
  for (const { taken, refused } of Object.values(report.counts)) {
    expect(taken).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  }
});
