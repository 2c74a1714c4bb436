// Which files of a tree are ours to check.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folders = ['src-main', 'src-preload', 'src-renderer', 'test', 'build'];

/** Files of the source folders whose name ends in one of `endings`, with / as separator, relative to the root. */
export function sourceFiles(root: string, endings: string[], within = folders): string[] {
  return within
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(root.length + 1)
            .replaceAll('\\', '/'),
        ),
    )
    .filter((path) => !path.startsWith('test/fixtures/') && !path.includes('/node_modules/'))
    .toSorted();
}
