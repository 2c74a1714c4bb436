// `npm run bench:gateway -- [latency|first|throughput|streams …] [--rounds N] [--seconds N]`: what the gateway adds to a direct call.
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { Client, conversation, type Target, type Told } from './gateway/client.ts';
import { openWorld, type World } from './gateway/world.ts';
import { installPeers } from './runtime/peers.ts';
import { rangeOf, type Range } from './store.ts';

/** Of one contestant in one round. */
interface Sample {
  readonly p50: number;
  readonly p99: number;
}

type Row = (world: World, rounds: number, seconds: number) => Promise<readonly string[]>;

/** As the upstream tells it of each answer that is no stream. */
const inputTokens = 400;

let asked = 0;
/** A question that nobody has asked before: the worst case for what is recorded. */
const fresh = (stream?: string): string => conversation((asked += 1), stream);

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, two) => one - two);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function between({ median, least, most }: Range, digits = 2): string {
  return `${median.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
}

function wholeOf(told: Told): Told {
  if (told.status !== 200 || !told.isWhole)
    throw new Error(`An answer of ${told.name} came with ${told.status}, whole: ${told.isWhole}. ${told.problem}`);
  return told;
}

/** One after the other on one kept connection, `count` each, contestants in turn; what `of` says of each answer. */
async function inTurn(
  targets: readonly Target[],
  rounds: number,
  count: number,
  stream: string | undefined,
  of: (told: Told) => number,
): Promise<ReadonlyMap<string, readonly Sample[]>> {
  const samples = new Map<string, Sample[]>();
  for (let round = 0; round <= rounds; round += 1) {
    for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
      const client = new Client(1);
      const values: number[] = [];
      for (let n = 0; n < count; n += 1) values.push(of(wholeOf(await client.ask(target, fresh(stream)))));
      client.close();
      // The first round warms up.
      if (round === 0) continue;
      const sample = { p50: percentile(values, 0.5), p99: percentile(values, 0.99) };
      samples.set(target.name, [...(samples.get(target.name) ?? []), sample]);
    }
  }
  return samples;
}

function addedLines(samples: ReadonlyMap<string, readonly Sample[]>, what: string, goal: number): readonly string[] {
  const of = (name: string, part: keyof Sample): readonly number[] =>
    (samples.get(name) ?? []).map((sample) => sample[part]);
  const added = (name: string, part: keyof Sample): Range =>
    rangeOf(of(name, part).map((value, round) => value - (of('direct', part)[round] ?? Number.NaN)));
  const lines = [...samples.keys()].map(
    (name) =>
      `  ${name}: ${what} p50 ${between(rangeOf(of(name, 'p50')))} ms, p99 ${between(rangeOf(of(name, 'p99')))} ms`,
  );
  const ours = added('ours', 'p50');
  return [
    ...lines,
    `  ${ours.median <= goal ? 'reached' : 'MISSED '}  ours adds p50 ${between(ours)} ms (goal ≤ ${goal}), p99 ${between(added('ours', 'p99'))} ms`,
    `           portkey adds p50 ${between(added('portkey', 'p50'))} ms, p99 ${between(added('portkey', 'p99'))} ms`,
  ];
}

const latency: Row = async ({ direct, ours, peer }, rounds) =>
  addedLines(await inTurn([direct, ours, peer], rounds, 300, undefined, ({ ms }) => ms), 'whole answer', 1);

const first: Row = async ({ direct, ours, peer }, rounds) =>
  addedLines(await inTurn([direct, ours, peer], rounds, 300, '1/0', ({ firstMs }) => firstMs), 'first token', 1);

/** `count` answers over 32 connections; how many a second, until `settled` resolves: what is still to be done for them then counts, too. */
async function rate(target: Target, count: number, settled: () => Promise<void>): Promise<number> {
  const client = new Client(32);
  let left = count;
  const began = performance.now();
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      wholeOf(await client.ask(target, fresh()));
    }
  };
  await Promise.all(Array.from({ length: 32 }, work));
  await settled();
  client.close();
  return (count * 1000) / (performance.now() - began);
}

const throughput: Row = async ({ direct, ours, peer, counts }, rounds) => {
  const samples = new Map<string, number[]>();
  const count = 2000;
  // What a call used is written with its end, turns and trace.
  const recorded = async (tokens: number): Promise<void> => {
    while ((await counts()).inputTokens < tokens) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  for (let round = 0; round <= rounds; round += 1) {
    for (const target of round % 2 === 0 ? [direct, ours, peer] : [peer, ours, direct]) {
      const before = target === ours ? (await counts()).inputTokens : 0;
      const value = await rate(target, count, async () => {
        if (target === ours) await recorded(before + count * inputTokens);
      });
      if (round > 0) samples.set(target.name, [...(samples.get(target.name) ?? []), value]);
    }
  }
  const of = (name: string): readonly number[] => samples.get(name) ?? [];
  const ratio = rangeOf(of('ours').map((value, round) => value / (of('portkey')[round] ?? Number.NaN)));
  return [
    ...[...samples].map(
      ([name, values]) =>
        `  ${name}: ${between(rangeOf(values), 0)} answers/s over 32 connections${name === 'ours' ? ', until all are recorded' : ''}`,
    ),
    `  ${ratio.median >= 2 ? 'reached' : 'MISSED '}  ours ÷ portkey: ${between(ratio)}, goal ≥ 2 (ours records every call, portkey none)`,
  ];
};

/** Conversations that stream at once, each twenty pieces, one in half a second, over and over. */
async function streaming(
  target: Target,
  seconds: number,
  watch: () => Promise<void>,
): Promise<{ readonly delays: readonly number[]; readonly answers: number; readonly errors: number }> {
  const client = new Client(1000);
  const until = performance.now() + seconds * 1000;
  const delays: number[] = [];
  let answers = 0;
  let errors = 0;
  const one = async (index: number): Promise<void> => {
    // Not all in the same instant.
    await new Promise((resolve) => setTimeout(resolve, (index % 500) * 2));
    while (performance.now() < until) {
      try {
        const told = wholeOf(await client.ask(target, fresh('20/500')));
        for (const delay of told.delays) delays.push(delay);
        answers += 1;
      } catch {
        errors += 1;
      }
    }
  };
  const watching = setInterval(() => void watch(), 5000);
  await Promise.all(Array.from({ length: 1000 }, (_, index) => one(index)));
  clearInterval(watching);
  client.close();
  return { delays, answers, errors };
}

const streams: Row = async ({ direct, ours, counts }, _rounds, seconds) => {
  const plain = await streaming(direct, Math.min(seconds, 20), () => Promise.resolve());
  const before = await counts();
  const memory: number[] = [];
  const held = await streaming(ours, seconds, async () => void memory.push((await counts()).rss / 2 ** 20));
  // What is under way is written within a moment.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const after = await counts();
  const recorded = after.calls - before.calls;
  const p99 = percentile(held.delays, 0.99) - percentile(plain.delays, 0.99);
  const half = memory.length >> 1;
  const early = rangeOf(memory.slice(0, half));
  const late = rangeOf(memory.slice(half));
  return [
    `  direct: a piece is here after p50 ${percentile(plain.delays, 0.5).toFixed(1)}, p99 ${percentile(plain.delays, 0.99).toFixed(1)} ms; errors ${plain.errors}`,
    `  ours: p50 ${percentile(held.delays, 0.5).toFixed(1)}, p99 ${percentile(held.delays, 0.99).toFixed(1)} ms; ${held.answers} conversations of 20 pieces in ${seconds} s`,
    `  ${p99 <= 100 ? 'reached' : 'MISSED '}  p99 added ${p99.toFixed(1)} ms, goal ≤ 100`,
    `  ${held.errors === 0 ? 'reached' : 'MISSED '}  errors ${held.errors}, goal 0`,
    `  ${recorded === held.answers ? 'reached' : 'MISSED '}  recorded ${recorded} of ${held.answers}`,
    `  memory of the gateway's process: first half ${between(early, 0)}, second half ${between(late, 0)} MiB`,
  ];
};

const rows: Readonly<Record<string, Row>> = { latency, first, throughput, streams };

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { rounds: { type: 'string', default: '9' }, seconds: { type: 'string', default: '60' } },
    allowPositionals: true,
  });
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  if (positionals.some((name) => rows[name] === undefined) || !(rounds >= 1) || !(seconds >= 1)) {
    process.stderr.write(
      `Usage: npm run bench:gateway -- [${Object.keys(rows).join('|')} …] [--rounds N] [--seconds N]\n`,
    );
    return 2;
  }
  installPeers();
  const [cpu] = cpus();
  process.stdout.write(
    `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}. Median (least to greatest) of ${rounds} rounds, interleaved.\n`,
  );
  for (const name of positionals.length > 0 ? positionals : Object.keys(rows)) {
    const row = rows[name];
    if (row === undefined) continue;
    const world = await openWorld();
    try {
      process.stdout.write(`\n${name}\n${(await row(world, rounds, seconds)).join('\n')}\n`);
    } finally {
      await world.close();
    }
  }
  return 0;
}

process.exitCode = await main();
