// atelier.json: what is understood, what is refused with its place, and that a change touches nothing else.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeWorkspaceFile, liveWorkspaceFile, readWorkspaceFile } from '#engine/workspace-file';
import { temporaryFolder } from '#test/store';

const local = { dialect: 'openai', url: 'http://127.0.0.1:11434/v1' } as const;

function folderWith(text: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'atelier.json'), text);
  return folder;
}

function textIn(folder: string): string {
  return readFileSync(join(folder, 'atelier.json'), 'utf8');
}

function withProvider(folder: string, name = 'ollama'): void {
  changeWorkspaceFile(folder, (file) => ({
    ...file,
    models: { ...file.models, providers: { ...file.models?.providers, [name]: local } },
  }));
}

describe('reading', () => {
  it('is empty without a file, and takes unknown members at the top', () => {
    expect(readWorkspaceFile(temporaryFolder())).toEqual({});
    const folder = folderWith('{ "name": "Shop", "mine": { "deep": [1] }, "gateway": { "port": 4140, "on": true } }');
    expect(readWorkspaceFile(folder)).toMatchObject({ name: 'Shop', gateway: { port: 4140, on: true } });
  });

  it('reads a file that begins with a byte order mark', () => {
    expect(readWorkspaceFile(folderWith('\uFEFF{"name":"Shop"}')).name).toBe('Shop');
  });

  it.each([
    ['{\n  "name": "Shop",\n}', /atelier\.json:3:1 is not JSON: a name in double quotes must stand here/u],
    ['', /atelier\.json:1:1 is not JSON: there is nothing/u],
    ['[1]', /atelier\.json:1:1 is not understood: it must be an object/u],
    [
      '{\n  "models": {\n    "providers": {\n      "a": { "dialect": "openai", "url": "ftp://x" }\n    }\n  }\n}',
      /atelier\.json:4:35 is not understood: models\.providers\.a\.url: it must be an http or https address/u,
    ],
    [
      '{ "models": { "providers": { "Open AI": { "dialect": "openai", "url": "https://x.test/v1" } } } }',
      /:1:30 .*small letters/u,
    ],
    [
      '{ "models": { "providers": { "scripted": { "dialect": "openai", "url": "https://x.test/v1" } } } }',
      /"scripted" is the offline provider/u,
    ],
    ['{ "gateway": { "port": 80 } }', /:1:16 .*gateway\.port/u],
    ['{ "models": {}, "models": {} }', /:1:17 .*models: this name stands twice/u],
    ['{ "models": { "budgets": { "day": { "usd": 1, "usd": 1000 } } } }', /models\.budgets\.day\.usd: .*twice/u],
    [`{ "a": ${'['.repeat(300)}${']'.repeat(300)} }`, /nested over 200 deep/u],
  ])('refuses %j with its place', (text, sentence) => {
    expect(() => readWorkspaceFile(folderWith(text))).toThrow(sentence);
  });

  it('says what a misspelt setting may have meant', () => {
    const folder = folderWith('{ "models": { "provider": {} } }');
    expect(() => readWorkspaceFile(folder)).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', hint: 'Did you mean "providers"?' }),
    );
  });

  it.each(['apiKey', 'api_key', 'key', 'token'])('says where a key belongs that stands there as %s', (name) => {
    const folder = folderWith(
      `{ "models": { "providers": { "p": { "dialect": "openai", "url": "https://p.test/v1", "${name}": "x" } } } }`,
    );
    expect(() => readWorkspaceFile(folder)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(`models.providers.p.${name}: no key stands in this file`) as string,
        hint: expect.stringMatching(/vault .*"secret"/u) as string,
      }),
    );
  });

  it('refuses what is too long, and what is no file', () => {
    expect(() => readWorkspaceFile(folderWith(`{ "a": "${'x'.repeat(1024 * 1024)}" }`))).toThrow(/over 1 MB/u);
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'atelier.json'));
    expect(() => readWorkspaceFile(folder)).toThrow(/is no file/u);
  });
});

