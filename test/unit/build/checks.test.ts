// Each check passes a sound tree and fails on a fault planted in it: a check that cannot fail checks nothing.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { checks } from '../../../build/checks/all.ts';
import { plant, uproot, withLine } from './planted.ts';

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) uproot(root);
});

/** What a check says of a tree with these faults; undefined when it finds nothing wrong. */
function verdict(name: string, faults: Record<string, string | null> = {}): Promise<string | undefined> {
  const check = checks[name];
  if (check === undefined) throw new Error(`no check is called ${name}`);
  const root = plant(faults);
  roots.push(root);
  return check(root);
}

describe('types', () => {
  test('passes the sound tree', async () => {
    expect(await verdict('types')).toBeUndefined();
  });

  test.each([
    ['a wrong type', 'src-main/engine/turns/tree.ts', "export const wrong: number = 'text';"],
    ['an unchecked index', 'src-main/engine/turns/tree.ts', 'export const first = (all: string[]): string => all[0];'],
    ['an enum', 'src-main/engine/turns/tree.ts', 'export enum Kind { A }'],
    ['Node in the contract', 'src-preload/contract/ping.ts', 'export const here = process.cwd();'],
    ['the DOM in the engine', 'src-main/engine/turns/tree.ts', 'export const page = document.title;'],
    ['Node in the renderer', 'src-renderer/ui/label.tsx', 'export const here = process.cwd();'],
  ])('finds %s', async (_what, path, line) => {
    expect(await verdict('types', withLine(path, line))).toContain(path);
  });
});

describe('lint', () => {
  test('passes the sound tree', async () => {
    expect(await verdict('lint')).toBeUndefined();
  });

  test.each([
    ['any', 'export const loose = (x: any): string => String(x);', 'no-explicit-any'],
    ['a promise left alone (needs types)', 'Promise.resolve(1).then(() => 2);', 'no-floating-promises'],
    ['an unsafe value (needs types)', "export const raw: string = JSON.parse('1');", 'no-unsafe-assignment'],
    ['a default export', 'export default 1;', 'no-default-export'],
    ['an unfinished note', '// TODO later', 'no-warning-comments'],
    ['an unused import', "import { join } from 'node:path';", 'no-unused-vars'],
  ])('finds %s', async (_what, line, rule) => {
    expect(await verdict('lint', withLine('src-main/engine/turns/tree.ts', line))).toContain(rule);
  });
});

describe('format', () => {
  test('passes the sound tree', async () => {
    expect(await verdict('format')).toBeUndefined();
  });

  test('finds a file that is not formatted', async () => {
    const faults = withLine('src-main/engine/turns/tree.ts', 'export  const  wide = [ 1,2 ]');
    expect(await verdict('format', faults)).toContain('src-main/engine/turns/tree.ts');
  });
});

describe('imports', () => {
  test('passes the sound tree', async () => {
    expect(await verdict('imports')).toBeUndefined();
  });

  test.each([
    ['contract → engine', 'src-preload/contract/ping.ts', "import type {} from '#engine/turns/tree';"],
    ['contract → Node', 'src-preload/contract/ping.ts', "import 'node:fs';"],
    ['engine → adapter', 'src-main/engine/trace/list.ts', "import '#adapters/store';"],
    ['engine → adapter, types only', 'src-main/engine/trace/list.ts', "import type {} from '#adapters/store';"],
    ['engine → adapter, later', 'src-main/engine/trace/list.ts', "export const a = import('../../adapters/store.ts');"],
    ['engine → adapter, handed on', 'src-main/engine/trace/list.ts', "export { open } from '#adapters/store';"],
    ['engine → SQLite', 'src-main/engine/trace/list.ts', "import 'better-sqlite3';"],
    ['engine → Electron', 'src-main/engine/trace/list.ts', "import 'electron';"],
    ['engine → a package not listed', 'src-main/engine/trace/list.ts', "import 'react';"],
    ['engine → a package not installed', 'src-main/engine/trace/list.ts', "import 'left-pad';"],
    ['one domain → the inside of another', 'src-main/engine/turns/tree.ts', "import '../trace/list.ts';"],
    ['adapter → handler', 'src-main/adapters/store.ts', "import '#handlers/ping';"],
    ['handler → adapter', 'src-main/handlers/ping.ts', "import '#adapters/store';"],
    ['handler → host', 'src-main/handlers/ping.ts', "import '#hosts/cli/main';"],
    ['cli → Electron', 'src-main/hosts/cli/main.ts', "import 'electron';"],
    ['a host → a development package', 'src-main/hosts/cli/main.ts', "import 'fast-check';"],
    ['bridge → contract as a value', 'src-preload/index.ts', "import { ping } from '#contract/ping';"],
    ['channel names → zod', 'src-preload/contract/bridge.ts', "import 'zod';"],
    ['bridge → engine', 'src-preload/index.ts', "import type {} from '#engine/turns/tree';"],
    ['renderer → engine', 'src-renderer/app/main.tsx', "import type {} from '#engine/turns/tree';"],
    ['renderer → Node', 'src-renderer/app/main.tsx', "import 'node:fs';"],
    ['renderer → Electron', 'src-renderer/app/main.tsx', "import 'electron';"],
    ['renderer → the server', 'src-renderer/app/main.tsx', "import '@orpc/server';"],
    ['one feature → another', 'src-renderer/features/runs/runs.tsx', "import '../traces/traces.tsx';"],
    ['feature → app', 'src-renderer/features/runs/runs.tsx', "import '../../app/main.tsx';"],
    ['ui → feature', 'src-renderer/ui/label.tsx', "import '../features/runs/runs.tsx';"],
    ['product → test', 'src-main/engine/trace/list.ts', "import '../../../test/helper.ts';"],
  ])('stops %s', async (_what, path, line) => {
    const faults = { 'test/helper.ts': '// A helper.\n', ...withLine(path, line) };
    expect(await verdict('imports', faults)).toContain(`${path} → `);
  });

  test('finds a cycle, also of types', async () => {
    const faults = {
      'src-main/engine/turns/left.ts': "// Left.\nimport type { R } from './right.ts';\n\nexport type L = { r: R };\n",
      'src-main/engine/turns/right.ts': "// Right.\nimport type { L } from './left.ts';\n\nexport type R = { l: L };\n",
    };
    expect(await verdict('imports', faults)).toContain('no-cycle');
  });

  test('fails when there is no module to cruise', async () => {
    const root = plant();
    roots.push(root);
    const { rmSync } = await import('node:fs');
    for (const folder of ['src-main', 'src-preload', 'src-renderer']) rmSync(join(root, folder), { recursive: true });
    expect(await checks['imports']?.(root)).toContain('nothing was cruised');
  });

  test('fails when the cruise missed a module', async () => {
    const config = readFileSync(resolve(import.meta.dirname, '../../../.dependency-cruiser.mjs'), 'utf8');
    const blind = config.replace('parser:', "includeOnly: { path: '^src-main/hosts' },\n    parser:");
    expect(await verdict('imports', { '.dependency-cruiser.mjs': blind })).toContain(
      'engine/turns/tree.ts: was not cruised',
    );
  });
});

