// The agents, tools, models and policy of the sample: without a finding, by the compiler and by the studio, and their models know what to say.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readAgent } from '#engine/graph/read';
import { scaffold } from '#engine/graph/scaffold';
import { parseScript } from '#engine/models/scripted-parse';
import { parsePolicy } from '#engine/tools/policy';
import { laySampleDown } from '#hosts/sample-files';
import { typeSources } from '#hosts/type-sources';

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

test('a workspace made from it is one as `atelier init` makes it, and the compiler finds nothing wrong in it', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'atelier-sample-types-'));
  const folder = join(scratch, 'Riverside Books');
  try {
    laySampleDown(sample, folder);
    const { kept } = await scaffold(folder, typeSources(join(root, 'resources')));
    expect(kept).toEqual(['agents/', 'tools/', 'models/', 'atelier.json', 'policies.json', 'tsconfig.json']);
    const fresh = join(scratch, 'fresh', 'Riverside Books');
    await scaffold(fresh, typeSources(join(root, 'resources')));
    for (const name of ['tsconfig.json', 'atelier.json']) {
      expect(text(name)).toBe(readFileSync(join(fresh, name), 'utf8'));
    }
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const run = (): string =>
      spawnSync(process.execPath, [compiler, '-p', folder, '--listFiles'], { encoding: 'utf8' }).stdout;
    const faults = (said: string): string[] => said.split('\n').filter((line) => line.includes('error TS'));
    // The example of the page on tools stands in it too.
    const example = /^```ts\n(.*?)^```$/msu.exec(readFileSync(join(root, 'docs', 'tools.md'), 'utf8'))?.[1] ?? '';
    writeFileSync(join(folder, 'tools', 'example.ts'), example);
    const said = run();
    expect(said).toMatch(/triage\.agent\.ts[^]*tools.example\.ts/u);
    expect(faults(said)).toEqual([]);
    writeFileSync(
      join(folder, 'tools', 'orders.ts'),
      text('tools', 'orders.ts').replace('total: z.number()', 'total: z.boolean()'),
    );
    expect(faults(run()).join()).toContain('triage.agent.ts');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
