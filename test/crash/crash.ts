// Kills a run at random moments, in main, in the runner and in the tool's process, takes it up again, and holds the end against the promises.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { JournalEvent } from '#contract/journal';
import type { RunSummary } from '#contract/run';
import type { JsonObject } from '#contract/turn';
import { openWorkspaceStore } from '#adapters/workspace';
import { foldRun } from '#engine/run/fold';
import { ledgerOf, makeWorkspace, rounds } from './workspace.ts';

export interface CrashOptions {
  /** An empty folder, on a disk that may be small. */
  readonly folder: string;
  readonly kills: number;
  readonly seed: number;
  /** The clock of main jumps by hours, to and fro. */
  readonly jumps?: boolean;
  /** Called now and then between two kills: fills or frees the disk. */
  readonly disturb?: (step: number) => void;
  readonly say?: (line: string) => void;
}

export interface CrashReport {
  readonly kills: { readonly main: number; readonly runner: number };
  readonly runs: number;
  /** Events that main told of after they were on disk, over all its lives. */
  readonly told: number;
  readonly lines: number;
  /** Writes that may or may not have happened, and were asked about. */
  readonly asked: number;
  /** What was promised and not kept, in sentences. */
  readonly broken: readonly string[];
}

/** What the process under test prints, a line each. */
export type Told =
  | { readonly kind: 'run'; readonly id: string; readonly seed: number }
  | { readonly kind: 'event'; readonly run: string; readonly event: JournalEvent }
  | { readonly kind: 'asked'; readonly key: string }
  | { readonly kind: 'ended'; readonly run: string };

/** A small seeded generator (mulberry32): the same kills at the same delays for the same seed. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Runs until `kills` kills have fallen and the last run has ended. Throws where nothing moves any more. */
export async function crash(options: CrashOptions): Promise<CrashReport> {
  const { folder, kills, seed } = options;
  makeWorkspace(folder);
  const random = chance(seed);
  const told = new Map<string, Map<number, string>>();
  const seeds = new Map<string, number>();
  const done = { main: 0, runner: 0 };
  let asked = 0;
  let lives = 0;
  let ended = 0;
  const take = (line: Told): void => {
    if (line.kind === 'asked') asked += 1;
    if (line.kind === 'ended') ended += 1;
    if (line.kind === 'run') seeds.set(line.id, line.seed);
    if (line.kind !== 'event') return;
    const events = told.get(line.run) ?? new Map<number, string>();
    told.set(line.run, events);
    events.set(line.event.seq, JSON.stringify(line.event));
  };
  while (done.main + done.runner < kills || ended < seeds.size || seeds.size === 0) {
    const isLast = done.main + done.runner >= kills;
    lives += 1;
    if (lives > kills * 3 + 20) throw new Error(`After ${lives} starts the run has not come to its end.`);
    options.disturb?.(lives);
    let isAwake: () => void = () => undefined;
    const awake = new Promise<void>((resolve) => (isAwake = resolve));
    const life = startMain(folder, lives + seed * 1000, isLast, false, options.jumps ?? false, (line) => {
      take(line);
      if (line.kind === 'event') isAwake();
    });
    const exit = new Promise<void>((resolve) => life.once('close', () => resolve()));
    // Most kills fall while runs are going on, some while it starts.
    if (random() < 0.85) await Promise.race([awake, exit]);
    let runnerKills = 0;
    while (!isLast && life.exitCode === null && life.signalCode === null) {
      await Promise.race([delay(random() * 900, undefined, { ref: false }), exit]);
      if (done.main + done.runner >= kills || life.exitCode !== null) break;
      // A run that loses three runners and comes no further is given up, as it should be.
      const isRunners = random() < 0.5 && runnerKills < 2;
      const runner = isRunners ? oneOf(childrenOf(life.pid), random) : undefined;
      if (runner === undefined) {
        life.kill('SIGKILL');
        done.main += 1;
        break;
      }
      runnerKills += 1;
      if (tryKill(runner)) done.runner += 1;
    }
    if (!isLast) life.kill('SIGKILL');
    await Promise.race([exit, delay(120_000, undefined, { ref: false })]);
    if (life.exitCode === null && life.signalCode === null) {
      life.kill('SIGKILL');
      throw new Error('The last start did not bring the run to its end within two minutes.');
    }
    if (lives % 20 === 0)
      options.say?.(`${done.main + done.runner} of ${kills} kills, ${seeds.size} runs, ${asked} asked`);
  }
  const undisturbed = join(folder, '.undisturbed');
  mkdirSync(undisturbed);
  const broken = await findBroken(folder, undisturbed, told, seeds);
  const lines = ledgerOf(folder).length;
  const count = [...told.values()].reduce((sum, events) => sum + events.size, 0);
  return { kills: done, runs: seeds.size, told: count, lines, asked, broken };
}

