// Bench of the start: from the command to a window that can be used, against a bare Electron window.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { electronLaunch } from '../../build/setup/electron.mjs';
import { launchApp, root } from '../support/app.ts';

interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

export interface StartupFigures {
  readonly rounds: number;
  /** Spawn to usable, ms. */
  readonly bare: Spread;
  readonly atelier: Spread;
  /** atelier / bare, round by round; the goal is 2 at most. */
  readonly ratio: Spread;
}

const support = join(root, 'test', 'support');

/** Starts both in turn, each `rounds` times after a start that does not count; the window opens the filled sample workspace. */
export async function benchStartup({ rounds = 9 } = {}): Promise<StartupFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-bench-start-'));
  try {
    const userData = join(folder, 'data');
    const first = await launchApp({ workspace: 'sample', userData });
    await first.page.getByTestId('jobs').getByText('No jobs').waitFor();
    await first.close();

    const bare: number[] = [];
    const atelier: number[] = [];
    for (let round = -1; round < rounds; round += 1) {
      const plain = await timeToUsable(join(support, 'bare'), join(folder, 'bare'), '[data-ready]');
      const whole = await timeToUsable(root, userData, '[role=option]');
      if (round < 0) continue;
      bare.push(plain);
      atelier.push(whole);
    }
    const ratios = atelier.map((time, round) => time / (bare[round] ?? time));
    return { rounds, bare: spread(bare), atelier: spread(atelier), ratio: spread(ratios) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** ms from the command until `selector` is painted. */
function timeToUsable(main: string, userData: string, selector: string): Promise<number> {
  const launch = electronLaunch();
  if (launch === undefined) throw new Error('No Electron runtime is installed: run node build/setup.mjs.');
  const args = [...launch.args, '-r', join(support, 'usable.cjs'), main, `--user-data-dir=${userData}`];
  const start = Date.now();
  const child = spawn(launch.executable, args, { env: { ...process.env, ATELIER_USABLE: selector } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      const usable = /usable (\d+)/.exec(output)?.[1];
      if (usable === undefined) reject(new Error(`${main} ended before its window could be used.`));
      else resolve(Number(usable) - start);
    });
  });
}

function spread(times: readonly number[]): Spread {
  return { median: median(times), least: Math.min(...times), greatest: Math.max(...times) };
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((one, two) => one - two);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
