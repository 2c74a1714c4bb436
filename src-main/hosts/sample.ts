// The sample workspace: laid down beside the user's data on first use, its logs imported and mined, so that nothing is empty.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { mine } from '#engine/preference/mine';
import type { Task } from '#engine/ports';
import type { Studio } from '#engine/studio';
import { importFiles } from '#engine/trace/import/run';
import { laySampleDown } from './sample-files.ts';
import type { SampleWorkspace } from './workspaces.ts';

/** `source`: the sample as it ships; `folder`: where the user's copy is to be. */
export function newSample(source: string, folder: string): SampleWorkspace {
  return {
    folder,
    place() {
      laySampleDown(source, folder);
    },
    fill(studio) {
      const files = missingFrom(studio);
      if (files.length === 0) return;
      studio.jobs.start(
        'import',
        'Import the sample logs',
        (task) => fill(studio, files, task),
        (pairs) => `${studio.store.traces.count().toLocaleString('en')} traces, ${pairs.toLocaleString('en')} pairs`,
      );
    },
  };
}

/** Logs of the sample that were not imported to their end: all of them at first, some where the app was closed meanwhile. */
function missingFrom(studio: Studio): string[] {
  const folder = join(studio.path, 'logs');
  if (!existsSync(folder)) return [];
  const done = new Set(
    studio.store.imports.list().flatMap((summary) => (summary.state === 'done' ? [summary.file] : [])),
  );
  return readdirSync(folder)
    .toSorted()
    .map((name) => join(folder, name))
    .filter((path) => !done.has(path));
}

async function fill(studio: Studio, files: readonly string[], task: Task): Promise<number> {
  const { store, clock } = studio;
  try {
    await importFiles(store, clock, files, { format: 'auto' }, task);
    studio.changed('workspace', 'imports', 'traces', 'pairs', 'labels');
    return (await mine(store, clock, undefined, task)).pairs;
  } finally {
    studio.changed('workspace', 'imports', 'traces', 'pairs', 'labels');
  }
}
