// What commands for runs are given: inputs, states, answers, files of agents.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OpenInterrupt } from '#contract/run';
import { agentFile } from '#hosts/cli/agent-files';
import { answerOf, inputOf, settingsOf } from '#hosts/cli/run-values';
import { jsonLine } from '#hosts/cli/text';
import { temporaryFolder } from '#test/store';

describe('an input', () => {
  it('is JSON, or lies in a file', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'in.json'), '{"mail":"Hi"}');
    expect(inputOf('{"mail":"Hi"}', folder)).toEqual({ mail: 'Hi' });
    expect(inputOf('@in.json', folder)).toEqual({ mail: 'Hi' });
    expect(inputOf(undefined, folder)).toEqual({});
  });

  it.each(['[1]', 'mail', '{"a":', '@list.json', '@none.json'])('is refused as %s', (text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'list.json'), '[]');
    expect(() => inputOf(text, folder)).toThrow(/JSON object|cannot be read/);
  });

  it.runIf(process.platform !== 'win32').each(['@/dev/zero', '@/'])('is no device and no folder: %s', (text) => {
    expect(() => inputOf(text, temporaryFolder())).toThrow(/it is no file/);
  });

  it('is told as JSON that no terminal obeys and that reads the same', () => {
    const value = { text: 'a \u001b[2J b \u009b31m c \u202e d é' };
    const line = jsonLine(value);
    expect(line).not.toMatch(/[\p{Cc}\u202E]/u);
    expect(line).toContain('é');
    expect(JSON.parse(line)).toEqual(value);
  });
});

it('takes settings as JSON, or as text where they are none', () => {
  expect(settingsOf(['n=3', 'list=[1]', 'name=Ada = Lovelace', 'empty='], 'set')).toEqual({
    n: 3,
    list: [1],
    name: 'Ada = Lovelace',
    empty: '',
  });
  expect(() => settingsOf(['=3'], 'set')).toThrow(/--set takes NAME=VALUE/);
});

describe('an answer', () => {
  const open = (...ids: readonly string[]): OpenInterrupt[] =>
    ids.map((id) => ({ id, kind: 'human', title: '', openedAt: 0 }));

  it('is for the question of that id, or of that node where there is one', () => {
    const all = open('/3:approve', '/3:fan[0]/1:each#1.1');
    expect(answerOf('/3:approve={"ok":true}', all)).toEqual({ interrupt: '/3:approve', value: { ok: true } });
    expect(answerOf('approve=fine', all)).toEqual({ interrupt: '/3:approve', value: 'fine' });
    expect(answerOf('/3:fan[0]/1:each#1.1={"allow":true}', all).interrupt).toBe('/3:fan[0]/1:each#1.1');
    expect(answerOf('fan/each={"allow":true}', all).interrupt).toBe('/3:fan[0]/1:each#1.1');
    expect(answerOf('each={"allow":true}', all).interrupt).toBe('/3:fan[0]/1:each#1.1');
  });

  it('says what is asked where it fits none or more than one', () => {
    expect(() => answerOf('send=1', open('/3:approve'))).toThrow(/waits for no answer "send"/);
    expect(() => answerOf('each=1', open('/3:each', '/4:each'))).toThrow(/More than one/);
    expect(() => answerOf('each', open())).toThrow(/NAME=VALUE/);
  });
});

it('finds an agent by its path from here or from the workspace, or by its name, and only inside the workspace', () => {
  const folder = temporaryFolder();
  const other = temporaryFolder();
  mkdirSync(join(folder, 'agents/deep'), { recursive: true });
  writeFileSync(join(folder, 'agents/triage.agent.ts'), '');
  writeFileSync(join(other, 'x.agent.ts'), '');
  for (const [named, cwd] of [
    ['triage', other],
    ['agents/triage.agent.ts', other],
    ['../triage.agent.ts', join(folder, 'agents/deep')],
    [join(folder, 'agents/triage.agent.ts'), other],
  ] as const)
    expect(agentFile(named, cwd, folder)).toBe('agents/triage.agent.ts');
  expect(() => agentFile('x.agent.ts', other, folder)).toThrow(/is not in the workspace/);
  expect(() => agentFile('none', other, folder)).toThrow(/There is no agent none/);
});
