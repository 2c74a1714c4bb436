// The bundler on real folders: what it makes runs, is named by what it is made of, and says where something is wrong.
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EsbuildBundler } from '#adapters/bundler';
import { Problem } from '#engine/problem';

const source = join(import.meta.dirname, '../../../src-main/engine/graph/atelier.ts');
const externals = { atelier: pathToFileURL(source).href, zod: import.meta.resolve('zod') };
const bundler = new EsbuildBundler(externals);
afterAll(() => bundler.close());

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-bundle-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const cache = (): string[] => readdirSync(join(folder, '.atelier/cache/agents'));

const tool = `import { defineTool } from 'atelier';
import { z } from 'zod';
export const search = defineTool({
  name: 'search', description: 'd', input: z.object({ q: z.string() }), effect: 'read',
  run: ({ q }: { q: string }) => { throw new Error(q); },
});
`;
const agent = `import { agent, code, end, start } from 'atelier';
import { z } from 'zod';
import { search } from '../tools/search.ts';
export default agent({ state: { a: z.string() }, tools: { search } }, { nodes: { one: code(() => ({ a: 'x' })) }, edges: [start('one'), end('one')] });
`;

async function problem(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Problem) return error;
  throw new Error(`no Problem but ${String(error)}`);
}

describe('a bundle', () => {
  it('is a module whose tools know their file, with the shared modules outside', async () => {
    put('tools/search.ts', tool);
    put('agents/a.agent.ts', agent);
    const { url, files, hash } = await bundler.bundle(folder, 'agents/a.agent.ts');
    expect(Object.keys(files)).toEqual(['agents/a.agent.ts', 'tools/search.ts']);
    expect(files['tools/search.ts']).toBe(tool);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    const text = readFileSync(fileURLToPath(url), 'utf8');
    expect(text).toContain(JSON.stringify(externals.atelier));
    const loaded = (await import(url)) as { default: { definition: { tools: { search: { file: string } } } } };
    expect(loaded.default.definition.tools.search.file).toBe('tools/search.ts');
  });

  it('leads from an error to its place in the source', async () => {
    put('tools/search.ts', tool);
    put('agents/a.agent.ts', agent);
    const { url } = await bundler.bundle(folder, 'agents/a.agent.ts');
    const code = `const { default: a } = await import(${JSON.stringify(url)}); try { a.definition.tools.search.run({ q: 'x' }, {}) } catch (e) { console.log(e.stack) }`;
    const { stdout } = spawnSync(process.execPath, ['--enable-source-maps', '--input-type=module', '-e', code], {
      encoding: 'utf8',
    });
    expect(stdout).toContain(`${join('tools', 'search.ts')}:5:42`);
  });

  it('takes packages of the workspace in, and data', async () => {
    put('node_modules/left/package.json', '{"name":"left","version":"1.0.0","main":"i.js"}');
    put('node_modules/left/i.js', "const path = require('node:path'); exports.left = () => path.sep + 'left';");
    put('agents/words.json', '["a","b"]');
    put('agents/prompt.md', 'Be brief.');
    put(
      'agents/b.agent.ts',
      `import { left } from 'left'; import words from './words.json'; import prompt from './prompt.md'; export default [left(), words, prompt];`,
    );
    const { url, files } = await bundler.bundle(folder, 'agents/b.agent.ts');
    const loaded = (await import(url)) as { default: unknown };
    expect(loaded.default).toEqual(['/left', ['a', 'b'], 'Be brief.']);
    // Packages are no part of the hash; what the user wrote is.
    expect(Object.keys(files)).toEqual(['agents/b.agent.ts', 'agents/prompt.md', 'agents/words.json']);
  });
});

