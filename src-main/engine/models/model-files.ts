// The model files of a workspace: models/NAME.model.json.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ModelFiles {
  /** Text of the file; undefined where there is none. */
  read(name: string): Promise<string | undefined>;
  names(): Promise<readonly string[]>;
  /** Relative to the workspace, for sentences. */
  pathOf(name: string): string;
}

const folderName = 'models';
const ending = '.model.json';

/** Those of the workspace in `folder`. A name with a way out of the folder in it names nothing. */
export function modelFilesIn(folder: string): ModelFiles {
  const pathOf = (name: string): string => `${folderName}/${name}${ending}`;
  return {
    pathOf,
    async read(name) {
      if (!/^[\w-][\w.-]*$/u.test(name)) return undefined;
      try {
        return await readFile(join(folder, pathOf(name)), 'utf8');
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async names() {
      try {
        const found = await readdir(join(folder, folderName));
        return found.flatMap((name) => (name.endsWith(ending) ? [name.slice(0, -ending.length)] : [])).toSorted();
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
