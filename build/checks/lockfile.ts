// package.json pins exact versions; the lockfile names contents by hash and no address to fetch them from.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Lockfile = {
  packages: Record<string, { version?: string; resolved?: string; integrity?: string; link?: boolean }>;
};

const groups = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

type Manifest = Partial<Record<(typeof groups)[number], Record<string, string>>>;

function read(root: string, file: string): unknown {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
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
  }
  for (const [name, version] of groups.flatMap((group) => Object.entries(manifest[group] ?? {}))) {
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) problems.push(`package.json: ${name} is not pinned: ${version}`);
    const locked = packages[`node_modules/${name}`]?.version;
    if (locked !== version)
      problems.push(`package-lock.json: ${name} is ${locked ?? 'missing'}, package.json says ${version}`);
  }
  return Promise.resolve(problems.length === 0 ? undefined : problems.join('\n'));
}
