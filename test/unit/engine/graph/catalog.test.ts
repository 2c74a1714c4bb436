// The agents of a workspace: listed with what is wrong, read again when they change, never from elsewhere.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunSummary } from '#contract/run';
import { Agents } from '#engine/graph/catalog';
import type { AgentSource } from '#engine/ports';
import { resourcesFolder, typeSources } from '#hosts/type-sources';

const resources = resourcesFolder();
const good = `import { agent, code, end, start } from 'atelier';
export default agent({ description: 'Good.', version: '3', state: {} }, { nodes: { one: code(() => {}) }, edges: [start('one'), end('one')] });`;

let folder = '';
let loaded: string[] = [];
let agents: Agents;
const runs = new Map<string, RunSummary>();
const sources = new Map<string, AgentSource>();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-agents-'));
  mkdirSync(join(folder, 'agents/deep'), { recursive: true });
  loaded = [];
  agents = new Agents({
    folder,
    runs: { get: (id) => runs.get(id), source: (hash) => sources.get(hash) },
    templates: join(resources, 'templates'),
    types: () => typeSources(resources),
    load: (file) => {
      loaded.push(file);
      return Promise.resolve({ bundle: { hash: 'h' }, face: { input: { type: 'object' }, state: {} } });
    },
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);

describe('the agents of a workspace', () => {
  it('are listed by name, broken ones with what is wrong', async () => {
    put('agents/b.agent.ts', good);
    put('agents/a.agent.ts', 'const = 3');
    put('agents/helper.ts', good);
    put('agents/deep/c.agent.ts', good);
    symlinkSync(join(folder, 'gone.ts'), join(folder, 'agents/gone.agent.ts'));
    const list = await agents.list();
    expect(list.map(({ name, file, nodeCount }) => ({ name, file, nodeCount }))).toEqual([
      { name: 'a', file: 'agents/a.agent.ts', nodeCount: 0 },
      { name: 'b', file: 'agents/b.agent.ts', nodeCount: 1 },
    ]);
    expect(list[0]?.findings[0]).toMatchObject({ rule: 'syntax', line: 1 });
    expect(list[1]).toMatchObject({ description: 'Good.', version: '3', findings: [] });
  });

  it('are none where there is no folder', async () => {
    rmSync(join(folder, 'agents'), { recursive: true });
    expect(await agents.list()).toEqual([]);
  });

  it('are read again when they change, and only then', async () => {
    put('agents/a.agent.ts', good);
    const first = await agents.get('agents/a.agent.ts');
    expect(await agents.get('agents/a.agent.ts')).toBe(first);
    put('agents/a.agent.ts', good.replace('Good.', 'Fine.'));
    utimesSync(join(folder, 'agents/a.agent.ts'), 1, 1);
    expect((await agents.get('agents/a.agent.ts')).info.description).toBe('Fine.');
  });

  it('say as which they began a run', async () => {
    put('agents/a.agent.ts', good);
    const run = { id: 'r', hash: 'h', file: 'agents/a.agent.ts' } as RunSummary;
    runs.set('r', run);
    const then = good.replace('Good.', 'Then.');
    sources.set('h', { hash: 'h', file: 'agents/a.agent.ts', files: { 'agents/a.agent.ts': then } });
    expect(await agents.ofRun('r')).toMatchObject({ source: then, info: { description: 'Then.' } });
    await expect(agents.ofRun('x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are loaded for their faces only where nothing is wrong to see', async () => {
    put('agents/a.agent.ts', good);
    expect(await agents.face('agents/a.agent.ts')).toEqual({ hash: 'h', input: { type: 'object' }, state: {} });
    put('agents/a.agent.ts', good.replace("end('one')", "end('on')"));
    await expect(agents.face('agents/a.agent.ts')).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(/^agents\/a\.agent\.ts:2:\d+: There is no node "on"\.$/u),
      hint: 'Did you mean "one"?',
    });
    expect(loaded).toEqual(['agents/a.agent.ts']);
  });

  it('are made from templates, in a workspace that is then ready for them', async () => {
    rmSync(join(folder, 'agents'), { recursive: true });
    expect(await agents.create('talk', 'chat')).toMatchObject({
      name: 'talk',
      file: 'agents/talk.agent.ts',
      findings: [],
      nodeCount: 2,
    });
    expect((await agents.templates())[0]).toEqual({ name: 'blank', summary: expect.any(String) });
    await expect(agents.create('talk', 'chat')).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('what is no agent of the workspace', () => {
  it.each([
    '../a.agent.ts',
    'agents/../../a.agent.ts',
    '/etc/passwd',
    'agents/deep/c.agent.ts',
    'tools/a.agent.ts',
    'agents/a.ts',
    'agents/\0.agent.ts',
    'agents\\a.agent.ts',
    '',
  ])('%j is refused', async (file) => {
    await expect(agents.get(file)).rejects.toMatchObject({ code: 'REFUSED' });
  });

  it('is what a link leads to outside of it', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'atelier-elsewhere-'));
    writeFileSync(join(elsewhere, 'secret.agent.ts'), 'const key = 1;');
    symlinkSync(join(elsewhere, 'secret.agent.ts'), join(folder, 'agents/link.agent.ts'));
    await expect(agents.get('agents/link.agent.ts')).rejects.toMatchObject({ code: 'REFUSED' });
    expect(await agents.list()).toMatchObject([{ name: 'link', nodeCount: 0, findings: [{ rule: 'load' }] }]);
    rmSync(elsewhere, { recursive: true });
  });

  it('is what is not there', async () => {
    await expect(agents.get('agents/none.agent.ts')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
