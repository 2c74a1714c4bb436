// Keys of the gateway: shown once, known by hash, revoked for good, held to their limits.
import { createHash } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import type { KeySettings } from '#contract/gateway';
import type { Denial, Permit } from '#engine/gateway/key-limits';
import { GatewayKeys } from '#engine/gateway/keys';
import type { CallRecord } from '#engine/network-ports';
import { onEveryStore } from '#test/store';
import { memoryStore } from '#test/memory-store/store';

const plain: KeySettings = { label: 'agent', scopes: ['models'], mode: 'record' };

function setUp(store = memoryStore()) {
  const time = { now: new Date(2026, 4, 5, 12).getTime() };
  const changes = { count: 0 };
  const keys = new GatewayKeys({
    store: store.keys,
    calls: store.calls,
    clock: { now: () => time.now },
    changed: () => void (changes.count += 1),
  });
  onTestFinished(() => keys.close());
  const make = (settings: Partial<KeySettings> = {}) => {
    const { key } = keys.create({ ...plain, ...settings });
    const found = keys.enter(key);
    if ('status' in found) throw new Error(found.sentence);
    return { key, found, admit: (tokens = 100, usd = 0) => keys.admit(keyOf(keys, key), { tokens, usd }) };
  };
  return { store, keys, time, changes, make };
}

function keyOf(keys: GatewayKeys, presented: string) {
  const found = keys.enter(presented);
  if ('status' in found) throw new Error(found.sentence);
  return found;
}

function permit(given: Permit | Denial): Permit {
  if ('status' in given) throw new Error(given.sentence);
  return given;
}

onEveryStore('gateway keys', (open) => {
  it('keeps nothing of a key but its hash and how it begins', () => {
    const { keys, store } = setUp(open());
    const { key, id } = keys.create(plain);
    expect(key).toMatch(/^atl-[\w-]{43}$/u);
    expect(keys.list()).toEqual([{ id, settings: plain, prefix: key.slice(0, 8), createdAt: expect.any(Number) }]);
    const hash = createHash('sha256').update(key).digest('hex');
    expect(store.keys.byHash(hash)?.id).toBe(id);
    expect(JSON.stringify([store.keys.list(), store.keys.get(id)])).not.toContain(key.slice(8));
    expect(keys.enter(key)).toMatchObject({ id });
    // Another process of the same workspace, later.
    expect(setUp(store).keys.enter(key)).toMatchObject({ id });
  });

  it('lets a revoked key in no more, at once and for good', () => {
    const { keys, store, changes } = setUp(open());
    const { key, id } = keys.create(plain);
    expect(keys.enter(key)).toMatchObject({ id });
    const before = changes.count;
    keys.revoke(id);
    expect(changes.count).toBe(before + 1);
    expect(keys.enter(key)).toMatchObject({ status: 401, sentence: 'This key was revoked.' });
    expect(setUp(store).keys.enter(key)).toMatchObject({ status: 401 });
    expect(() => keys.update(id, plain)).toThrow('revoked');
    keys.revoke(id);
    expect(keys.list()[0]?.revokedAt).toBeDefined();
    expect(() => keys.revoke('none')).toThrow('There is no gateway key none.');
  });

  it('writes when a key was last used, not at each use', () => {
    const { keys, store, time } = setUp(open());
    const { key, id } = keys.create(plain);
    keys.enter(key);
    time.now += 5;
    keys.enter(key);
    expect(store.keys.get(id)?.lastUsedAt).toBeUndefined();
    expect(keys.list()[0]?.lastUsedAt).toBe(time.now);
    keys.close();
    expect(store.keys.get(id)?.lastUsedAt).toBe(time.now);
    // Settings that change meanwhile are not written over.
    keys.enter(key);
    keys.update(id, { ...plain, label: 'renamed' });
    keys.close();
    expect(store.keys.get(id)?.settings.label).toBe('renamed');
    expect(keys.enter(key)).toMatchObject({ settings: { label: 'renamed' } });
  });
});

it('is told of no key apart from another: each wrong one is refused alike', () => {
  const { keys } = setUp();
  const { key } = keys.create(plain);
  for (const wrong of [
    '',
    'sk-1',
    `${key} `,
    key.slice(0, -1),
    `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`,
  ]) {
    expect(keys.enter(wrong)).toMatchObject({ status: 401, delayMs: expect.any(Number) });
  }
});

it('keeps to calls at once and calls a minute', () => {
  const { make, time } = setUp();
  const one = make({ limits: { concurrency: 2, requestsPerMinute: 3 } });
  const [first, second] = [permit(one.admit()), permit(one.admit())];
  expect(one.admit()).toMatchObject({ status: 429, sentence: expect.stringContaining('2 calls under way') });
  first.end();
  // More than once is once.
  first.end();
  time.now += 10_000;
  permit(one.admit());
  second.end();
  expect(one.admit()).toMatchObject({ status: 429, retryAfterMs: 50_000 });
  time.now += 50_000;
  permit(one.admit());
  const other = make();
  permit(other.admit());
});

it('keeps to tokens a minute, estimated first, then as they were', () => {
  const { make, time } = setUp();
  const one = make({ limits: { tokensPerMinute: 1000 } });
  // Larger than the whole minute's: now or never.
  permit(one.admit(5000)).end(700);
  time.now += 1000;
  permit(one.admit(200)).end();
  expect(one.admit(200)).toMatchObject({ status: 429, retryAfterMs: 59_000 });
  time.now += 59_000;
  permit(one.admit(200));
});

it('keeps to the budget of a day', () => {
  const { store, make, time } = setUp();
  const one = make({ budget: { day: { tokens: 1000, usd: 2 } } });
  const spend = (at: number, more: Partial<CallRecord>): void =>
    store.calls.put([
      {
        id: `${Math.random()}`,
        key: one.found.id,
        at,
        endpoint: 'POST /v1/responses',
        stream: false,
        state: 'done',
        ...more,
      },
    ]);
  // Yesterday's.
  spend(time.now - 24 * 3_600_000, { inputTokens: 5000, costUsd: 50 });
  const running = permit(one.admit(400));
  spend(time.now, { inputTokens: 500, outputTokens: 100, costUsd: 0.1 });
  // 600 spent, and 400 are under way.
  expect(one.admit(1)).toMatchObject({
    status: 429,
    isFinal: true,
    sentence: expect.stringContaining('budget of today'),
  });
  running.end(1);
  permit(one.admit(1)).end();
  spend(time.now, { inputTokens: 1, costUsd: 1.95 });
  expect(one.admit(1)).toMatchObject({ retryAfterMs: 12 * 3_600_000 });
  time.now += 12 * 3_600_000;
  permit(one.admit(1));
});

it('counts the dollars of calls under way, so that many at once spend no more than one after the other', () => {
  const one = setUp().make({ budget: { day: { usd: 2 } } });
  const [first] = [permit(one.admit(400, 1.5)), permit(one.admit(400, 1.5))];
  expect(one.admit(400, 1.5)).toMatchObject({ status: 429, isFinal: true });
  first.end();
  permit(one.admit(400, 1.5));
});
