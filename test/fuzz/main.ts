// `npm run fuzz -- --seconds N --seed N --target T`: fuzzes importers, readers of bytes, and the gateway, or one of them; exit code 1 where
// an input broke one.
import { parseArgs } from 'node:util';
import { fuzzReaders } from './fuzz-readers.ts';
import { fuzzServer } from './fuzz-server.ts';
import { fuzzImporters } from './importers.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '30' }, seed: { type: 'string' }, target: { type: 'string' } },
});
const seconds = Number(values.seconds);
const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
const plain = (count: number): string => count.toLocaleString('en');

/** Each says what came of it, and gives back what broke, in words. */
const targets: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  async importers() {
    const report = await fuzzImporters({ seconds, seed });
    console.log(
      `${plain(report.inputs)} inputs: ${plain(report.traces)} traces came in, ${plain(report.setAside)} records were set aside, ` +
        `${plain(report.failedFiles)} files refused.`,
    );
    return report.crashes.map(
      (crash) => `As ${crash.format}; again with --seed ${crash.seed}; the input is ${crash.path}\n${crash.what}`,
    );
  },
  async readers() {
    const report = await fuzzReaders({ seconds, seed });
    for (const [name, { taken, refused }] of Object.entries(report.counts))
      console.log(`${name}: ${plain(taken)} inputs taken, ${plain(refused)} refused with a reason`);
    console.log(`The slowest took ${report.slowestMs.toFixed(0)} ms.`);
    return report.crashes.map((crash) => `${crash.reader}; again with --seed ${crash.seed}\n${crash.what}`);
  },
  async gateway() {
    const report = await fuzzServer({ seconds, seed });
    const statuses = Object.entries(report.statuses).map(([status, count]) => `${status}: ${plain(count)}`);
    const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
    console.log(
      `${plain(report.inputs)} inputs: answers ${statuses.join(', ')}; ${plain(report.unanswered)} were no whole request. ` +
        `${plain(report.good)} good requests between were answered. In use: ${mebibytes(report.heap.first)} at first, ${mebibytes(report.heap.last)} at last.`,
    );
    return report.crashes.map((crash) => `${crash.kind}; again with --seed ${crash.seed}\n${crash.what}`);
  },
};

const chosen = values.target === undefined ? Object.keys(targets) : [values.target];
if (!(seconds > 0) || !Number.isSafeInteger(seed) || chosen.some((name) => targets[name] === undefined)) {
  console.error(`Usage: npm run fuzz -- [--seconds N] [--seed N] [--target ${Object.keys(targets).join('|')}]`);
  process.exit(2);
}
for (const name of chosen) {
  console.log(`Fuzzing the ${name} for ${seconds} s from seed ${seed}.`);
  const crashes = (await targets[name]?.()) ?? [];
  console.log(`${crashes.length} crashes.\n`);
  for (const crash of crashes) console.error(`\nCrash: ${crash}`);
  if (crashes.length > 0) process.exitCode = 1;
}
