// Stores for tests: the real one in a temporary folder, the one in memory, and the same test on both.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, onTestFinished } from 'vitest';
import { openStore } from '#adapters/sqlite/store';
import type { Store } from '#engine/ports';
import { memoryStore } from './memory-store/store.ts';

/** A folder that is gone when the test is. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A real store in a file of its own; closed and gone when the test is. */
export function temporaryStore(): Store {
  const folder = temporaryFolder();
  const store = openStore(join(folder, 'studio.db'));
  onTestFinished(() => store.close());
  return store;
}

/** Runs `define` for every implementation of the store; `open` gives an empty one. */
export function onEveryStore(subject: string, define: (open: () => Store) => void): void {
  describe.each([
    { kind: 'SQLite', open: temporaryStore },
    { kind: 'memory', open: memoryStore },
  ])(`${subject} ($kind)`, ({ open }) => {
    define(open);
  });
}
