// What every store must do with keys of the gateway.
import { expect, it } from 'vitest';
import { keyOf } from '#test/network-samples';
import { hash, start } from '#test/samples';
import { onEveryStore } from '#test/store';

onEveryStore('keys', (open) => {
  it('are found by id and by hash, and listed in order of creation', () => {
    const { keys } = open();
    const whole = keyOf('two', {
      settings: {
        label: '\ud800',
        scopes: ['read', 'write'],
        mode: 'replay',
        provider: 'openai',
        limits: { concurrency: 2 },
        budget: { day: { usd: 1.5 } },
      },
      lastUsedAt: start + 5,
      revokedAt: start + 6,
    });
    keys.put(keyOf('one'), hash('one'));
    keys.put(whole, hash('two'));
    expect(keys.get('two')).toStrictEqual(whole);
    expect(keys.byHash(hash('one'))).toStrictEqual(keyOf('one'));
    expect(keys.get('missing')).toBeUndefined();
    expect(keys.byHash(hash('missing'))).toBeUndefined();
    expect(keys.byHash('')).toBeUndefined();
    expect(keys.list()).toEqual([keyOf('one'), whole]);
  });

  it('keep their hash and place when they change', () => {
    const { keys } = open();
    keys.put(keyOf('one'), hash('one'));
    keys.put(keyOf('two'), hash('two'));
    keys.put(keyOf('one', { revokedAt: start + 9 }));
    expect(keys.byHash(hash('one'))).toEqual(keyOf('one', { revokedAt: start + 9 }));
    keys.put(keyOf('one'), hash('new'));
    expect(keys.byHash(hash('one'))).toBeUndefined();
    expect(keys.byHash(hash('new'))).toEqual(keyOf('one'));
    expect(keys.list().map(({ id }) => id)).toEqual(['one', 'two']);
  });
});
