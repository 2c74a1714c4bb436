// The types that editors and tsc need in a workspace, laid down in `.atelier/types` so that no registry is asked.
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Folders that the types are copied from: ours as they ship, and the packages as they lie in node_modules. */
export interface TypeSources {
  readonly atelier: string;
  readonly zod: string;
  /** @types/node and what it imports: tools may use what Node has. */
  readonly node: string;
  readonly undici: string;
}

/** Module → its types, relative to the workspace; tsconfig.json names the same. */
export const typePaths = {
  atelier: './.atelier/types/atelier/index.d.ts',
  zod: './.atelier/types/zod/index.d.ts',
  'undici-types': './.atelier/types/undici-types/index.d.ts',
} as const;

/** Where they are missing or from another version, lays them down anew; false where they were right. */
export async function refreshTypes(folder: string, sources: TypeSources): Promise<boolean> {
  const types = join(folder, '.atelier', 'types');
  const stamp = join(types, 'version');
  const version = await versionOf(sources);
  if ((await readFile(stamp, 'utf8').catch(() => '')) === version) return false;
  await rm(types, { recursive: true, force: true });
  await mkdir(types, { recursive: true });
  await Promise.all([
    copyTypes(sources.atelier, join(types, 'atelier')),
    copyTypes(sources.zod, join(types, 'zod'), /[\\/](?:v3|mini|v4-mini|src)$/u),
    copyTypes(sources.node, join(types, 'node'), /[\\/]ts\d+\.\d+$/u),
    copyTypes(sources.undici, join(types, 'undici-types')),
  ]);
  // Last: what was interrupted is done again.
  await writeFile(stamp, version);
  return true;
}

async function versionOf({ atelier, zod, node, undici }: TypeSources): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(atelier)).toSorted()) hash.update(name).update(await readFile(join(atelier, name)));
  for (const folder of [zod, node, undici]) hash.update(await readFile(join(folder, 'package.json')));
  return hash.digest('hex');
}

function copyTypes(from: string, to: string, leaveOut?: RegExp): Promise<void> {
  const filter = (path: string): boolean => {
    const inside = path.slice(from.length);
    if (leaveOut?.test(inside) === true) return false;
    return inside.endsWith('.d.ts') || !/\.[a-z]+$/iu.test(inside.split(/[\\/]/u).at(-1) ?? '');
  };
  return cp(from, to, { recursive: true, filter, dereference: true });
}
