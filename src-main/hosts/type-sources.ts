// Where the types lie that workspaces are given, and the folder of what ships with Atelier.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Problem } from '#engine/problem';
import type { TypeSources } from '#engine/graph/workspace-types';

export function typeSources(resources: string): TypeSources {
  const node = packageFolder('@types/node', import.meta.filename);
  return {
    atelier: join(resources, 'types', 'atelier'),
    zod: packageFolder('zod', import.meta.filename),
    node,
    undici: packageFolder('undici-types', join(node, 'package.json')),
  };
}

function packageFolder(name: string, from: string): string {
  return dirname(createRequire(from).resolve(`${name}/package.json`));
}

/** The nearest `resources` upwards from this module: the same from the sources and from the bundle. */
export function resourcesFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const found = join(folder, 'resources');
    if (existsSync(join(found, 'types', 'atelier'))) return found;
    if (dirname(folder) === folder) break;
  }
  throw new Problem('INTERNAL', 'The files that ship with Atelier are missing.', 'Install it again.');
}
