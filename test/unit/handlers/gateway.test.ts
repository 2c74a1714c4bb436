// The gateway over the contract, with everything behind it real: a switch, keys, calls of a client, what was used.
import { createRouterClient } from '@orpc/server';
import { createServer, type AddressInfo } from 'node:net';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { KeySettings } from '#contract/gateway';
import { Problem } from '#engine/problem';
import { Studio } from '#engine/studio';
import { gatewayHandlers } from '#handlers/gateway';
import { openDoors } from '#hosts/doors';
import { resourcesFolder } from '#hosts/type-sources';
import { temporaryFolder, temporaryStore } from '#test/store';
import { startFakeUpstream } from '#test/upstream/fake-upstream';
import { freePort } from '#test/free-port';

async function setUp() {
  const upstream = await startFakeUpstream(() => ({
    headers: [['content-type', 'application/json']],
    body: JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: 'gpt-x',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 },
    }),
  }));
  onTestFinished(() => upstream.close());
  const folder = temporaryFolder();
  const file = join(folder, 'atelier.json');
  const providers = { up: { dialect: 'openai', url: `${upstream.origin}/v1` } };
  writeFileSync(file, JSON.stringify({ name: 'Shop', models: { providers } }));
  const store = temporaryStore();
  const clock = { now: () => Date.now() };
  const failures: string[] = [];
  const doors = openDoors({
    folder,
    resources: resourcesFolder(),
    store,
    clock,
    vault: new Problem('NOT_FOUND', 'No vault in this test.'),
    changed: () => undefined,
    failed: (sentence) => void failures.push(sentence),
  });
  onTestFinished(() => doors.close());
  const studio = new Studio({ path: folder, isSample: false, store, clock, doors });
  const context = { studio: () => studio } as never;
  const { gateway } = createRouterClient({ gateway: gatewayHandlers }, { context });
  return { upstream, gateway, file, store, failures };
}

const settings: KeySettings = { label: 'my agent', scopes: ['models'], mode: 'record' };

function chat(address: string | undefined, key: string): Promise<Response> {
  return fetch(`${address}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-x', messages: [{ role: 'user', content: 'Hi' }] }),
  });
}

test('it is started, a client with a key is answered and counted, the key is revoked, it is stopped', async () => {
  const { gateway, upstream, file, store, failures } = await setUp();
  expect(await gateway.state()).toMatchObject({ isOn: false, providers: ['up', 'scripted'], keys: [] });
  const port = await freePort();
  const started = await gateway.start({ port });
  expect(started).toMatchObject({ isOn: true, address: `http://127.0.0.1:${port}` });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ name: 'Shop', gateway: { port, on: true } });
  const { key, id, state } = await gateway.createKey(settings);
  expect(state.keys).toMatchObject([{ id, prefix: key.slice(0, 8) }]);
  const answer = await chat(started.address, key);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'Hello.' } }] });
  expect(answer.headers.get('x-atelier-call')).toMatch(/^[0-9a-f-]{36}$/u);
  await vi.waitFor(async () => expect((await gateway.calls({ limit: 10 }))[0]?.state).toBe('done'), 10_000);
  expect(await gateway.calls({ key: id, limit: 10 })).toMatchObject([
    {
      key: id,
      endpoint: 'POST /v1/chat/completions',
      provider: 'up',
      model: 'gpt-x',
      inputTokens: 11,
      outputTokens: 5,
      status: 200,
    },
  ]);
  await vi.waitFor(
    async () => expect(await gateway.use({ from: 0 })).toMatchObject([{ key: id, calls: 1, inputTokens: 11 }]),
    10_000,
  );
  const [call] = await gateway.calls({ limit: 1 });
  expect(store.traces.get(call?.traceId ?? '')).toBeDefined();
  expect(answer.headers.get('x-atelier-trace')).toBe(call?.traceId);
  await gateway.revokeKey({ id });
  expect((await chat(started.address, key)).status).toBe(401);
  expect(upstream.requests).toHaveLength(1);
  expect(upstream.requests[0]?.headers.some(([, value]) => value.includes(key))).toBe(false);
  expect(await gateway.stop()).toMatchObject({ isOn: false });
  await expect(chat(started.address, key)).rejects.toThrow('fetch failed');
  expect(failures).toEqual([]);
});

test('what cannot be is refused in the words of the contract', async () => {
  const { gateway, file } = await setUp();
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  await expect(gateway.start({ port })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: `Port ${port} is taken by another program.`,
    data: { hint: expect.any(String) },
  });
  expect(JSON.parse(readFileSync(file, 'utf8'))).not.toHaveProperty('gateway');
  await expect(gateway.start({ port: 80 })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(gateway.createKey({ ...settings, label: ' ' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(gateway.createKey({ ...settings, scopes: [] })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(gateway.createKey({ ...settings, provider: 'upp' })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    data: { hint: 'Did you mean up?' },
  });
  await expect(gateway.revokeKey({ id: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(gateway.updateKey({ id: 'none', settings })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(gateway.calls({ limit: 0 })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  expect((await gateway.state()).keys).toEqual([]);
});
