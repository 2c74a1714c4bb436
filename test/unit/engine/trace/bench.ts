// A workspace for tests of the importers: a real store in a temporary folder, files written from text.
import type { ImportFormat, ImportSummary, Reject } from '#contract/import';
import type { TranscriptTarget } from '#contract/trace';
import { openStore } from '#adapters/sqlite/store';
import { newTask } from '#engine/jobs';
import type { Clock, Store, Task } from '#engine/ports';
import { exportTranscripts } from '#engine/trace/export/run';
import { importFiles } from '#engine/trace/import/run';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const clock: Clock = { now: () => 1_750_000_000_000 };

export function quietTask(signal = new AbortController().signal): Task {
  return newTask(signal, () => {});
}

export interface Workbench {
  readonly folder: string;
  readonly store: Store;
  /** Writes `content` to a file of that name; returns its path. */
  readonly file: (name: string, content: string | Uint8Array) => string;
  /** Imports one file with that content. */
  readonly take: (content: string | Uint8Array, format?: ImportFormat, name?: string) => Promise<Taken>;
  /** Every record of the store, as lines of JSON. */
  readonly give: (target?: TranscriptTarget) => Promise<string[]>;
  readonly [Symbol.dispose]: () => void;
}

export interface Taken {
  readonly summary: ImportSummary;
  readonly rejects: readonly Reject[];
}

export function workbench(): Workbench {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-trace-'));
  const store = openStore(join(folder, 'studio.db'));
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  return {
    folder,
    store,
    file,
    async take(content, format = 'auto', name = 'log.jsonl') {
      const [summary] = await importFiles(store, clock, [file(name, content)], { format }, quietTask());
      if (summary === undefined) throw new Error('The import gave no summary.');
      return { summary, rejects: store.imports.rejects(summary.id, 0, 1000).items };
    },
    async give(target = 'source') {
      const lines: string[] = [];
      await exportTranscripts(store, {}, target, (json) => void lines.push(json), quietTask());
      return lines;
    },
    [Symbol.dispose]() {
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Records as JSONL. */
export function jsonl(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
