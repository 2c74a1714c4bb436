// A workspace as it is made: what is there stays, and the real tsc knows all of an agent without a registry.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scaffold } from '#engine/graph/scaffold';
import { createFrom, templatesIn } from '#engine/graph/templates';
import { refreshTypes } from '#engine/graph/workspace-types';
import { Problem } from '#engine/problem';
import { resourcesFolder, typeSources } from '#hosts/type-sources';
import { atelierTypes } from '../../../../build/types.ts';

const resources = resourcesFolder();
const types = typeSources(resources);
const templates = join(resources, 'templates');
const compiler = resolve(import.meta.dirname, '../../../../node_modules/typescript/bin/tsc');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-scaffold-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tsc = (): string =>
  spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], { encoding: 'utf8', cwd: folder }).stdout;

describe('a workspace', () => {
  it('is made once, and nothing in it is changed', async () => {
    const first = await scaffold(folder, types);
    expect(first.kept).toEqual([]);
    expect(readdirSync(folder).toSorted()).toEqual(
      [
        '.atelier',
        '.gitignore',
        'agents',
        'atelier.json',
        'models',
        'policies.json',
        'tools',
        'tsconfig.json',
      ].toSorted(),
    );
    expect(JSON.parse(readFileSync(join(folder, 'policies.json'), 'utf8'))).toEqual({ rules: [] });
    for (const name of ['policies.json', 'tsconfig.json', 'atelier.json']) writeFileSync(join(folder, name), 'mine');
    const second = await scaffold(folder, types);
    expect(second.made).toEqual([]);
    expect(second.kept).toEqual(first.made);
    for (const name of ['policies.json', 'tsconfig.json', 'atelier.json'])
      expect(readFileSync(join(folder, name), 'utf8')).toBe('mine');
  });

  it('adds one line to a .gitignore that is there', async () => {
    writeFileSync(join(folder, '.gitignore'), 'node_modules');
    await scaffold(folder, types);
    await scaffold(folder, types);
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('node_modules\n.atelier/\n');
  });

  it('says where it cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(scaffold(join(folder, 'file'), types)).rejects.toMatchObject({ code: 'REFUSED' });
  });

  it('has types that are laid down again where they are old or broken', async () => {
    await scaffold(folder, types);
    const index = join(folder, '.atelier/types/atelier/index.d.ts');
    expect(await refreshTypes(folder, types)).toBe(false);
    rmSync(join(folder, '.atelier/types/version'));
    writeFileSync(index, 'old');
    expect(await refreshTypes(folder, types)).toBe(true);
    expect(readFileSync(index, 'utf8')).toContain("from './define-agent.js'");
  });
});

describe('the types', () => {
  it('are those of the module as it is (npm run types makes them)', () => {
    const shipped = join(resources, 'types', 'atelier');
    const made = atelierTypes();
    expect(readdirSync(shipped).toSorted()).toEqual([...made.keys()].toSorted());
    const texts = new Map([...made.keys()].map((name) => [name, readFileSync(join(shipped, name), 'utf8')]));
    expect(texts).toEqual(made);
  }, 60_000);

  it('let tsc find nothing in templates and sample, and mistakes in what is mistaken', async () => {
    await scaffold(folder, types);
    for (const { name } of await templatesIn(templates)) await createFrom(templates, name, folder, `my-${name}`);
    for (const name of ['agents', 'tools'])
      cpSync(join(resources, 'sample', name), join(folder, name), { recursive: true });
    expect(tsc()).toBe('');
    const path = join(folder, 'agents/my-approval.agent.ts');
    const text = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      text.replace('state.about', 'state.abuot').replace("edge('write', 'approve')", "edge('write', 'aprove')"),
    );
    const found = tsc();
    expect(found).toContain("Property 'abuot' does not exist");
    expect(found).toContain('"aprove"');
    expect(found.split('\n').filter((line) => line.startsWith('agents'))).toHaveLength(2);
  }, 60_000);

  it('are found in the sample too', async () => {
    await scaffold(folder, types);
    const made = readFileSync(join(folder, 'tsconfig.json'), 'utf8');
    expect(readFileSync(join(resources, 'sample/tsconfig.json'), 'utf8')).toBe(made);
  });
});

describe('a template', () => {
  it('becomes files with the name of the agent, and leaves shared ones', async () => {
    mkdirSync(join(folder, 'tools'));
    writeFileSync(join(folder, 'tools/places.ts'), 'mine');
    expect(await createFrom(templates, 'tool-loop', folder, 'guide')).toEqual({
      file: 'agents/guide.agent.ts',
      made: ['agents/guide.agent.ts', 'models/guide.model.json'],
      kept: ['tools/places.ts'],
    });
    expect(readFileSync(join(folder, 'agents/guide.agent.ts'), 'utf8')).toContain("model: 'scripted/guide'");
    expect(readFileSync(join(folder, 'tools/places.ts'), 'utf8')).toBe('mine');
    expect(existsSync(join(folder, 'template.json'))).toBe(false);
  });

  it.each([
    ['guide', 'tool-lop', 'NOT_FOUND', 'Did you mean "tool-loop"?'],
    ['../guide', 'blank', 'BAD_INPUT', undefined],
    ['Guide', 'blank', 'BAD_INPUT', undefined],
    ['guide', '../blank', 'NOT_FOUND', undefined],
  ])('%s from %s is refused', async (name, template, code, hint) => {
    const error = await createFrom(templates, template, folder, name).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject(hint === undefined ? { code } : { code, hint });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does not take the place of an agent', async () => {
    await createFrom(templates, 'blank', folder, 'guide');
    await expect(createFrom(templates, 'chat', folder, 'guide')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(existsSync(join(folder, 'models'))).toBe(false);
  });
});