function startMain(
  folder: string,
  seed: number,
  toTheEnd: boolean,
  fresh: boolean,
  jumps: boolean,
  take: (line: Told) => void,
): ChildProcess {
  const program = join(import.meta.dirname, '../support/processes/crash-main.ts');
  const order = JSON.stringify({ folder, seed, toTheEnd, fresh, jumps });
  const child = spawn(process.execPath, [program, order], { stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout }).on('line', (line) => {
    // A kill may have cut the last line.
    if (line.startsWith('{') && line.endsWith('}')) take(JSON.parse(line) as Told);
  });
  return child;
}

function childrenOf(pid: number | undefined): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(' ').map(Number).filter(isRunner);
  } catch {
    return [];
  }
}

/** esbuild is a child too, but no part of the run. */
function isRunner(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('esbuild');
  } catch {
    return false;
  }
}

function oneOf(pids: readonly number[], random: () => number): number | undefined {
  return pids[Math.floor(random() * pids.length)];
}

function tryKill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

async function findBroken(
  folder: string,
  undisturbed: string,
  told: ReadonlyMap<string, ReadonlyMap<number, string>>,
  seeds: ReadonlyMap<string, number>,
): Promise<string[]> {
  const broken: string[] = [];
  const states = new Map<string, JsonObject | undefined>();
  const store = openWorkspaceStore(folder);
  try {
    for (const [run, events] of told) {
      const kept = store.runs.events(run, 0, Number.MAX_SAFE_INTEGER);
      kept.forEach((event, index) => {
        if (event.seq !== index + 1) broken.push(`Event ${index + 1} of run ${run} has number ${event.seq}.`);
      });
      for (const [seq, text] of events) {
        const found = kept[seq - 1];
        if (found === undefined) broken.push(`Event ${seq} of run ${run} was told and is lost.`);
        else if (JSON.stringify(found) !== text) broken.push(`Event ${seq} of run ${run} is not what was told.`);
      }
      broken.push(...repeatedResults(run, kept));
      states.set(run, foldRun(kept).scopes.get('')?.state);
    }
    const summaries = [...seeds.keys()].map((id) => store.runs.get(id));
    for (const run of summaries) if (run?.status !== 'finished') broken.push(`Run ${run?.id} is ${run?.status}.`);
  } finally {
    store.close();
  }
  const lines = ledgerOf(folder);
  const times = new Map<string, number>();
  for (const { key } of lines) times.set(key, (times.get(key) ?? 0) + 1);
  for (const [key, count] of times) if (count > 1) broken.push(`Effect ${key} was done ${count} times.`);
  const expected = seeds.size * rounds * 4;
  if (lines.length !== expected) broken.push(`${lines.length} lines were written, not ${expected}.`);
  for (const [run, state] of await statesOf(undisturbed, seeds)) {
    if (JSON.stringify(states.get(run)) !== JSON.stringify(state)) {
      broken.push(
        `Run ${run} ended with another state than an undisturbed one: ${JSON.stringify(states.get(run))} for ${JSON.stringify(state)}.`,
      );
    }
  }
  return broken;
}

function repeatedResults(run: string, events: readonly JournalEvent[]): string[] {
  const results = new Set<string>();
  return events.flatMap(({ event }) => {
    if (event.type !== 'effect.finished' || event.result === undefined) return [];
    if (results.has(event.key)) return [`Effect ${event.key} of run ${run} has two results.`];
    results.add(event.key);
    return [];
  });
}

/** Final states of runs with the same seeds that nobody disturbs. */
async function statesOf(
  folder: string,
  seeds: ReadonlyMap<string, number>,
): Promise<Map<string, JsonObject | undefined>> {
  makeWorkspace(folder);
  const bySeed = new Map<number, string>();
  for (const seed of new Set(seeds.values())) {
    const child = startMain(folder, seed, true, true, false, (line) => {
      if (line.kind === 'run') bySeed.set(line.seed, line.id);
    });
    await new Promise((resolve) => child.once('close', resolve));
  }
  const store = openWorkspaceStore(folder);
  try {
    const stateOf = (run: RunSummary['id']): JsonObject | undefined =>
      foldRun(store.runs.events(run, 0, Number.MAX_SAFE_INTEGER)).scopes.get('')?.state;
    return new Map([...seeds].map(([run, seed]) => [run, stateOf(bySeed.get(seed) ?? '')]));
  } finally {
    store.close();
  }
}
