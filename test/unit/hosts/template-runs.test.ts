// Agents as they come from the templates, run from start to end by the real runtime without a network.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scaffold } from '#engine/graph/scaffold';
import { createFrom, templatesIn } from '#engine/graph/templates';
import { resourcesFolder, typeSources } from '#hosts/type-sources';
import { Runtime } from '#test/runtime';
import { temporaryFolder } from '#test/store';

const resources = resourcesFolder();
const templates = join(resources, 'templates');
const allow = JSON.stringify({ rules: [{ tool: '*', decision: 'allow' }] });

async function workspaceWith(template: string): Promise<string> {
  const folder = temporaryFolder();
  await scaffold(folder, typeSources(resources));
  await createFrom(templates, template, folder, 'mine');
  return folder;
}

const file = 'agents/mine.agent.ts';

describe('an agent from a template', { timeout: 60_000 }, () => {
  it('is tried here, whichever it is', async () => {
    const names = (await templatesIn(templates)).map(({ name }) => name);
    expect(names).toEqual(['blank', 'approval', 'chat', 'map-reduce', 'tool-loop']);
  });

  it('blank: says hello', async () => {
    await using runtime = new Runtime(await workspaceWith('blank'));
    const { id } = await runtime.control.start({ file, input: { name: 'Ann' }, seed: 1 });
    await runtime.reaches(id, 'finished');
    expect(runtime.state(id)).toMatchObject({ greeting: 'Hello, Ann!' });
  });

  it('chat: goes on until there is no more to say', async () => {
    await using runtime = new Runtime(await workspaceWith('chat'));
    const { id } = await runtime.control.start({ file, input: { message: 'Hello' }, seed: 1 });
    const first = await runtime.asked(id);
    await runtime.control.answer(id, first.id, { message: 'It rains.' }, 'ann');
    const second = await runtime.asked(id);
    await runtime.control.answer(id, second.id, {}, 'ann');
    await runtime.reaches(id, 'finished');
    const { talk } = runtime.state(id);
    const texts = JSON.stringify(talk).match(/"text":"[^"]*"/gu);
    expect(texts).toEqual([
      '"text":"Hello"',
      '"text":"Hello! What can I do for you?"',
      '"text":"It rains."',
      '"text":"You said: It rains."',
    ]);
  });

  it('tool-loop: looks up what it needs', async () => {
    await using runtime = new Runtime(await workspaceWith('tool-loop'));
    const { id } = await runtime.control.start({ file, input: { question: 'How large is Oslo?' }, seed: 1 });
    await runtime.reaches(id, 'finished');
    expect(runtime.state(id)).toMatchObject({ answer: 'Oslo is in Norway, and 724290 people live there.' });
  });

  it('approval: writes again, then publishes what was approved', async () => {
    const folder = await workspaceWith('approval');
    // A new workspace asks before a tool writes.
    writeFileSync(join(folder, 'policies.json'), allow);
    await using runtime = new Runtime(folder);
    const { id } = await runtime.control.start({ file, input: { about: 'The shop opens at nine.' }, seed: 1 });
    const first = await runtime.asked(id);
    expect(first.details).toContain('The shop opens at nine.');
    await runtime.control.answer(id, first.id, { decision: 'again', note: 'From Monday.' }, 'ann');
    const second = await runtime.asked(id);
    expect(second.details).toContain('From Monday.');
    await runtime.control.answer(id, second.id, { decision: 'publish' }, 'ann');
    await runtime.reaches(id, 'finished');
    expect(readFileSync(join(folder, 'published/latest.md'), 'utf8')).toContain('From Monday.');
  });

  it('map-reduce: makes one page of all topics, in their order', async () => {
    await using runtime = new Runtime(await workspaceWith('map-reduce'));
    const topics = ['bread', 'salt', 'tea', 'milk', 'figs'];
    const { id } = await runtime.control.start({ file, input: { topics }, seed: 1 });
    await runtime.reaches(id, 'finished');
    const { page } = runtime.state(id);
    expect(JSON.stringify(page).match(/## \w+/gu)).toEqual(topics.map((topic) => `## ${topic}`));
  });
});
