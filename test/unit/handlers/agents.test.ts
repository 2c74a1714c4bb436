// Agents over the contract: from a template to a graph, with what may not be asked refused.
import { createRouterClient } from '@orpc/server';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Topic } from '#contract/workspace';
import { Agents } from '#engine/graph/catalog';
import { Studio } from '#engine/studio';
import { agentsHandlers } from '#handlers/agents';
import { resourcesFolder, typeSources } from '#hosts/type-sources';
import { temporaryStore } from '#test/store';

function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-agents-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const store = temporaryStore();
  const resources = resourcesFolder();
  const agents = new Agents({
    folder,
    runs: store.runs,
    templates: join(resources, 'templates'),
    types: () => typeSources(resources),
    load: (file) => Promise.resolve({ bundle: { hash: file }, face: { input: {}, state: {} } }),
  });
  const studio = new Studio({ path: folder, isSample: false, store, clock: { now: () => 1 }, agents });
  const none = () => {
    throw new Error('Agents ask nothing of the desk.');
  };
  const desk = { pickFiles: none, pickFolder: none, pickSaveFile: none, isGranted: none, reveal: none };
  const workspaces = {
    current: none,
    recent: none,
    open: none,
    pick: none,
    openSample: none,
    forget: none,
    doctor: none,
  };
  const told: Topic[] = [];
  void (async () => {
    for await (const { topics } of studio.changes.listen(studio.closing)) told.push(...topics);
  })();
  return {
    told,
    client: createRouterClient({ agents: agentsHandlers }, { context: { studio: () => studio, desk, workspaces } })
      .agents,
  };
}

it('makes, lists, shows and loads an agent, and tells the views', async () => {
  const { client, told } = setUp();
  expect(await client.list()).toEqual([]);
  expect((await client.templates()).map(({ name }) => name)).toContain('approval');
  const made = await client.create({ name: 'letter', template: 'approval' });
  expect(await client.list()).toEqual([made]);
  expect(told).toEqual(['agents']);
  const { graph, source } = await client.get({ file: made.file });
  expect(graph.nodes.map(({ name }) => name)).toEqual(['write', 'approve', 'way', 'publish']);
  expect(source).toContain("model: 'scripted/letter'");
  expect(await client.face({ file: made.file })).toEqual({ hash: made.file, input: {}, state: {} });
});

it('refuses in the words of the contract', async () => {
  const { client, told } = setUp();
  await expect(client.get({ file: '../../etc/passwd' })).rejects.toMatchObject({ code: 'REFUSED' });
  await expect(client.get({ file: 'agents/x.agent.ts' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    data: { hint: expect.any(String) },
  });
  await expect(client.ofRun({ id: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(client.create({ name: '../x', template: 'blank' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(client.create({ name: 'x', template: 'blanc' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    data: { hint: 'Did you mean "blank"?' },
  });
  expect(told).toEqual([]);
});
