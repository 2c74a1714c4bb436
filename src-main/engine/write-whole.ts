// Writes a file whole or not at all.
import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * On disk, under its name, when it returns; throws what the file system throws, with what was there untouched. `mayReplace` is asked at the last
 * moment; false where it said no.
 */
export function writeWhole(path: string, text: string, mode: number, mayReplace = (): boolean => true): boolean {
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    const file = openSync(beside, 'wx', mode);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (!mayReplace()) return false;
    renameSync(beside, path);
    flushFolder(dirname(path));
    return true;
  } finally {
    rmSync(beside, { force: true });
  }
}

/** So that the new name outlives a power cut; Windows flushes folders by itself. */
function flushFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
