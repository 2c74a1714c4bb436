// A secret that a person types in the wrong place, or a program sends there: on the page, by REST, at the command line. It is masked.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { GatewayKeys } from '#engine/gateway/keys';
import { systemClock } from '#adapters/workspace';
import { runCli } from '#hosts/cli/run';
import { vaultIn } from '#hosts/vault';
import { browserStudio, clientOver } from '#test/browser-studio';
import { addTrace } from '#test/samples';
import { temporaryFolder } from '#test/store';
import { passphrase } from '#test/vault';

const secret = 'k7Vq-9zL_pQ2xWm4Rt8sYb1n';
const shape = 'sk-proj-aB3dE5fG7hJ9kL1mN3pQ5rS7tU9v';
const mask = '‹secret KEY›';
const bindings = [{ kind: 'host', origin: 'https://example.com' }] as const;

function filesWith(folder: string, value: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name)).filter((file) => readFileSync(file).includes(value));
}

test('on the page and by REST: nothing that is stored has it', { timeout: 60_000 }, async () => {
  const studio = await browserStudio();
  const open = studio.served.workspaces.studio();
  const client = clientOver(studio.socket(await studio.login()));
  await client.vault.choosePassphrase({ passphrase, autoLockMinutes: 0 });
  await client.vault.add({ name: 'KEY', value: secret, bindings: [...bindings] });
  for (const answer of ['one', 'two'])
    addTrace(open.store, { id: answer, lines: ['u: hi', `a: ${answer}`], group: 'g' });
  const { jobId } = await client.pairs.mine({});
  await expect.poll(() => open.jobs.get(jobId)?.state).toBe('done');
  const [pair] = (await client.pairs.list({ filter: {}, page: { offset: 0, limit: 1 } })).items;

  await client.labels.addAnnotator({ name: `Ada ${secret}` });
  await client.labels.addAnnotator({ name: 'Ada' });
  const queue = await client.labels.queue({ annotator: 'Ada' });
  await client.labels.setQueue({ annotator: 'Ada', settings: { ...queue, tags: [secret] } });
  await client.labels.add({
    pairId: pair?.pair.id ?? '',
    annotator: 'Ada',
    choice: 'a',
    strength: 2,
    tags: [`it says ${secret}`],
    rationale: `because of ${secret}`,
    edit: [{ role: 'assistant', content: [{ type: 'text', text: `better ${secret} ${shape}` }] }],
    swapped: false,
    elapsedMs: 0,
  });
  const sort = { by: 'position', descending: false } as const;
  await client.traces.saveFilter({ name: `with ${secret}`, filter: { text: secret }, sort });
  await client.gateway.createKey({ label: `for ${secret}`, scopes: ['models'], mode: 'record' });
  const recipe = { ties: 'drop', minStrength: 1, conflicts: 'majority', unit: 'decision' } as const;
  await client.datasets.create({ name: `about ${secret}`, recipe });
  const settings = { dialect: 'openai', url: 'https://example.com/v1', headers: { 'x-note': secret } } as const;
  await expect(client.models.putProvider({ name: 'p', settings })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await client.egress.setAllowed({ hosts: ['localhost'] });

  const keys = new GatewayKeys({
    store: open.store.keys,
    calls: open.store.calls,
    clock: systemClock,
    changed: () => undefined,
  });
  onTestFinished(() => keys.close());
  const { key } = keys.create({ label: 'rest', scopes: ['read', 'write'], mode: 'record' });
  const body = JSON.stringify({ name: `by REST ${secret}`, recipe });
  const reply = await studio.ask({
    method: 'POST',
    path: '/api/datasets',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    },
    body,
  });
  expect([reply.status, reply.text]).toEqual([200, expect.stringContaining(`by REST ${mask}`)]);

  // What only has the shape of a key stays in an edit: the pair came in with it.
  const [label] = (await client.labels.list({ page: { offset: 0, limit: 1 } })).items;
  const edited = open.store.turns.path(label?.edit ?? '').at(-1)?.message;
  expect(edited).toMatchObject({ content: [{ text: `better ${mask} ${shape}` }] });
  expect((await client.traces.savedFilters())[0]).toEqual({ name: `with ${mask}`, filter: { text: mask }, sort });
  await vi.waitFor(() => expect(filesWith(open.path, mask)).not.toEqual([]));
  expect(filesWith(open.path, secret)).toEqual([]);
});

test('every host that serves the contract masks what comes in', () => {
  const hosts = join(import.meta.dirname, '../../../src-main/hosts');
  const serving = readdirSync(hosts, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, readFileSync(join(hosts, file), 'utf8')] as const)
    .filter(([, text]) => /new \w*(?:RPC|API)Handler\b/u.test(text));
  expect(serving.length).toBe(3);
  for (const [file, text] of serving)
    expect([file, /clientInterceptors: \[[\s\S]{0,800}?\bmaskedInput\b/u.test(text)]).toEqual([file, true]);
});

test('at the command line: a note, and a log that is read before the keychain has answered', async () => {
  const folder = temporaryFolder();
  vi.stubEnv('ATELIER_DATA', join(folder, 'data'));
  onTestFinished(() => void vi.unstubAllEnvs());
  const vault = vaultIn(join(folder, 'data'));
  await vault.choosePassphrase(passphrase, 0, false);
  await vault.add({ name: 'KEY', value: secret, bindings: [...bindings] });
  await vault.close();
  const workspace = join(folder, 'workspace');
  const log = join(folder, 'log.jsonl');
  const message = (text: string): string =>
    `${JSON.stringify({
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: text },
      ],
    })}\n`;
  writeFileSync(log, message(`take ${secret}`) + message('no'));
  const said: string[] = [];
  const atelier = (argv: readonly string[], stdin: string): Promise<number> =>
    runCli([...argv, '--workspace', workspace], {
      out: { isTTY: false, write: (text) => said.push(text) },
      err: { isTTY: false, write: (text) => said.push(text) },
      cwd: folder,
      signal: new AbortController().signal,
      secretInput: { isTerminal: false, hidden: () => Promise.resolve(undefined), piped: () => Promise.resolve(stdin) },
    });
  expect(await atelier(['import', log, '--passphrase-stdin'], passphrase)).toBe(0);
  expect(filesWith(workspace, secret)).toEqual([]);
  expect(await atelier(['import', log], '')).toBe(0);
  expect(said.join('')).toContain('The vault is locked');
});