describe('unused', () => {
  test('finds an export and a file that nothing uses', async () => {
    const found = await verdict('unused', {
      ...withLine('src-main/engine/turns/tree.ts', 'export const nobodyWantsThis = 1;'),
      'src-main/engine/turns/alone.ts': '// Alone.\nexport const alone = 1;\n',
    });
    expect(found).toContain('nobodyWantsThis');
    expect(found).toContain('src-main/engine/turns/alone.ts');
  });

  test('finds a dependency that nothing uses, and takes no file of the sound tree for unused', async () => {
    const found = await verdict('unused');
    expect(found).toMatch(/hyparquet\b/);
    expect(found).not.toContain('src-');
  });
});

describe('files', () => {
  const path = 'src-main/engine/turns/tree.ts';

  test('passes the sound tree', async () => {
    expect(await verdict('files')).toBeUndefined();
  });

  test('counts to 400 lines', async () => {
    const long = (lines: number): string => `// Long.\n${'export {};\n'.repeat(lines - 1)}`;
    expect(await verdict('files', { [path]: long(400) })).toBeUndefined();
    expect(await verdict('files', { [path]: long(401) })).toContain(`${path}: 401 lines`);
  });

  test.each([
    ['no opening line', 'export const bare = 1;\n', 'first line'],
    ['export *', "// Barrel.\nexport * from './other.ts';\n", 'export *'],
    ['a decorator', '// Fancy.\n@sealed\nexport class A {}\n', 'decorators'],
  ])('finds %s', async (_what, text, words) => {
    expect(await verdict('files', { [path]: text })).toContain(words);
  });

  test('fails when there is nothing to check', async () => {
    expect(await checks['files']?.(join(import.meta.dirname, 'no-such-folder'))).toContain('nothing was checked');
  });
});

describe('lockfile', () => {
  type Lock = { packages: Record<string, { resolved?: string; integrity?: string; version: string }> };
  const read = (file: string): string => readFileSync(resolve(import.meta.dirname, '../../..', file), 'utf8');

  /** The real lockfile with one entry changed. */
  function changed(change: (entry: Lock['packages'][string]) => void): Record<string, string> {
    const lock = JSON.parse(read('package-lock.json')) as Lock;
    const entry = lock.packages['node_modules/zod'];
    if (entry === undefined) throw new Error('zod is not in the lockfile');
    change(entry);
    return { 'package-lock.json': JSON.stringify(lock) };
  }

  test('passes the sound tree', async () => {
    expect(await verdict('lockfile')).toBeUndefined();
  });

  test('finds an address', async () => {
    const faults = changed((entry) => (entry.resolved = 'http://packages.invalid/zod.tgz'));
    expect(await verdict('lockfile', faults)).toContain('node_modules/zod holds an address');
  });

  test('finds a package without a hash', async () => {
    expect(
      await verdict(
        'lockfile',
        changed((entry) => delete entry.integrity),
      ),
    ).toContain('no integrity');
  });

  test('finds a binary for another system that was left out', async () => {
    const lock = JSON.parse(read('package-lock.json')) as Lock;
    delete lock.packages['node_modules/@swc/core-darwin-arm64'];
    const found = await verdict('lockfile', { 'package-lock.json': JSON.stringify(lock) });
    expect(found).toContain('needs @swc/core-darwin-arm64, which has no entry');
  });

  test('finds a version that floats, and one that differs from the manifest', async () => {
    const floating = read('package.json').replace(/"zod": "[^"]+"/, '"zod": "^4.0.0"');
    const found = await verdict('lockfile', { 'package.json': floating });
    expect(found).toContain('zod is not pinned');
    expect(found).toContain('package.json says ^4.0.0');
  });
});
