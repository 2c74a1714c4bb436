// Makes resources/types/atelier: the types of the module 'atelier', as workspaces get them. `npm run types`; a test says when it must be run.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const options =
  '--ignoreConfig --declaration --emitDeclarationOnly --rootDir . --target es2024 --lib es2024 --module esnext ' +
  '--moduleResolution bundler --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --skipLibCheck ' +
  '--allowImportingTsExtensions --types node';

/** File name → text. */
export function atelierTypes(): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-types-'));
  try {
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const entry = join('src-main', 'engine', 'graph', 'atelier.ts');
    const done = spawnSync(process.execPath, [compiler, entry, ...options.split(' '), '--outDir', folder], {
      cwd: root,
      encoding: 'utf8',
    });
    if (done.status !== 0) throw new Error(`tsc: ${done.stdout}${done.stderr}`);
    return new Map(
      ['src-main/engine/graph', 'src-preload/contract'].flatMap((from) =>
        readdirSync(join(folder, from)).map((name): [string, string] => [
          name === 'atelier.d.ts' ? 'index.d.ts' : name,
          flat(readFileSync(join(folder, from, name), 'utf8')),
        ]),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All files lie in one folder, and are imported as TypeScript finds declarations. */
function flat(text: string): string {
  const paths = text
    .replaceAll(/(['"])#contract\/([\w-]+)\1/g, "'./$2.js'")
    .replaceAll(/(['"])\.\/([\w-]+)\.ts\1/g, "'./$2.js'");
  return `// Made by build/types.ts: do not change it here.\n${paths}`;
}

if (import.meta.main) {
  const folder = join(root, 'resources', 'types', 'atelier');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of atelierTypes()) writeFileSync(join(folder, name), text);
}
