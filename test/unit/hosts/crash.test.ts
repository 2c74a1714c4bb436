// Runs that are killed at random moments, in main, in runners and in tools: nothing told is lost, nothing is done twice.
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { crash, type CrashReport } from '../../crash/crash.ts';
import { smallDisk } from '#test/small-disk';

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-crash-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function expectKept(report: CrashReport): void {
  expect(report.broken).toEqual([]);
  expect(report.runs).toBeGreaterThan(0);
  expect(report.told).toBeGreaterThan(100);
}

describe('after kill -9', () => {
  test('of main, runners and tools, 60 times', { timeout: 900_000 }, async () => {
    const seed = Math.floor(Math.random() * 1_000_000);
    const report = await crash({ folder: emptyFolder(), kills: 60, seed });
    expect(report.kills.main + report.kills.runner, `seed ${seed}`).toBe(60);
    expectKept(report);
  });

  test('while the clock jumps by days', { timeout: 300_000 }, async () => {
    const report = await crash({ folder: emptyFolder(), kills: 12, seed: 11, jumps: true });
    expect(report.kills.main).toBeGreaterThan(0);
    expectKept(report);
  });

  test('while the disk of the database is full now and then', { timeout: 300_000 }, async ({ skip }) => {
    const folder = emptyFolder();
    mkdirSync(join(folder, '.atelier'));
    const disk = smallDisk(24_000_000, join(folder, '.atelier'));
    if (disk === undefined) skip('No small disk can be mounted here (only root may, on Linux).');
    const filler = join(folder, '.atelier', 'filler');
    let timesFull = 0;
    const disturb = (life: number): void => {
      rmSync(filler, { force: true });
      if (life % 2 !== 0) return;
      // Full for a while, some way into every other life.
      setTimeout(() => (timesFull += fill(filler)), 700).unref();
      setTimeout(() => rmSync(filler, { force: true }), 2500).unref();
    };
    const report = await crash({ folder, kills: 12, seed: 12, disturb });
    expectKept(report);
    expect(timesFull).toBeGreaterThan(2);
  });
});

/** Writes until nothing more fits; 1 where that came. */
function fill(file: string): number {
  const handle = openSync(file, 'w');
  const block = Buffer.alloc(4096, 1);
  try {
    for (let written = 0; written < 64_000_000; written += block.length) writeSync(handle, block);
    return 0;
  } catch {
    return 1;
  } finally {
    closeSync(handle);
  }
}
