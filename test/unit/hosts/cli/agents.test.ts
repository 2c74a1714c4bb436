// `init`, `new`, `check` and `graph` as a person uses them: from an empty folder to an agent in which nothing is wrong.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '#hosts/cli/run';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-cli-agents-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function atelier(argv: readonly string[], options: { readonly isTTY?: boolean; readonly cwd?: string } = {}) {
  let out = '';
  let err = '';
  const code = await runCli(argv, {
    out: { isTTY: options.isTTY ?? true, write: (text) => (out += text) },
    err: { isTTY: false, write: (text) => (err += text) },
    cwd: options.cwd ?? folder,
    signal: new AbortController().signal,
  });
  return { code, out, err };
}
const edit = (file: string, from: string, to: string): void => {
  const text = readFileSync(join(folder, file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(folder, file), text.replace(from, to));
};

describe('a workspace for agents', () => {
  it('is made, filled, checked and drawn', async () => {
    const made = await atelier(['init']);
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toContain('made  agents/');
    expect((await atelier(['init'])).out).toContain('kept  policies.json');

    const listed = await atelier(['new', '--list']);
    const names = ['blank', 'approval', 'chat', 'map-reduce', 'tool-loop'];
    expect(
      listed.out
        .split('\n')
        .slice(1, -1)
        .map((line) => line.split(' ')[0]),
    ).toEqual(names);
    for (const name of names) expect((await atelier(['new', 'agent', `my-${name}`, '--template', name])).code).toBe(0);

    expect(await atelier(['check'])).toMatchObject({ code: 0, out: '5 agents: nothing is wrong.\n' });
    const drawn = await atelier(['graph', 'my-chat'], { isTTY: false });
    expect(drawn.out).toMatch(/^flowchart LR\n[^]*n0 --> n1/u);
    expect((await atelier(['graph', 'agents/my-chat.agent.ts', '--dot'])).out).toMatch(/^digraph "my-chat" \{/u);
    const json: unknown = JSON.parse((await atelier(['graph', 'my-chat', '--json'])).out);
    expect(json).toMatchObject({
      file: 'agents/my-chat.agent.ts',
      graph: { nodes: [{ name: 'answer' }, { name: 'listen' }] },
      findings: [],
    });
  }, 60_000);

  it('lies where it is said to', async () => {
    expect(await atelier(['init', 'deep/er'])).toMatchObject({ code: 0 });
    expect(existsSync(join(folder, 'deep/er/agents'))).toBe(true);
    expect(await atelier(['new', 'agent', 'x', '--workspace', 'deep/er'])).toMatchObject({ code: 0 });
    writeFileSync(join(folder, 'file'), '');
    expect((await atelier(['init', 'file'])).code).toBe(1);
  });

  it('is needed for a new agent', async () => {
    const { code, err } = await atelier(['new', 'agent', 'x']);
    expect(code).toBe(1);
    expect(err).toContain('Neither this folder nor one above it is a workspace.');
  });

  it.each([
    [['new'], 'atelier new agent NAME'],
    [['new', 'thing'], 'atelier new agent thing'],
    [['new', 'agent'], 'Give the agent a name'],
    [['new', 'agent', 'a', 'b'], 'what is "b"?'],
    [['graph'], 'needs an agent file'],
    [['graph', 'x', '--dot', '--mermaid'], '--dot or --mermaid'],
  ])('%j is a wrong command line', async (argv, said) => {
    const { code, err } = await atelier(argv);
    expect(err).toContain(said);
    expect(code).toBe(2);
  });
});

describe('a check', () => {
  beforeEach(async () => {
    await atelier(['init']);
    await atelier(['new', 'agent', 'mail', '--template', 'approval']);
  });

  it('shows the place, the cause and what to write', async () => {
    edit('agents/mail.agent.ts', "edge('write', 'approve')", "edge('write', 'aprove')");
    const { code, out } = await atelier(['check', 'agents/mail.agent.ts']);
    expect(code).toBe(1);
    const [first = '', excerpt = '', marks = '', suggestion = ''] = out.split('\n');
    expect(first).toMatch(
      /^agents\/mail\.agent\.ts:\d+:\d+ {2}error {2}There is no node "aprove"\. {2}\[unknown-node\]$/u,
    );
    expect(excerpt.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1)).toBe("'aprove'");
    expect(suggestion).toBe('    Did you mean "approve"?');
    expect(out).toMatch(/1 error, 0 warnings in 1 agent\.\n$/u);
  });

  it('is JSON for programs, from wherever they stand', async () => {
    edit('agents/mail.agent.ts', "to: 'draft'", "to: 'drat'");
    mkdirSync(join(folder, 'elsewhere'));
    const { code, out } = await atelier(['check', '../agents/mail.agent.ts', '--json'], {
      cwd: join(folder, 'elsewhere'),
    });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      files: ['agents/mail.agent.ts'],
      errors: 1,
      warnings: 0,
      findings: [{ rule: 'unknown-key', file: 'agents/mail.agent.ts', line: 27, suggestion: 'Did you mean "draft"?' }],
    });
  });

  it('loads what reads well, and tells where that fails', async () => {
    edit(
      'agents/mail.agent.ts',
      'const Decision',
      'const table: { x?: { y: number } } = {};\nconst z1 = table.x!.y;\nconst Decision',
    );
    const { code, out } = await atelier(['check', 'mail']);
    expect(out).toContain('agents/mail.agent.ts:7:');
    expect(out).toContain("Cannot read properties of undefined (reading 'y')");
    expect(code).toBe(1);
    expect((await atelier(['check', 'mail', '--static'])).code).toBe(0);
  }, 30_000);

  it('tells of imports that lead nowhere, in the file that has them', async () => {
    edit('tools/publish.ts', "from 'zod'", "from 'zood'");
    const { code, out } = await atelier(['check', 'mail']);
    expect(out).toMatch(/^tools\/publish\.ts:5:\d+ {2}error {2}Could not resolve "zood"/u);
    expect(code).toBe(1);
  }, 30_000);

  it('passes with warnings, and says so', async () => {
    edit(
      'agents/mail.agent.ts',
      "state.decision?.decision ?? 'drop'",
      "state.decision?.decision ?? (Date.now() > 0 ? 'drop' : 'again')",
    );
    const { code, out } = await atelier(['check', '--static']);
    expect(out).toContain('warning');
    expect(out).toContain('0 errors, 1 warning in 1 agent.');
    expect(code).toBe(0);
  });

  it('says what is not there', async () => {
    expect(await atelier(['check', 'male'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no file male.'),
    });
    rmSync(join(folder, 'agents/mail.agent.ts'));
    expect(await atelier(['check'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('There is no agent file in'),
    });
  });
});
