// A small tree that passes every check, in a temporary folder, to plant faults in.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../../..');

const configuration = [
  '.dependency-cruiser.mjs',
  '.oxfmtrc.json',
  '.oxlintrc.json',
  'build/walls.mjs',
  'knip.json',
  'package.json',
  'tsconfig.base.json',
  'tsconfig.contract.json',
  'tsconfig.json',
  'tsconfig.main.json',
  'tsconfig.preload.json',
  'tsconfig.renderer.json',
];

const sound: Record<string, string> = {
  'src-preload/contract/ping.ts': `// The treaty: one word.
import { z } from 'zod';

export const ping = z.string();
export type Ping = z.infer<typeof ping>;
`,
  'src-preload/index.ts': `// The bridge.
import { contextBridge } from 'electron';
import type { Ping } from '#contract/ping';

const word: Ping = 'pong';
contextBridge.exposeInMainWorld('word', word);
`,
  'src-main/engine/turns/tree.ts': `// The tree.
import { createHash } from 'node:crypto';
import { ping } from '#contract/ping';

export const id = (text: string): string => createHash('sha256').update(ping.parse(text)).digest('hex');
`,
  'src-main/engine/trace/list.ts': `// A list.
import { id } from '../turns/tree.ts';

export const list = (texts: string[]): string[] => texts.map(id);
`,
  'src-main/adapters/store.ts': `// A store.
import Database from 'better-sqlite3';
import { id } from '#engine/turns/tree';

export const open = (file: string): string => (new Database(file).open ? id(file) : '');
`,
  'src-main/handlers/ping.ts': `// A handler.
import { list } from '#engine/trace/list';

export const handle = (): string[] => list([]);
`,
  'src-main/hosts/cli/main.ts': `// The command line.
import { open } from '#adapters/store';
import { handle } from '#handlers/ping';

process.stdout.write(open(handle().join(' ')));
`,
  'src-renderer/index.html': `<!doctype html>
<html lang="en">
  <body>
    <script type="module" src="./app/main.tsx"></script>
  </body>
</html>
`,
  'src-renderer/ui/label.tsx': `// A label.
import type { ReactElement } from 'react';

export function Label({ text }: { text: string }): ReactElement {
  return <span>{text}</span>;
}
`,
  'src-renderer/features/runs/runs.tsx': `// Runs.
import type { ReactElement } from 'react';
import { Label } from '../../ui/label.tsx';

export function Runs(): ReactElement {
  return <Label text="runs" />;
}
`,
  'src-renderer/features/traces/traces.tsx': `// Traces.
import type { ReactElement } from 'react';
import { Label } from '../../ui/label.tsx';

export function Traces(): ReactElement {
  return <Label text="traces" />;
}
`,
  'src-renderer/app/main.tsx': `// The page.
import { createRoot } from 'react-dom/client';
import { Runs } from '../features/runs/runs.tsx';
import { Traces } from '../features/traces/traces.tsx';

createRoot(document.body).render([<Runs key="runs" />, <Traces key="traces" />]);
`,
};

/** The tree's root, with `faults` written over the sound files; a null takes a file away. */
export function plant(faults: Record<string, string | null> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'atelier-planted-'));
  for (const path of configuration) cpSync(join(repository, path), join(root, path));
  cpSync(join(repository, 'package-lock.json'), join(root, 'package-lock.json'));
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'), 'junction');
  for (const [path, text] of Object.entries({ ...sound, ...faults })) {
    if (text === null) continue;
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

export function uproot(root: string): void {
  // The link goes first, so that nothing can follow it.
  rmSync(join(root, 'node_modules'));
  rmSync(root, { recursive: true });
}

/** A sound file with one line more, to break just one thing. */
export function withLine(path: string, line: string): Record<string, string> {
  const [first = '', ...rest] = (sound[path] ?? `// New.\n`).split('\n');
  return { [path]: [first, line, ...rest].join('\n') };
}
