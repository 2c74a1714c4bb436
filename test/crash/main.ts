// npm run crash -- --kills 1000 [--seed N] [--jumps]: kills runs at random moments and says what was promised and not kept.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { crash } from './crash.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string' },
    seed: { type: 'string' },
    jumps: { type: 'boolean' },
    keep: { type: 'boolean' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'atelier-crash-'));
const report = await crash({
  folder,
  kills: Number(values.kills ?? 60),
  seed: Number(values.seed ?? Date.now() % 1_000_000),
  jumps: values.jumps ?? false,
  say: (line) => console.log(line),
});
const { kills, runs, told, lines, asked, broken } = report;
console.log(
  `${kills.main + kills.runner} kills (${kills.main} of main, ${kills.runner} of its runners) over ${runs} runs: ` +
    `${told} events told, ${lines} lines written, ${asked} times asked whether a write had happened.`,
);
for (const sentence of broken) console.log(`BROKEN: ${sentence}`);
console.log(
  broken.length === 0
    ? '0 events lost, 0 effects repeated, every run ended as if undisturbed.'
    : `${broken.length} promises broken.`,
);
if (values.keep !== true) rmSync(folder, { recursive: true });
else console.log(folder);
process.exitCode = broken.length === 0 ? 0 : 1;
