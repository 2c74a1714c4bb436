// `npm run bench:runtime -- [row …] [--rounds N]`: the durable runtime against the disk itself, LangGraph and XState.
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { buildOurs } from './runtime/built.ts';
import { chain } from './runtime/chain.ts';
import { concurrent } from './runtime/concurrent.ts';
import { first } from './runtime/first.ts';
import { loop } from './runtime/loop.ts';
import { memory } from './runtime/memory.ts';
import { installPeers } from './runtime/peers.ts';
import type { Figure, Ratio, Row } from './runtime/row.ts';
import type { Range } from './store.ts';

const rows: Readonly<Record<string, Row>> = { loop, chain, memory, concurrent, first };

function shown(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}

function between({ median, least, most }: Range): string {
  return `${shown(median)} (${shown(least)} to ${shown(most)})`;
}

function figureLine({ name, unit, range, durability }: Figure): string {
  return `  ${name}: ${between(range)} ${unit}\n      ${durability}`;
}

function ratioLine({ name, range, goal, isReached }: Ratio): string {
  return `  ${isReached ? 'reached' : 'MISSED '}  ${name}: ${between(range)}, goal ${goal}`;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { rounds: { type: 'string', default: '9' } },
    allowPositionals: true,
  });
  const rounds = Number(values.rounds);
  const unknown = positionals.filter((name) => rows[name] === undefined);
  if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
    const known = Object.keys(rows).join(', ');
    process.stderr.write(`Usage: npm run bench:runtime -- [row …] [--rounds N]. The rows are ${known}.\n`);
    return 2;
  }
  installPeers();
  await buildOurs();
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  process.stdout.write(
    `${machine}, Node ${process.version}. Median (least to greatest) of ${rounds} rounds, interleaved.\n`,
  );
  for (const name of positionals.length > 0 ? positionals : Object.keys(rows)) {
    const row = rows[name];
    if (row === undefined) continue;
    process.stdout.write(`\n${name}: ${row.about}\n`);
    const { figures, ratios } = await row.measure(rounds);
    process.stdout.write(`${figures.map(figureLine).join('\n')}\n${ratios.map(ratioLine).join('\n')}\n`);
  }
  return 0;
}

process.exitCode = await main();
