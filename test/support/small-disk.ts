// A disk so small that a test can fill it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface SmallDisk {
  readonly folder: string;
  /** Makes room. */
  grow(bytes: number): void;
}

/**
 * Mounted over an empty folder, a new one where none is given. Gone when the test is; undefined where none may be mounted (only root may,
 * on Linux). What is on it must be closed by then.
 */
export function smallDisk(bytes: number, over?: string): SmallDisk | undefined {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return undefined;
  const folder = over ?? mkdtempSync(join(tmpdir(), 'atelier-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  onTestFinished(() => {
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  });
  return {
    folder,
    grow: (size) => void execFileSync('mount', ['-o', `remount,size=${size}`, folder]),
  };
}
