// The gateway's switch: kept in atelier.json, honest about why it does not listen.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { GatewayKeys } from '#engine/gateway/keys';
import { GatewayService, type Listening } from '#engine/gateway/gateway-service';
import { Problem } from '#engine/problem';
import { memoryStore } from '#test/memory-store/store';
import { temporaryFolder } from '#test/store';

function setUp(file?: string) {
  const folder = temporaryFolder();
  const path = join(folder, 'atelier.json');
  if (file !== undefined) writeFileSync(path, file);
  const store = memoryStore();
  const taken = new Set<number>();
  const listening: number[] = [];
  const log: string[] = [];
  const opening = { meanwhile: (): void => undefined };
  const listen = async (port: number): Promise<Listening> => {
    if (taken.has(port)) throw new Problem('CONFLICT', `Port ${port} is taken by another program.`, 'Another port.');
    listening.push(port);
    log.push(`open ${port}`);
    opening.meanwhile();
    return {
      address: `http://127.0.0.1:${port}`,
      port,
      close: async () => {
        log.push(`close ${port}`);
        listening.splice(listening.indexOf(port), 1);
      },
    };
  };
  const gateway = new GatewayService({
    keys: new GatewayKeys({ store: store.keys, calls: store.calls, clock: { now: () => 1 }, changed: () => undefined }),
    recorder: {
      begin: () => ({ traceId: undefined, streaming: () => undefined, finish: () => undefined }),
      find: () => ({ kind: 'miss', sentence: '' }),
      calls: () => [],
      flush: async () => void log.push('flush'),
    },
    calls: store.calls,
    upstreams: { get: () => undefined, list: () => [], costOf: () => undefined },
    folder,
    listen,
    changed: () => undefined,
  });
  return { gateway, taken, listening, log, path, opening, read: () => readFileSync(path, 'utf8') };
}

it('is off until a person starts it, and then again whenever the workspace is opened', async () => {
  const { gateway, listening, read, path } = setUp('{ "name": "Shop", "mine": [1] }');
  await gateway.open();
  expect(gateway.state()).toEqual({ isOn: false, port: 4140, providers: ['scripted'], keys: [] });
  expect(listening).toEqual([]);
  expect(await gateway.start({ port: 5000 })).toMatchObject({
    isOn: true,
    port: 5000,
    address: 'http://127.0.0.1:5000',
  });
  expect(JSON.parse(read())).toEqual({ name: 'Shop', mine: [1], gateway: { port: 5000, on: true } });
  const again = setUp(readFileSync(path, 'utf8'));
  await again.gateway.open();
  expect(again.listening).toEqual([5000]);
  expect(await again.gateway.stop()).toMatchObject({ isOn: false, port: 5000 });
  expect(again.listening).toEqual([]);
  expect(JSON.parse(again.read())).toMatchObject({ gateway: { port: 5000, on: false } });
});

it('says at the opening why it does not listen, and listens once it can', async () => {
  const { gateway, taken, listening } = setUp('{"gateway":{"port":5000,"on":true}}');
  taken.add(5000);
  await gateway.open();
  expect(gateway.state()).toMatchObject({
    isOn: true,
    port: 5000,
    problem: { sentence: 'Port 5000 is taken by another program.', hint: 'Another port.' },
  });
  await expect(gateway.start()).rejects.toMatchObject({ code: 'CONFLICT' });
  taken.clear();
  expect((await gateway.start()).problem).toBeUndefined();
  expect(listening).toEqual([5000]);
});

it('stays where it is when another port is taken, and goes there when it is free', async () => {
  const { gateway, taken, listening, log, read } = setUp();
  await gateway.start({ port: 5000 });
  taken.add(5001);
  await expect(gateway.start({ port: 5001 })).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(listening).toEqual([5000]);
  expect(JSON.parse(read())).toEqual({ gateway: { port: 5000, on: true } });
  taken.clear();
  await Promise.all([gateway.start({ port: 5001 }), gateway.start({ port: 5001 })]);
  expect(listening).toEqual([5001]);
  await gateway.close();
  expect(log).toEqual(['open 5000', 'open 5001', 'close 5000', 'close 5001', 'flush']);
  expect(JSON.parse(read())).toEqual({ gateway: { port: 5001, on: true } });
});

it('says that atelier.json cannot be read, and writes nothing over it', async () => {
  const { gateway, read, listening } = setUp('{ "gateway": { "on": tru } }');
  await gateway.open();
  expect(gateway.state().problem?.sentence).toMatch(/atelier\.json:1:\d+ is not JSON/u);
  await expect(gateway.start()).rejects.toMatchObject({ code: 'BAD_INPUT' });
  expect(read()).toBe('{ "gateway": { "on": tru } }');
  expect(listening).toEqual([]);
});

it('does not leave a server behind where the choice cannot be kept', async () => {
  const { gateway, listening, path, log, opening } = setUp();
  // Somebody writes into it while the server opens.
  opening.meanwhile = () => writeFileSync(path, '{ "gateway": ');
  await expect(gateway.start()).rejects.toMatchObject({ code: 'BAD_INPUT' });
  expect(log).toEqual(['open 4140', 'close 4140']);
  expect(listening).toEqual([]);
  expect(gateway.state().address).toBeUndefined();
});

it('gives a key only a provider that is there', () => {
  const { gateway } = setUp();
  const settings = { label: 'x', scopes: ['models' as const], mode: 'record' as const };
  expect(() => gateway.createKey({ ...settings, provider: 'scriptd' })).toThrow('no provider "scriptd"');
  const { id, key, state } = gateway.createKey({ ...settings, provider: 'scripted' });
  expect(state.keys.map((one) => one.id)).toEqual([id]);
  expect(JSON.stringify(state)).not.toContain(key);
  expect(() => gateway.updateKey(id, { ...settings, provider: 'gone' })).toThrow('no provider');
  expect(gateway.updateKey(id, { ...settings, label: 'y' }).keys[0]?.settings.label).toBe('y');
  expect(gateway.revokeKey(id).keys[0]?.revokedAt).toBe(1);
});
