// `npm run fuzz -- --seconds N --seed N`: fuzzes the importers; exit code 1 where an input crashed one.
import { parseArgs } from 'node:util';
import { fuzzImporters } from './importers.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '30' }, seed: { type: 'string' } } });
const seconds = Number(values.seconds);
const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
if (!(seconds > 0) || !Number.isSafeInteger(seed)) {
  console.error('Usage: npm run fuzz -- [--seconds N] [--seed N]');
  process.exit(2);
}
console.log(`Fuzzing the importers for ${seconds} s from seed ${seed}.`);
const report = await fuzzImporters({ seconds, seed });
console.log(
  `${report.inputs.toLocaleString('en')} inputs: ${report.traces.toLocaleString('en')} traces came in, ` +
    `${report.setAside.toLocaleString('en')} records were set aside, ${report.failedFiles.toLocaleString('en')} files refused, ` +
    `${report.crashes.length} crashes.`,
);
for (const crash of report.crashes) {
  console.error(
    `\nCrash as ${crash.format}; again with --seed ${crash.seed}; the input is ${crash.path}\n${crash.what}`,
  );
}
process.exitCode = report.crashes.length === 0 ? 0 : 1;
