// Half a minute of fuzzing in the suite; `npm run fuzz` goes on for as long as asked.
import { expect, test } from 'vitest';
import { fuzzImporters } from '../../../fuzz/importers.ts';

const seconds = 30;

test(
  `${seconds} s of mutated files crash no importer, and what comes in goes out equal`,
  { timeout: (seconds + 60) * 1000 },
  async () => {
    const seed = Math.floor(Math.random() * 1e9);
    const report = await fuzzImporters({ seconds, seed });
    process.stderr.write(
      `Fuzzed from seed ${seed}: ${report.inputs} inputs, ${report.traces} traces, ${report.setAside} set aside.\n`,
    );
    expect(report.crashes).toEqual([]);
    expect(report.inputs).toBeGreaterThan(100);
    expect(report.traces).toBeGreaterThan(100);
    expect(report.setAside).toBeGreaterThan(50);
  },
);
