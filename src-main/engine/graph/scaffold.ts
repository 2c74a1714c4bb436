// Makes a folder a workspace for agents: folders, settings and types, without a change to what is there.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Problem, sentenceOf } from '../problem.ts';
import { refreshTypes, typePaths, type TypeSources } from './workspace-types.ts';

/** What was made and what was there already, relative to the folder, in the order of the work. */
export interface Scaffolded {
  readonly folder: string;
  readonly made: readonly string[];
  readonly kept: readonly string[];
}

const folders = ['agents', 'tools', 'models'];

/** Where the folder is a workspace already, adds what is missing. Throws REFUSED where it cannot be written. */
export async function scaffold(folder: string, types: TypeSources): Promise<Scaffolded> {
  const made: string[] = [];
  const kept: string[] = [];
  const at = (name: string): string => join(folder, name);
  try {
    for (const name of folders) {
      if (existsSync(at(name))) kept.push(`${name}/`);
      else {
        mkdirSync(at(name), { recursive: true });
        made.push(`${name}/`);
      }
    }
    for (const [name, text] of Object.entries(filesFor(folder))) {
      if (existsSync(at(name))) kept.push(name);
      else {
        writeFileSync(at(name), text, { flag: 'wx' });
        made.push(name);
      }
    }
    if (ignoreDatabase(at('.gitignore'))) made.push('.gitignore');
    else kept.push('.gitignore');
    if (await refreshTypes(folder, types)) made.push('.atelier/types/');
    else kept.push('.atelier/types/');
  } catch (error) {
    const message = `The workspace could not be made in ${folder}: ${sentenceOf(error)}`;
    throw new Problem('REFUSED', message, 'Choose a folder that you may write in.', { cause: error });
  }
  return { folder, made, kept };
}

/** Adds our line to a file that has others; false where it is there already. */
function ignoreDatabase(path: string): boolean {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (/^\/?\.atelier\/?\s*$/mu.test(text)) return false;
  writeFileSync(path, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}.atelier/\n`);
  return true;
}

function filesFor(folder: string): Readonly<Record<string, string>> {
  return {
    'atelier.json': json({ name: basename(resolve(folder)) }),
    'policies.json': json({ rules: [] }),
    'tsconfig.json': json(tsconfig),
  };
}

const tsconfig = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024'],
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    skipLibCheck: true,
    isolatedModules: true,
    resolveJsonModule: true,
    allowImportingTsExtensions: true,
    typeRoots: ['./.atelier/types'],
    types: ['node'],
    paths: Object.fromEntries(Object.entries(typePaths).map(([name, path]) => [name, [path]])),
  },
  include: ['agents', 'tools'],
};

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
