// The agents, tools, models and policy of the sample: without a finding, by the compiler and by the studio, and their models know what to say.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readAgent } from '#engine/graph/read';
import { parseScript } from '#engine/models/scripted-parse';
import { parsePolicy } from '#engine/tools/policy';

const root = join(import.meta.dirname, '..', '..', '..');
const sample = join(root, 'resources', 'sample');
const text = (...path: readonly string[]): string => readFileSync(join(sample, ...path), 'utf8');
const agents = readdirSync(join(sample, 'agents'));
const models = readdirSync(join(sample, 'models'));

test('there are three agents and a model for each', () => {
  expect(agents).toEqual(['desk.agent.ts', 'digest.agent.ts', 'triage.agent.ts']);
  expect(models).toEqual(['desk.model.json', 'digest.model.json', 'triage.model.json']);
});

test.for(agents)('%s has no finding', (name) => {
  const { graph, findings } = readAgent(`agents/${name}`, text('agents', name));
  expect(findings).toEqual([]);
  expect(graph.nodes.length).toBeGreaterThan(1);
  expect(graph.description).toBeTruthy();
});

test('what is wrong in one would be found', () => {
  const spoilt = text('agents', 'triage.agent.ts').replace("edge('pay', 'answer')", "edge('pay', 'anwser')");
  expect(readAgent('agents/triage.agent.ts', spoilt).findings.map((finding) => finding.message)).toEqual([
    expect.stringContaining('anwser'),
  ]);
});

test.for(models)('models/%s can be read', (name) => {
  expect(parseScript(name, text('models', name)).rules.length).toBeGreaterThan(2);
});

test('the policy can be read, and names tools that there are', () => {
  const tools = readdirSync(join(sample, 'tools'))
    .map((name) => text('tools', name))
    .join('');
  const names = parsePolicy(text('policies.json')).rules.map((rule) => rule.tool);
  expect(names).toEqual(['saveDraft', 'refund', 'reserve']);
  for (const name of names) expect(tools).toContain(`name: '${name}'`);
});

test('the compiler finds nothing wrong in agents and tools', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-sample-types-'));
  try {
    const config = {
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions: {
        types: ['node'],
        typeRoots: [join(root, 'node_modules', '@types')],
        paths: { atelier: [join(root, 'src-main', 'engine', 'graph', 'atelier.ts')] },
      },
      include: [join(sample, '**', '*.ts')],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = spawnSync(process.execPath, [compiler, '-p', folder, '--listFilesOnly'], { encoding: 'utf8' });
    expect(stdout).toContain('triage.agent.ts');
    const done = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' });
    expect(done.stdout).toBe('');
    expect(done.status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
