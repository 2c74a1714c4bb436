// `atelier models` on a workspace of a person's: how providers stand, what they offer, and a call to try one.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createWorkspace } from '#adapters/workspace';
import { runCli } from '#hosts/cli/run';
import { temporaryFolder } from '#test/store';
import { startFakeUpstream, type FakeUpstream } from '#test/upstream/fake-upstream';
import { playJson } from '#test/upstream/said';
import { openaiError, playChat } from '#test/upstream/wire-openai';

let folder = '';
let server: FakeUpstream;
beforeEach(async () => {
  folder = temporaryFolder();
  vi.stubEnv('ATELIER_DATA', temporaryFolder());
  createWorkspace(folder);
  server = await startFakeUpstream((request) => {
    if (request.path === '/v1/models') return playJson({ data: [{ id: 'small' }, { id: 'large' }] });
    if (request.body.includes('"bad"')) return playJson(openaiError('No such model'), 404);
    return playChat({ text: 'Good day', model: 'small-1', usage: { input: 3, output: 2 } })(request);
  });
  const p = { dialect: 'openai', url: `${server.origin}/v1`, secret: 'KEY' };
  const q = { dialect: 'openai', url: `${server.origin}/v1`, models: ['small', 'large'] };
  const models = { providers: { p, q }, fallbacks: { 'p/small': ['q/small'] }, budgets: { day: { usd: 5 } } };
  writeFileSync(join(folder, 'atelier.json'), JSON.stringify({ models }));
  return async () => {
    vi.unstubAllEnvs();
    await server.close();
  };
});

async function atelier(argv: readonly string[], isTTY = true) {
  let out = '';
  let err = '';
  const code = await runCli(['models', ...argv], {
    out: { isTTY, columns: 200, rows: 30, write: (text) => (out += text) },
    err: { isTTY: false, write: (text) => (err += text) },
    cwd: folder,
    signal: new AbortController().signal,
  });
  return { code, out, err };
}

describe('atelier models', () => {
  it('shows each provider, its secret by name and how it stands, fallbacks, budgets and today', async () => {
    const { code, out } = await atelier([]);
    expect(code).toBe(0);
    expect(out).toContain(`${server.origin}/v1`);
    expect(out).toMatch(/p +openai chat .* KEY \(missing\)/u);
    expect(out).toContain('small, large');
    expect(out).toContain('p/small → q/small');
    expect(out).toContain('Budget of a day: 5 USD.');
    expect(out).toContain('Today: 0 calls');
    const { providers } = JSON.parse((await atelier(['--json'])).out) as { providers: { name: string }[] };
    expect(providers.map(({ name }) => name)).toEqual(['p', 'q']);
    expect(server.received).toBe(0);
  });

  it('says where atelier.json is wrong', async () => {
    writeFileSync(join(folder, 'atelier.json'), '{ "models": ');
    const { code, out } = await atelier([]);
    expect(code).toBe(1);
    expect(out).toContain('atelier.json:1:13 is not JSON');
  });

  it('asks a provider for its models', async () => {
    expect((await atelier(['--offered', 'q'])).out).toBe('q/small\nq/large\n');
    const missing = await atelier(['--offered', 'r']);
    expect([missing.code, missing.out]).toEqual([1, '']);
    expect(missing.err).toContain('There is no provider "r"');
    expect((await atelier(['--offered', 'no-such-provider'])).err).toMatch(/There are: .*\bq\b/u);
  });

  it('tries a model, and what that took is counted', async () => {
    const { code, out } = await atelier(['--try', 'q/small', 'Say', 'hello']);
    expect(code).toBe(0);
    expect(out).toMatch(/^Good day\n\nsmall-1 in .*: 3 tokens read, 2 written, 0 USD\.\n$/u);
    expect(server.requests[0]?.body).toContain('Say hello');
    expect((await atelier([])).out).toContain('Today: 1 call, 3 tokens read, 2 written, 0 USD.');
    expect(JSON.parse((await atelier(['--json', '--try', 'q/small', 'Hello'])).out)).toMatchObject({
      text: 'Good day',
    });
    expect((await atelier(['--try', 'scripted/echo', 'Hello'])).out).toContain('Hello');
  });

  it('fails with what to do where the model does not answer', async () => {
    const { code, out, err } = await atelier(['--try', 'q/bad', 'Hello']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('q answered 404: No such model.');
    expect(err).toContain('Is there a model "bad" there');
    expect((await atelier(['--try', 'p/small', 'Hello'])).err).toContain('KEY');
  });

  it.each([
    [['what'], 'What is "what"?'],
    [['--try', 'q/small'], '--try takes a model and a prompt'],
    [['--find', '--offered', 'q'], 'Ask for one of --offered, --find and --try.'],
  ])('says what is wrong with %j', async (argv, sentence) => {
    const { code, err } = await atelier(argv);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
  });
});
