// `npm run bench -- [name …]`: runs the benches one after another and prints each figure beside its goal.
import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { electronLaunch } from '../../build/setup/electron.mjs';
import { benchGraph } from './graph.ts';
import { benchCumulative, benchImport, benchMemory } from './import.ts';
import { benchLabel } from './label.ts';
import { benchQueue } from './queue.ts';
import { benchScroll } from './scroll.ts';
import { benchSleeping } from './sleeping.ts';
import { benchStartup } from './startup.ts';
import { benchStore } from './store.ts';

interface Bench {
  readonly about: string;
  readonly goal?: string;
  /** Needs the real window. */
  readonly window?: true;
  readonly run: () => Promise<object> | object;
}

const benches: Readonly<Record<string, Bench>> = {
  import: {
    about: 'import rate against plain better-sqlite3 with the same rows and FTS',
    goal: 'ratio ≥ 0.5',
    run: () => benchImport(),
  },
  disk: {
    about: 'bytes on disk of a 200-turn agent logged as cumulative requests',
    goal: 'ratio ≤ 0.2',
    run: () => benchCumulative(),
  },
  memory: { about: 'memory while a 1 GB file comes in', run: () => benchMemory() },
  queue: { about: 'one label on disk and the next pair, engine alone, 100,000 pairs (ms)', run: () => benchQueue() },
  store: { about: 'what the window asks of a store of 100,000 traces and pairs (ms)', run: () => benchStore() },
  sleeping: {
    about: '1,000,000 sleeping runs in a store against 1,000 (µs)',
    goal: 'ratios near 1',
    run: () => benchSleeping(),
  },
  label: {
    about: 'key press to next pair painted, 100,000 pairs (ms)',
    goal: 'p95 ≤ 50',
    window: true,
    run: () => benchLabel(),
  },
  scroll: {
    about: 'list of 100,000 traces, trace of 5,000 spans',
    goal: 'scroll ≥ 55 fps',
    window: true,
    run: () => benchScroll(),
  },
  graph: {
    about: 'live graph of 1,000 nodes, first step after Start, stream of 500 tokens a second',
    goal: '≥ 55 fps; first step ≤ 100 ms',
    window: true,
    run: () => benchGraph(),
  },
  startup: {
    about: 'window usable against a bare Electron window (ms)',
    goal: 'ratio ≤ 2',
    window: true,
    run: () => benchStartup(),
  },
};

/** Figures as `path: value` lines; numbers with three significant digits, large ones whole. */
function lines(value: unknown, path: string): string[] {
  if (typeof value === 'number') return [`  ${path}: ${shown(value)}`];
  if (typeof value !== 'object' || value === null) return [`  ${path}: ${String(value)}`];
  const flat = Object.entries(value).every(([, part]) => typeof part === 'number');
  if (flat && path !== '') {
    const parts = Object.entries(value).map(([name, part]) => `${name} ${shown(Number(part))}`);
    return [`  ${path}: ${parts.join(', ')}`];
  }
  return Object.entries(value).flatMap(([name, part]) => lines(part, path === '' ? name : `${path}.${name}`));
}

function shown(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}

/** Without a display the whole bench runs again inside a virtual one. */
function inVirtualDisplay(names: readonly string[]): number | undefined {
  const hasDisplay = process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined;
  if (process.platform !== 'linux' || hasDisplay) return undefined;
  const screen = ['-a', '-s', '-screen 0 1920x1200x24'];
  const result = spawnSync('xvfb-run', [...screen, process.execPath, import.meta.filename, ...names], {
    stdio: 'inherit',
  });
  return result.status ?? 1;
}

async function main(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.filter((name) => benches[name] === undefined);
  if (unknown.length > 0) {
    process.stderr.write(`No such bench: ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.\n`);
    return 2;
  }
  const names = wanted.length > 0 ? wanted : Object.keys(benches);
  if (names.some((name) => benches[name]?.window)) {
    const code = inVirtualDisplay(names);
    if (code !== undefined) return code;
    Object.assign(process.env, electronLaunch()?.env);
  }
  const [cpu] = cpus();
  process.stdout.write(
    `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}\n`,
  );
  for (const name of names) {
    const bench = benches[name];
    if (bench === undefined) continue;
    const goal = bench.goal === undefined ? '' : ` (goal: ${bench.goal})`;
    process.stdout.write(`\n${name}: ${bench.about}${goal}\n`);
    process.stdout.write(`${lines(await bench.run(), '').join('\n')}\n`);
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
