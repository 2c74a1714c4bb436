// Keys as they are written, ports, and what is said of keys and calls.
import { keySettingsSchema, type GatewayCall, type GatewayKey, type KeySettings } from '#contract/gateway';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  draftOfKey,
  emptyKey,
  keySettingsOf,
  portOf,
  withScope,
} from '../../../../src-renderer/features/gateway/key-draft.ts';
import { keysInOrder, lookOf, tokensOf, totalUse, usedWords } from '../../../../src-renderer/features/gateway/words.ts';

const positive = fc.integer({ min: 1, max: 10_000 });
const settings: fc.Arbitrary<KeySettings> = fc.record(
  {
    label: fc.stringMatching(/^[a-z]([a-z ]{0,20}[a-z])?$/),
    scopes: fc.uniqueArray(fc.constantFrom('models', 'telemetry', 'read', 'write'), { minLength: 1 }),
    mode: fc.constantFrom('record', 'replay', 'replay-then-live'),
    provider: fc.constantFrom('openai', 'scripted'),
    limits: fc.oneof(
      fc.record({ concurrency: positive }),
      fc.record({ requestsPerMinute: positive, tokensPerMinute: positive }),
    ),
    budget: fc.record({ day: fc.oneof(fc.record({ tokens: positive }), fc.record({ usd: fc.constantFrom(0.5, 12) })) }),
  },
  { requiredKeys: ['label', 'scopes', 'mode'] },
);

describe('settings of a key', () => {
  it('come back from the form as they went in', () => {
    fc.assert(
      fc.property(settings, (given) => {
        expect(keySettingsSchema.safeParse(given).success).toBe(true);
        expect(keySettingsOf(draftOfKey(given))).toEqual({ ok: true, settings: given });
      }),
    );
  });

  it.each([
    [{ label: ' ' }, 'label'],
    [{ label: 'x'.repeat(81) }, 'label'],
    [{ scopes: [] }, 'scopes'],
    [{ concurrency: '10001' }, 'concurrency'],
    [{ requestsPerMinute: '-1' }, 'requestsPerMinute'],
    [{ tokensPerMinute: 'x' }, 'tokensPerMinute'],
    [{ dayTokens: '0.5' }, 'dayTokens'],
    [{ dayUsd: '0' }, 'dayUsd'],
  ] as const)('%j has its fault at its field', (part, field) => {
    const result = keySettingsOf({ ...emptyKey, label: 'notebook', ...part });
    expect(result.ok ? [] : Object.keys(result.faults)).toEqual([field]);
  });

  it('scopes stand in one order, whatever the order of ticking', () => {
    expect(withScope(withScope(['write'], 'models', true), 'read', true)).toEqual(['models', 'read', 'write']);
    expect(withScope(['models', 'read'], 'models', false)).toEqual(['read']);
  });
});

it.each([
  ['4140', 4140],
  [' 1024 ', 1024],
  ['65535', 65_535],
  ['80', undefined],
  ['65536', undefined],
  ['', undefined],
  ['41e2', undefined],
  ['-4140', undefined],
])('port %j', (text, port) => {
  const result = portOf(text);
  expect(result.ok ? result.port : undefined).toBe(port);
});

const call = (part: Partial<GatewayCall>): GatewayCall => ({
  id: '1',
  key: 'k',
  at: 0,
  endpoint: 'POST /v1/messages',
  stream: true,
  state: 'done',
  ...part,
});

it.each([
  [call({ state: 'waiting' }), 'Waiting'],
  [call({ state: 'streaming' }), 'Streaming'],
  [call({ status: 200, from: 'upstream' }), 'Done'],
  [call({ status: 200, from: 'record' }), 'From record'],
  [call({ status: 429, from: 'upstream' }), 'Answered 429'],
  [call({ state: 'failed', status: 502 }), 'Failed'],
  [call({ state: 'cancelled' }), 'Client left'],
])('a call is told by a word: %j', (one, name) => expect(lookOf(one).name).toBe(name));

it('tokens are told once one of them is known', () => {
  expect(tokensOf(call({}))).toBeUndefined();
  expect(tokensOf(call({ inputTokens: 12 }))).toEqual({ all: '12', exact: '12 in, 0 out' });
  expect(tokensOf(call({ inputTokens: 12_000, outputTokens: 345 }))).toEqual({
    all: '12.3K',
    exact: '12,000 in, 345 out',
  });
});

it('what was used is summed over keys, and nothing is said of nothing', () => {
  const use = (key: string, calls: number) => ({ key, calls, inputTokens: 10, outputTokens: 5, usd: 0.25, errors: 1 });
  expect(totalUse([use('a', 1), use('b', 2)])).toEqual({
    key: '',
    calls: 3,
    inputTokens: 20,
    outputTokens: 10,
    usd: 0.5,
    errors: 2,
  });
  expect(usedWords(totalUse([]))).toBeUndefined();
  expect(usedWords(use('a', 1))).toBe('1 call, 15 tokens, $0.25');
});

it('keys that open something come first, the newest first', () => {
  const key = (id: string, createdAt: number, revokedAt?: number): GatewayKey => ({
    id,
    createdAt,
    prefix: 'atl-1234',
    settings: { label: id, scopes: ['models'], mode: 'record' },
    ...(revokedAt === undefined ? {} : { revokedAt }),
  });
  const { valid, revoked } = keysInOrder([key('a', 1), key('b', 2, 9), key('c', 3), key('d', 4, 5)]);
  expect(valid.map(({ id }) => id)).toEqual(['c', 'a']);
  expect(revoked.map(({ id }) => id)).toEqual(['b', 'd']);
});