describe('the hash', () => {
  it('follows the texts of the own files, and the module is made only when one changed', async () => {
    put('agents/a.agent.ts', 'export default 1;');
    const first = await bundler.bundle(folder, 'agents/a.agent.ts');
    expect(await bundler.bundle(folder, 'agents/a.agent.ts')).toBe(first);
    put('agents/a.agent.ts', 'export default 2;');
    const second = await bundler.bundle(folder, 'agents/a.agent.ts');
    expect(second.hash).not.toBe(first.hash);
    put('agents/a.agent.ts', 'export default 1;');
    expect(await bundler.bundle(folder, 'agents/a.agent.ts')).toEqual(first);
    expect(cache()).toHaveLength(2);
    rmSync(fileURLToPath(first.url));
    expect(await bundler.bundle(folder, 'agents/a.agent.ts')).toEqual(first);
    expect(cache()).toHaveLength(2);
  });

  it('sees a change below, and one file among many at once', async () => {
    put('agents/a.agent.ts', "import { x } from '../lib/x.ts'; export default x;");
    put('lib/x.ts', 'export const x = 1;');
    const all = await Promise.all(Array.from({ length: 50 }, () => bundler.bundle(folder, 'agents/a.agent.ts')));
    expect(new Set(all).size).toBe(1);
    put('lib/x.ts', 'export const x = 22;');
    expect((await bundler.bundle(folder, 'agents/a.agent.ts')).hash).not.toBe(all[0]?.hash);
  });

  it('keeps the newest 200 modules', async () => {
    put('agents/a.agent.ts', 'export default 1;');
    await bundler.bundle(folder, 'agents/a.agent.ts');
    for (let at = 0; at < 250; at++) {
      const path = join(folder, '.atelier/cache/agents', `old-${at}.mjs`);
      writeFileSync(path, '');
      utimesSync(path, at, at);
    }
    put('agents/a.agent.ts', 'export default 2;');
    const { url } = await bundler.bundle(folder, 'agents/a.agent.ts');
    expect(cache()).toHaveLength(200);
    expect(cache()).toContain(fileURLToPath(url).split('/').at(-1));
    expect(cache()).not.toContain('old-0.mjs');
  });
});

describe('what cannot be bundled', () => {
  it('says file, line, column and cause', async () => {
    put('agents/a.agent.ts', "import './b.ts';\n");
    put('agents/b.ts', '\nconst x = (;\n');
    const wrong = await problem(bundler.bundle(folder, 'agents/a.agent.ts'));
    expect(wrong.code).toBe('BAD_INPUT');
    expect(wrong.message).toBe('agents/b.ts:2:12: Unexpected ";".');
    put('agents/b.ts', "import 'not-there';\n");
    const missing = await problem(bundler.bundle(folder, 'agents/a.agent.ts'));
    expect(missing.message).toBe('agents/b.ts:1:8: Could not resolve "not-there".');
    expect(missing.hint).toMatch(/installed/);
    expect((await problem(bundler.bundle(folder, 'agents/none.agent.ts'))).code).toBe('NOT_FOUND');
  });

  it('says column 1-based right on the first line, where a name was put before it', async () => {
    put('agents/a.agent.ts', 'const x = (;');
    expect((await problem(bundler.bundle(folder, 'agents/a.agent.ts'))).message).toMatch(
      /^agents\/a\.agent\.ts:1:12: /,
    );
  });

  it('refuses files outside of the workspace, by paths and by links', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'atelier-elsewhere-'));
    writeFileSync(join(elsewhere, 'secret.ts'), 'export const x = 1;');
    put('agents/a.agent.ts', `import { x } from '${join(elsewhere, 'secret.ts')}'; export default x;`);
    expect((await problem(bundler.bundle(folder, 'agents/a.agent.ts'))).message).toMatch(/outside of the workspace/);
    symlinkSync(join(elsewhere, 'secret.ts'), join(folder, 'agents/link.ts'));
    put('agents/a.agent.ts', `import { x } from './link.ts'; export default x;`);
    expect((await problem(bundler.bundle(folder, 'agents/a.agent.ts'))).message).toMatch(/outside of the workspace/);
    expect((await problem(bundler.bundle(folder, '../x.ts'))).code).toBe('REFUSED');
    rmSync(elsewhere, { recursive: true });
  });

  it('goes on where another bundler ends the process that they share', async () => {
    put('agents/a.agent.ts', 'export default 1;');
    const other = new EsbuildBundler(externals);
    await other.bundle(folder, 'agents/a.agent.ts');
    put('agents/b.agent.ts', 'export default 2;');
    const [bundle] = await Promise.all([bundler.bundle(folder, 'agents/b.agent.ts'), other.close()]);
    expect(bundle.files).toEqual({ 'agents/b.agent.ts': 'export default 2;' });
  });
});
