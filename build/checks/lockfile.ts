// package.json pins exact versions; the lockfile names contents by hash and no address to fetch them from.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Locked = {
  version?: string;
  resolved?: string;
  integrity?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
};

type Lockfile = { packages: Record<string, Locked> };

const groups = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

type Manifest = Partial<Record<(typeof groups)[number], Record<string, string>>>;

function read(root: string, file: string): unknown {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}

/** Whether a package that lies at `path` finds `name` as Node would: beside it, or in a folder further up. */
function isLocked(packages: Lockfile['packages'], path: string, name: string): boolean {
  for (let folder = `${path}/`; ; folder = folder.slice(0, folder.lastIndexOf('node_modules/', folder.length - 2))) {
    if (packages[`${folder}node_modules/${name}`] !== undefined) return true;
    if (folder === '') return false;
  }
}

export function lockfile(root: string): Promise<string | undefined> {
  const problems: string[] = [];
  const manifest = read(root, 'package.json') as Manifest;
  const { packages } = read(root, 'package-lock.json') as Lockfile;
  const entries = Object.entries(packages).filter(([path]) => path !== '');
  if (entries.length === 0) problems.push('package-lock.json lists no package');
  for (const [path, entry] of entries) {
    if (entry.resolved !== undefined) problems.push(`package-lock.json: ${path} holds an address: ${entry.resolved}`);
    if (entry.integrity === undefined) problems.push(`package-lock.json: ${path} holds no integrity`);
    // The binaries for other systems are optional dependencies: without an entry, npm ci refuses the lockfile everywhere.
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      if (!isLocked(packages, path, name))
        problems.push(`package-lock.json: ${path} needs ${name}, which has no entry`);
    }
  }
  for (const [name, version] of groups.flatMap((group) => Object.entries(manifest[group] ?? {}))) {
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) problems.push(`package.json: ${name} is not pinned: ${version}`);
    const locked = packages[`node_modules/${name}`]?.version;
    if (locked !== version)
      problems.push(`package-lock.json: ${name} is ${locked ?? 'missing'}, package.json says ${version}`);
  }
  return Promise.resolve(problems.length === 0 ? undefined : problems.join('\n'));
}
