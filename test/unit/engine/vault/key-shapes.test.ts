// Keys by their shape: those of well-known services are masked, what only looks a little like one is not.
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasKeyShape, maskShapes } from '#engine/vault/key-shapes';

const maskKey = Buffer.alloc(32, 3);
const mask = (text: string): string => maskShapes(text, maskKey);

/** Random signs, so that no key of anybody's stands here and no scanner finds one in this file. */
function signs(length: number, alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'): string {
  const text = Array.from(randomBytes(length - 2), (byte) => alphabet[byte % alphabet.length]).join('');
  return `${text}a7`.replace(/a7$/u, alphabet.includes('a') ? 'a7' : 'A7');
}

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const jwt = ['{"alg":"HS256","typ":"JWT"}', '{"sub":"1234567890","name":"Ann"}']
  .map((part) => Buffer.from(part).toString('base64url'))
  .concat(randomBytes(32).toString('base64url'))
  .join('.');

const keys: readonly (readonly [string, string, string])[] = [
  ['OpenAI', `sk-${signs(48)}`, 'sk-…'],
  ['OpenAI project', `sk-proj-${signs(40)}_-${signs(60)}`, 'sk-…'],
  ['Anthropic', `sk-ant-api03-${signs(90)}-AA`, 'sk-ant-…'],
  ['OpenRouter', `sk-or-v1-${randomBytes(32).toString('hex')}`, 'sk-or-…'],
  ['GitHub', `ghp_${signs(36)}`, 'gh…'],
  ['GitHub, fine-grained', `github_pat_${signs(22)}_${signs(59)}`, 'github_pat_…'],
  ['GitLab', `glpat-${signs(20)}`, 'glpat-…'],
  ['AWS', `AKIA${signs(16, upper).slice(0, 14)}Q7`, 'AKIA…'],
  ['Google', `AIza${signs(35)}`, 'AIza…'],
  ['Slack', `xoxb-123456789012-1234567890123-${signs(24)}`, 'xox…'],
  ['Stripe', `sk_live_${signs(24)}`, 'sk_…'],
  ['Hugging Face', `hf_${signs(34)}`, 'hf_…'],
  ['npm', `npm_${signs(36)}`, 'npm_…'],
  ['JWT', jwt, 'eyJ…'],
  ['gateway', `atl-${randomBytes(32).toString('base64url')}`, 'atl-…'],
];

describe('keys by their shape', () => {
  it.each(keys)('%s', (_, key, sign) => {
    const masked = mask(`the key is ${key}, or "${key}".`);
    expect(masked).toMatch(/^the key is ‹key \S+ [0-9a-f]{6}›, or "‹key \S+ [0-9a-f]{6}›"\.$/u);
    expect(masked).toContain(`‹key ${sign} `);
    expect(mask(masked)).toBe(masked);
    expect(JSON.parse(mask(JSON.stringify({ key })))).toEqual({ key: mask(key) });
    expect(hasKeyShape(key)).toBe(true);
  });

  it('the same key has the same mask, and another key of the vault makes another', () => {
    const [one, other] = [`sk-${signs(48)}`, `sk-${signs(48)}`];
    expect(mask(`a ${one}`).slice(2)).toBe(mask(one));
    expect(mask(one)).not.toBe(mask(other));
    expect(maskShapes(one, Buffer.alloc(32, 4))).not.toBe(mask(one));
  });

  it('private keys, whole and cut off, as text and in JSON', () => {
    for (const pem of [
      generateKeyPairSync('rsa', { modulusLength: 2048 })
        .privateKey.export({ type: 'pkcs1', format: 'pem' })
        .toString(),
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ]) {
      expect(mask(`before\n${pem}after`)).toMatch(/^before\n‹key PEM [0-9a-f]{6}›\nafter$/u);
      expect(mask(JSON.stringify(pem))).toMatch(/^"‹key PEM [0-9a-f]{6}›(?:\\n)?"$/u);
      expect(mask(pem.slice(0, 150))).toMatch(/^‹key PEM [0-9a-f]{6}›/u);
    }
    const prose = 'It begins with -----BEGIN PRIVATE KEY----- and ends with -----END PRIVATE KEY-----, as PEM does.';
    expect(mask(prose)).toBe(prose);
  });

  it('what stands behind a word that says so, and the word stays', () => {
    const value = signs(32);
    for (const lead of [
      'api_key=',
      'API-KEY: ',
      '"apiKey": "',
      "client_secret='",
      '\\"secret_key\\": \\"',
      'password = ',
      'aws_secret_access_key = ',
    ])
      expect(mask(`x ${lead}${value}`)).toMatch(/^x .*‹key (?:\S+ )?[0-9a-f]{6}›$/u);
    expect(mask(`Authorization: Bearer ${value}`)).toMatch(/^Authorization: Bearer ‹key Bearer [0-9a-f]{6}›$/u);
    expect(mask(`postgres://ann:${value}@db.example/x`)).toMatch(
      /^postgres:\/\/ann:‹key password [0-9a-f]{6}›@db\.example\/x$/u,
    );
  });

  it('nothing that only looks a little like one', () => {
    const image = randomBytes(60_000).toString('base64');
    for (const text of [
      randomUUID(),
      randomBytes(32).toString('hex'),
      `sha256-${randomBytes(32).toString('base64')}`,
      `data:image/png;base64,${image}`,
      JSON.stringify({
        id: `chatcmpl-${signs(29)}`,
        call: `call_${signs(24)}`,
        system_fingerprint: `fp_${randomBytes(5).toString('hex')}`,
      }),
      '{"max_tokens": 4096, "token": "string", "total_tokens": 123456789012345678}',
      'sk-learn-something-else-entirely and task-force-one-and-two and risk-management-of-many-things-2024',
      'The password: please-choose-one-yourself. Secret: none. api_key=YOUR_API_KEY_GOES_HERE',
      'api_key=${OPENAI_API_KEY} api_key = os.environ["OPENAI_API_KEY"] password: process.env.DATABASE_PASSWORD_2',
      'sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx1 AKIAxxxxxxxxxxxxxxxx ghp_000000000000000000000000000000000000',
      'https://user@example.com:8080/path and http://localhost:11434/v1 and mailto:ann@example.com',
      'eyJhbGciOiJIUzI1NiJ9 alone is no token; neither is a.b.c',
      'Bearer of bad news since 1984, basic authentication-2024-and-so-on-and-so-forth',
    ]) {
      expect(mask(text)).toBe(text);
    }
  });

  it('nothing in the logs that ship as samples', () => {
    const folder = join(import.meta.dirname, '../../../../resources/sample/logs');
    const files = readdirSync(folder);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8');
      expect([file, mask(text) === text]).toEqual([file, true]);
    }
  });

  it('in time that grows with the text, whatever it holds', () => {
    // A pattern that tries every way to read this would not end within the test's time.
    for (const part of [
      'eyJ',
      'Bearer ',
      'sk-',
      'api_key=',
      '://a:',
      '-----BEGIN PRIVATE KEY-----\\n',
      'AAAA',
      'token="',
      'a1B2-',
    ])
      expect(mask(part.repeat(40_000)).length).toBeGreaterThan(0);
  });
});