describe('secrets', () => {
  const key = `sk-proj-${'a1B2'.repeat(10)}`;
  const provider = (more: object): string =>
    JSON.stringify({ models: { providers: { a: { dialect: 'openai', url: 'https://x.test/v1', ...more } } } });

  it.each([
    ['an authorization header', { headers: { Authorization: 'x' } }],
    ['a key header', { headers: { 'x-api-key': 'x' } }],
    ['another key header', { headers: { 'api-key': 'x' } }],
    ['a cookie', { headers: { cookie: 'a=b' } }],
    ['a token header', { headers: { 'X-Auth-Token': 'x' } }],
    ['a key in a header of another name', { headers: { 'x-org': key } }],
    ['a bearer in a header of another name', { headers: { 'x-org': 'Bearer abc' } }],
    ['a key where the name of one belongs', { secret: key }],
    ['a password in the address', { url: 'https://me:pw@x.test/v1' }],
  ])('refuses %s and names the vault', (_what, more) => {
    const folder = folderWith(provider(more));
    expect(() => readWorkspaceFile(folder)).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', hint: expect.stringContaining('vault') as string }),
    );
    expect(() => readWorkspaceFile(folder)).not.toThrow(new RegExp(key, 'u'));
  });

  it.each([
    ['a header with a line break', { headers: { 'x-org': 'a\r\nauthorization: b' } }],
    ['a name of a header that is none', { headers: { 'x org': 'a' } }],
    ['an address with a query', { url: 'https://x.test/v1?key=abc' }],
  ])('refuses %s', (_what, more) => {
    expect(() => readWorkspaceFile(folderWith(provider(more)))).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  it('takes headers that hold nothing secret', () => {
    const headers = { 'OpenAI-Organization': 'org-1', 'anthropic-beta': 'output-128k-2025-02-19' };
    const file = readWorkspaceFile(folderWith(provider({ headers, secret: 'OPENAI_API_KEY' })));
    expect(file.models?.providers?.['a']?.headers).toEqual(headers);
  });

  it('does not write one either', () => {
    const folder = folderWith('{ "name": "Shop" }\n');
    expect(() =>
      changeWorkspaceFile(folder, (file) => ({
        ...file,
        models: { providers: { a: { ...local, headers: { authorization: key } } } },
      })),
    ).toThrow(/a key has no place in this file/u);
    expect(textIn(folder)).toBe('{ "name": "Shop" }\n');
  });
});

describe('changing', () => {
  it('makes the file where there is none', () => {
    const folder = temporaryFolder();
    withProvider(folder);
    expect(JSON.parse(textIn(folder))).toEqual({ models: { providers: { ollama: local } } });
    expect(textIn(folder)).toMatch(/^\{\n {2}"models": \{\n {4}"providers"/u);
  });

  it('leaves every other byte as it is', () => {
    const text =
      '{\n  "zeta": [1,  2],\n  "big": 12345678901234567890, "models": {}, "name": "Shop",\n\t"odd \\u00e9": 1.0\n}\n';
    const folder = folderWith(text);
    withProvider(folder);
    const [before = '', after = ''] = text.split('"models": {}');
    expect(textIn(folder).startsWith(`${before}"models": {\n    "providers"`)).toBe(true);
    expect(textIn(folder).endsWith(after)).toBe(true);
  });

  it('keeps the order of providers and of their settings', () => {
    const folder = folderWith(
      '{ "models": { "budgets": { "run": { "usd": 1 } }, "providers": { "b": { "url": "http://b.test/v1", "dialect": "openai" }, "a": { "url": "http://a.test/v1", "dialect": "openai" } } } }',
    );
    withProvider(folder);
    const { models } = JSON.parse(textIn(folder)) as { models: { providers: Record<string, object> } };
    expect(Object.keys(models)).toEqual(['budgets', 'providers']);
    expect(Object.keys(models.providers)).toEqual(['b', 'a', 'ollama']);
    expect(Object.keys(models.providers['b'] ?? {})).toEqual(['url', 'dialect']);
  });

  it('writes nothing where nothing changes', () => {
    const folder = folderWith('{"name":"Shop","models":{}}');
    const markOf = (): bigint[] => {
      const { ino, mtimeNs, ctimeNs } = statSync(join(folder, 'atelier.json'), { bigint: true });
      return [ino, mtimeNs, ctimeNs];
    };
    const before = markOf();
    changeWorkspaceFile(folder, (file) => ({ ...file }));
    expect(markOf()).toEqual(before);
  });

  it('takes a member out', () => {
    for (const text of ['{"models":{},"x":1}', '{"x":1,"models":{}}', '{"models":{}}', '{"x":1,"models":{},"y":2}']) {
      const folder = folderWith(text);
      changeWorkspaceFile(folder, (file) => ({ ...file, models: undefined }));
      const { models: _gone, ...rest } = JSON.parse(text) as { models: object };
      expect(JSON.parse(textIn(folder))).toEqual(rest);
    }
  });

  it('keeps line ends of Windows and a byte order mark', () => {
    const folder = folderWith('\uFEFF{\r\n  "name": "Shop"\r\n}\r\n');
    withProvider(folder);
    expect(textIn(folder)).toMatch(/^\uFEFF\{\r\n {2}"name": "Shop",\r\n {2}"models": \{\r\n/u);
    expect(textIn(folder)).not.toMatch(/[^\r]\n/u);
  });

  it('changes what another program wrote meanwhile, not what it had read', () => {
    const folder = folderWith('{ "name": "Shop" }');
    let times = 0;
    changeWorkspaceFile(folder, (file) => {
      times += 1;
      if (times === 1) writeFileSync(join(folder, 'atelier.json'), '{ "name": "Other shop", "theirs": 1 }');
      return { ...file, gateway: { port: 4141 } };
    });
    expect(times).toBe(2);
    expect(JSON.parse(textIn(folder))).toEqual({ name: 'Other shop', theirs: 1, gateway: { port: 4141 } });
  });

  it('gives up, and leaves the other program its file, where that never stops', () => {
    const folder = folderWith('{}');
    let times = 0;
    expect(() =>
      changeWorkspaceFile(folder, (file) => {
        times += 1;
        writeFileSync(join(folder, 'atelier.json'), `{ "times": ${times}${' '.repeat(times)} }`);
        return { ...file, gateway: { port: 4141 } };
      }),
    ).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(JSON.parse(textIn(folder))).toEqual({ times });
    expect(readdirSync(folder)).toEqual(['atelier.json']);
  });

  it('touches nothing of a file that it does not understand', () => {
    const folder = folderWith('{ "name": oops }');
    expect(() => withProvider(folder)).toThrow(/atelier\.json:1:11/u);
    expect(textIn(folder)).toBe('{ "name": oops }');
  });

  it.skipIf(process.platform === 'win32')('writes through a link, and keeps the mode', () => {
    const [folder, other] = [temporaryFolder(), temporaryFolder()];
    writeFileSync(join(other, 'real.json'), '{}', { mode: 0o600 });
    symlinkSync(join(other, 'real.json'), join(folder, 'atelier.json'));
    withProvider(folder);
    expect(readFileSync(join(other, 'real.json'), 'utf8')).toContain('ollama');
    expect(statSync(join(other, 'real.json')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(folder, 'real.json'))).toBe(false);
  });

  it('loses nothing of any file, whatever is in it', () => {
    const folder = temporaryFolder();
    const members = fc.dictionary(
      fc.string().filter((name) => !['name', 'models', 'gateway', '__proto__'].includes(name)),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(members, fc.constantFrom(undefined, 0, 2, '\t'), fc.boolean(), (whole, space, hasModels) => {
        const text = JSON.stringify({ ...whole, ...(hasModels ? { models: {} } : {}) }, undefined, space);
        writeFileSync(join(folder, 'atelier.json'), text);
        withProvider(folder);
        expect(JSON.parse(textIn(folder))).toEqual({
          ...(JSON.parse(text) as object),
          models: { providers: { ollama: local } },
        });
        changeWorkspaceFile(folder, (file) => ({ ...file, models: undefined }));
        const { models: _gone, ...rest } = JSON.parse(text) as { models?: object };
        expect(JSON.parse(textIn(folder))).toEqual(rest);
      }),
      { numRuns: 60 },
    );
  });
});

describe('live', () => {
  it('sees what an editor writes, once each, and goes on after a mistake', () => {
    const folder = temporaryFolder();
    let changes = 0;
    const live = liveWorkspaceFile(folder, () => (changes += 1));
    expect(live()).toEqual({});
    writeFileSync(join(folder, 'atelier.json'), '{ "name": "Shop" }');
    expect(live().name).toBe('Shop');
    expect(live()).toBe(live());
    writeFileSync(join(folder, 'atelier.json'), '{ "name": ');
    expect(live).toThrow(/atelier\.json:1:11/u);
    expect(live).toThrow(/atelier\.json:1:11/u);
    writeFileSync(join(folder, 'atelier.json'), '{ "name": "New shop" }');
    expect(live().name).toBe('New shop');
    expect(changes).toBe(3);
  });
});
