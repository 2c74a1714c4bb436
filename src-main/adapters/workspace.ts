// A workspace folder on disk: `.atelier/` beside the user's own files, and the store in it.
import { makeFolder } from '#engine/make-folder';
import type { Clock, Store } from '#engine/ports';
import { Problem, sentenceOf } from '#engine/problem';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore, type OpenOptions } from './sqlite/store.ts';

/** Where the store of the workspace in `folder` lies. */
export function databaseOf(folder: string): string {
  return join(folder, '.atelier', 'studio.db');
}

/** Tells the database in `folder` from any other that may come to stand in its place; undefined where there is none. */
export function databaseMark(folder: string): string | undefined {
  const found = statSync(databaseOf(folder), { throwIfNoEntry: false, bigint: true });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

/** Whether `folder` has been opened as a workspace before. */
export function isWorkspace(folder: string): boolean {
  return existsSync(databaseOf(folder));
}

/**
 * Makes `folder` (and what is missing above it) a workspace; what is there already stays. The `.gitignore` inside `.atelier` keeps it out
 * of the user's repository without a change to any of their files.
 * Throws REFUSED where the folder cannot be written or is a file.
 */
export function createWorkspace(folder: string): void {
  const inner = join(folder, '.atelier');
  try {
    makeFolder(inner);
    const ignore = join(inner, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  } catch (error) {
    throw new Problem(
      'REFUSED',
      `The folder ${folder} cannot be made a workspace: ${sentenceOf(error)}.`,
      'Choose a folder that you may write in.',
      { cause: error },
    );
  }
}

/** Opens the store of the workspace in `folder`, which must be there; `.atelier` is made where it is missing. Throws as `openStore`. */
export function openWorkspaceStore(folder: string, options: OpenOptions = {}): Store {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Problem(
      'NOT_FOUND',
      `There is no folder ${folder}.`,
      'It may have been moved or renamed; open it from its new place.',
    );
  }
  createWorkspace(folder);
  return openStore(databaseOf(folder), options);
}

export const systemClock: Clock = { now: () => Date.now() };
