// Files of the built page by the paths under which they are served. Listed once: what is not in the list is not there, however it is asked for.
import { readdirSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { typeOf } from '../page-headers.ts';

export interface StaticFile {
  readonly path: string;
  readonly type: string;
  /** Its name holds a hash of what it holds: it never changes. */
  readonly isImmutable: boolean;
}

/** As the bundler names what it makes: "index-Dk3a9_xQ.js". */
const hashed = /-[\w-]{8}\.\w+$/;

/** Path as it stands in a request ("/assets/index-Dk3a9_xQ.js") → file. Links are left out: they may lead anywhere. */
export function listStaticFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join('/');
    files.set(`/${encodeURI(name)}`, {
      path,
      type: typeOf(extname(path)),
      isImmutable: name.startsWith('assets/') && hashed.test(name),
    });
  }
  return files;
}
