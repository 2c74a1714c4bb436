// Which variables look like secrets, and what they would be bound to.
import { expect, it } from 'vitest';
import { foundVariables } from '#engine/vault/variables';

const random = 'k7Vq9zLpQ2xWm4Rt8sYb1nD3fG5hJ6kL0aZ';

function found(name: string, value: string): { looksSecret: boolean; suggested: readonly unknown[] } | undefined {
  return foundVariables(new Map([[name, value]]), () => false)[0];
}

it.each([
  ['OPENAI_API_KEY', random, true],
  ['DB_PASSWORD', 'correct-horse', true],
  ['GITHUB_TOKEN', random, true],
  ['STRIPE', `sk_live_${random}`, true],
  ['ANYTHING', random, true],
  ['PATH', '/usr/bin:/bin', false],
  ['SSH_AUTH_SOCK', '/run/user/1000/ssh', false],
  ['TOKEN_LIMIT', '100000000', false],
  ['KEY_FILE', '/home/ann/key.pem', false],
  ['PUBLIC_KEY_ID', 'abcdefghijkl', false],
  ['LANG', 'en_GB.UTF-8', false],
  ['HOME', '/home/ann', false],
  ['API_KEY', 'true', false],
  ['MONKEY', 'a small animal', false],
  ['GIT_COMMIT', '0123456789012345678901234567890123456789', false],
])('%s=%s looks secret: %s', (name, value, looks) => {
  expect(found(name, value)?.looksSecret).toBe(looks);
});

it('names say what they are for', () => {
  expect(found('OPENAI_API_KEY', random)?.suggested).toEqual([
    { kind: 'provider', name: 'openai', origin: 'https://api.openai.com' },
  ]);
  expect(found('anthropic_api_key', random)?.suggested).toEqual([
    { kind: 'provider', name: 'anthropic', origin: 'https://api.anthropic.com' },
  ]);
  expect(found('GITHUB_TOKEN', random)?.suggested).toEqual([{ kind: 'host', origin: 'https://api.github.com' }]);
  expect(found('MY_KEY', random)?.suggested).toEqual([]);
});

it('leaves out what is empty, and what has a key where its name should be', () => {
  expect(found('A', '  ')).toBeUndefined();
  expect(found(`sk-proj-${random}`, 'x')).toBeUndefined();
  expect(found('_UNDER', random)).toEqual({ name: '_UNDER', isKnown: false, looksSecret: true, suggested: [] });
});
