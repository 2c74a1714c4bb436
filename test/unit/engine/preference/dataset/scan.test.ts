// The scan: what it finds, what it must leave alone, and masks that keep identity and cannot be guessed back.
import { describe, expect, it } from 'vitest';
import { mapTexts, textsOf } from '#engine/preference/dataset/rows';
import { maskKey, maskOf, maskText } from '#engine/preference/dataset/scan/mask';
import { disjoint } from '#engine/preference/dataset/scan/finding';
import { findPersonalData } from '#engine/preference/dataset/scan/pii';
import { Scan } from '#engine/preference/dataset/scan/scan';
import { findSecrets } from '#engine/preference/dataset/scan/secrets';
import { findTokens, isNamedSecret } from '#engine/preference/dataset/scan/tokens';
import { turnsOf } from '#engine/turns/path';
import type { Message } from '#contract/turn';
import { memoryStore } from '#test/memory-store/store';
import { root, text } from './world.ts';

// Put together here, so that no scanner of this repository takes the specimens for real ones.
const joined = (...parts: readonly string[]): string => parts.join('');
const github = joined('ghp', '_', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx');
const anthropic = joined('sk-ant', '-api03-', 'a'.repeat(93), 'AA');
const slack = joined('xoxb', '-123456789012-123456789012-abcdefghijklmnopqrstuvwx');
const postgres = joined('postgres://', 'app:hunter2hunter2', '@db.corp.net/x');
const begin = joined('-----BEGIN RSA PRIVATE', ' KEY-----\nMIIEpAIBAAKCAQEA', 'q'.repeat(100));
const end = joined('q'.repeat(100), '\n-----END RSA PRIVATE', ' KEY-----');
const privateKey = begin + end;

const found = (words: string): string[] =>
  disjoint(findPersonalData(words)).map((finding) => `${finding.rule} ${words.slice(finding.start, finding.end)}`);

describe('personal data', () => {
  it.each([
    ['mail john.doe+x@example.co.uk now', 'EMAIL john.doe+x@example.co.uk'],
    ['{"email":"mia.li3818@example.com"}', 'EMAIL mia.li3818@example.com'],
    ['<bob@corp.de>, please', 'EMAIL bob@corp.de'],
    ["o'neil@corp.com.", "EMAIL o'neil@corp.com"],
    ['IBAN GB82 WEST 1234 5698 7654 32', 'IBAN GB82 WEST 1234 5698 7654 32'],
    ['DE89370400440532013000', 'IBAN DE89370400440532013000'],
    ['card 4111 1111 1111 1111.', 'CARD 4111 1111 1111 1111'],
    ['amex 378282246310005', 'CARD 378282246310005'],
    ['5555-5555-5555-4444', 'CARD 5555-5555-5555-4444'],
    ['call +49 30 901820', 'PHONE +49 30 901820'],
    ['(415) 555-2671', 'PHONE (415) 555-2671'],
    ['415-555-2671', 'PHONE 415-555-2671'],
    ['+14155552671', 'PHONE +14155552671'],
    ['SSN 123-45-6789', 'SSN 123-45-6789'],
    ['from 8.8.8.8 on', 'IP 8.8.8.8'],
    ['at 2606:4700:4700::1111', 'IP 2606:4700:4700::1111'],
    ['https://x.io/?u=ann%40corp.com&v=1', 'EMAIL ann%40corp.com'],
  ])('finds it in %j', (words, expected) => {
    expect(found(words)).toEqual([expected]);
  });

  it.each([
    'order 1234567890123456',
    '2024-05-15 15:00:00 EST',
    '2024-05-15T15:00:00.123Z',
    '1715785200000',
    '550e8400-e29b-41d4-a716-446655440000',
    'flights HAT204 and DL1234567890',
    'reservation 4WQ150, user mia_li_3668',
    'credit_card_7815826, gift_card_4190576',
    'card 4111 1111 1111 1112, with a wrong check digit',
    'DE89370400440532013001, with wrong check digits',
    'v1.2.3.4, version 10.20.30.40',
    '192.168.1.1 and 127.0.0.1 and ::1 and fe80::1',
    '12:30:00, a::b, std::vector',
    '00:1A:2B:3C:4D:5E',
    'react@19.0.0, icon@2x.png, @user, git@github.com:x/y.git',
    '0.123456789012345678 and 1,234,567,890 and 10 000 000',
    '000-12-3456, 666-12-3456, 912-34-5678, 123-00-4567',
    'tel 555-1234',
    'ISBN 978-3-16-148410-0 or 9783161484100',
    'sha 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    '$1234.56 for 100-20-30',
    'phone-like 123-456-7890 has no area code',
  ])('leaves %j alone', (words) => {
    expect(found(words)).toEqual([]);
  });
});

describe('secrets', () => {
  it('finds each where it stands, also among many texts', async () => {
    const texts = [
      'nothing',
      `token ${github}`,
      'x'.repeat(40_000),
      anthropic,
      postgres,
      `a ${privateKey} b`,
      `${slack}!`,
      'short',
    ];
    const secrets = await findSecrets(texts);
    expect(secrets.map((findings) => findings.length)).toEqual([0, 1, 0, 1, 1, 1, 1, 0]);
    expect(secrets[1]?.map(({ start, end }) => texts[1]?.slice(start, end))).toEqual([github]);
  });

  it('does not take two texts for one', async () => {
    expect((await findSecrets([begin, 'between', end])).flat()).toEqual([]);
  });
});

const hex = '0123456789abcdef';
const mixed = 'q7Kx2mZ9aB4cD8eF1gH5';
const awsSecret = `${mixed}${mixed}`;
const pem = ['-----BEGIN OPENSSH', ' PRIVATE KEY-----'].join('');

describe('secrets that secretlint passes over', () => {
  const taken = (words: string): string[] =>
    disjoint(findTokens(words)).map(({ start, end }) => words.slice(start, end));

  it.each([
    ['id AKIAQ3EGRW5T2BZY7KLM.', 'AKIAQ3EGRW5T2BZY7KLM'],
    [`AWS_SECRET_ACCESS_KEY=${awsSecret}`, awsSecret],
    [String.raw`{\"aws_secret_access_key\": \"${awsSecret}\"}`, awsSecret],
    [joined('AI', `zaSy${mixed}${mixed.slice(0, 13)}`), joined('AI', `zaSy${mixed}${mixed.slice(0, 13)}`)],
    [`t=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${mixed}`, `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${mixed}`],
    [`pypi-AgEIcHlwaS5vcmc${awsSecret}`, `pypi-AgEIcHlwaS5vcmc${awsSecret}`],
    [joined('xai', `-${awsSecret}${mixed}`), joined('xai', `-${awsSecret}${mixed}`)],
    [joined('ntn', `_${awsSecret}`), joined('ntn', `_${awsSecret}`)],
    [joined('dop', `_v1_${hex.repeat(4)}`), joined('dop', `_v1_${hex.repeat(4)}`)],
    [joined('SK', hex.repeat(2)), joined('SK', hex.repeat(2))],
    [`Authorization: Bearer ${mixed}`, mixed],
    [`-H 'x-api-key: ${mixed}'`, mixed],
    [`password = "hunter2hunter2"`, 'hunter2hunter2'],
    [String.raw`{\"client_secret\":\"s3cr3t-value\"}`, 's3cr3t-value'],
    ['https://h/?access_token=abc123def456&x=1', 'abc123def456'],
    ['DB_PASSWORD=correct7horse npm start', 'correct7horse'],
  ])('finds it in %j', (words, expected) => {
    expect(taken(words)).toEqual([expected]);
  });

  it('finds a private key, whole, on one line and cut off', () => {
    const body = `${awsSecret}\n${awsSecret}\n`;
    expect(taken(`a ${pem}\n${body}-----END OPENSSH PRIVATE KEY----- b`)).toEqual([
      `${pem}\n${body}-----END OPENSSH PRIVATE KEY-----`,
    ]);
    const escaped = String.raw`${pem}\n${awsSecret}\n${awsSecret}`;
    expect(taken(`{"k": "${escaped}`)).toEqual([escaped]);
  });

  it.each([
    'My password is on the note. Password: please choose one with at least eight letters.',
    '{"password": {"type": "string"}, "required": ["password"], "token": "string"}',
    'password = "${DB_PASSWORD}"; api_key=os.environ["KEY"]; secret: "<your secret>"',
    'password: "different", kind === "secret" ? "secret" : "personal"',
    'AKIAIOSFODNN7EXAMPLE',
    'Begin with -----BEGIN PRIVATE KEY-----, then the key.',
    'the bearer of bad news, Bearer authentication',
    '"next_page_token": "abcdefgh12345678"',
    'SKU12345678901234567890123456789012, pypi-server, xai-sdk',
    'password = "[PASSWORD-1a2b3c4d]"',
  ])('leaves %j alone', (words) => {
    expect(taken(words)).toEqual([]);
  });

  it('knows a secret by the name it stands under', () => {
    expect(isNamedSecret('password', 'hunter2hunter2')).toBe(true);
    expect(isNamedSecret('dbPassword', 'hunter2hunter2')).toBe(true);
    expect(isNamedSecret('X-Api-Key', 'hunter2hunter2')).toBe(true);
    expect(isNamedSecret('password', 'a phrase of words')).toBe(false);
    expect(isNamedSecret('password', 'string')).toBe(false);
    expect(isNamedSecret('password_hint', 'hunter2hunter2')).toBe(false);
    expect(isNamedSecret('next_page_token', 'abcdefgh12345678')).toBe(false);
  });
});

describe('findings that overlap', () => {
  it('become one that leaves nothing of either to read', () => {
    const finding = { rule: 'A', kind: 'pii' as const, start: 0, end: 10 };
    expect(disjoint([{ ...finding, rule: 'B', kind: 'secret', start: 8, end: 14 }, finding])).toEqual([
      { rule: 'B', kind: 'secret', start: 0, end: 14 },
    ]);
    expect(disjoint([finding, { ...finding, start: 10, end: 12 }])).toHaveLength(2);
  });
});

describe('texts of a message', () => {
  const message: Message = {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'think' },
      { type: 'text', text: 'say' },
    ],
    toolCalls: [{ name: 'pay', arguments: { 'to a@b.io': ['x', { deep: 'y' }], card: 4111111111111111, n: 5 } }],
    name: 'bot',
  };

  it('are all of them, with keys and long numbers of arguments', () => {
    expect(textsOf(message)).toEqual([
      'think',
      'say',
      'pay',
      'to a@b.io',
      'x',
      'deep',
      'y',
      'card',
      '4111111111111111',
      'n',
      'bot',
    ]);
    expect(textsOf({ role: 'context', content: [], tools: [{ name: 't', input_schema: { type: 'object' } }] })).toEqual(
      ['name', 't', 'input_schema', 'type', 'object'],
    );
  });

  it('are changed in place, and nothing else is', () => {
    expect(mapTexts(message, (words) => words)).toBe(message);
    const changed = mapTexts(message, (words) =>
      words === 'say' ? 'SAY' : words === '4111111111111111' ? '[CARD]' : words,
    );
    expect(changed).toEqual({
      ...message,
      content: [
        { type: 'reasoning', text: 'think' },
        { type: 'text', text: 'SAY' },
      ],
      toolCalls: [{ name: 'pay', arguments: { 'to a@b.io': ['x', { deep: 'y' }], card: '[CARD]', n: 5 } }],
    });
  });
});

describe('masks', () => {
  const [first, second] = ['a@b.io wrote to A@B.io and c@d.io'].map((words) => ({
    words,
    findings: disjoint(findPersonalData(words)),
  }));

  it('are the same for the same value, differ by value and by key, and hide the value', () => {
    const { words, findings } = first ?? { words: '', findings: [] };
    const masked = maskText('key', words, findings);
    const [one, two, three] = masked.match(/\[EMAIL-[\da-f]{8}\]/g) ?? [];
    expect(one).toBe(two);
    expect(one).not.toBe(three);
    expect(masked).not.toContain('@');
    expect(maskText('other', words, findings)).not.toContain(one);
    expect(second).toBeUndefined();
  });

  it('take one card for one, however it is spaced', () => {
    const finding = { rule: 'CARD', kind: 'pii' as const, start: 0, end: 0 };
    expect(maskOf('key', finding, '4111 1111 1111 1111')).toBe(maskOf('key', finding, '4111111111111111'));
  });

  it('use a key that the workspace makes once and keeps', () => {
    const { settings } = memoryStore();
    const key = maskKey(settings);
    expect(key).toMatch(/^[\da-f]{64}$/);
    expect(maskKey(settings)).toBe(key);
    expect(maskKey(memoryStore().settings)).not.toBe(key);
  });
});

describe('scan', () => {
  const turns = turnsOf([
    root('Write to help@corp.com.'),
    text('user', `I am ann@home.net, my token is ${github}`),
    { role: 'assistant', content: [], toolCalls: [{ name: 'find', arguments: { email: 'ann@home.net' } }] },
    { role: 'tool', content: [{ type: 'text', text: '{"card": "4111 1111 1111 1111"}' }], call: 0 },
    text('assistant', 'Done.'),
  ]);

  it('counts by rule over rows, with examples that show no value', async () => {
    const scan = new Scan('key');
    await scan.look(turns);
    scan.count(0, turns);
    scan.count(1, turns.slice(0, 2));
    const findings = scan.findings();
    expect(findings.map(({ rule, kind, count, rows }) => ({ rule, kind, count, rows }))).toEqual([
      { rule: 'GITHUB-TOKEN', kind: 'secret', count: 2, rows: 2 },
      { rule: 'EMAIL', kind: 'pii', count: 5, rows: 2 },
      { rule: 'CARD', kind: 'pii', count: 1, rows: 1 },
    ]);
    const shown = JSON.stringify(findings);
    for (const value of [github, 'ann@', '4111', 'help@']) expect(shown).not.toContain(value);
    expect(shown).toMatch(/I am \[EMAIL-[\da-f]{8}\], my token is/);
  });

  it('masks what it found in words, arguments and results, the same value alike, and leaves the rest', async () => {
    const scan = new Scan('key');
    await scan.look(turns);
    const masked = turns.map((turn) => scan.masked(turn));
    const all = JSON.stringify(masked);
    for (const value of [github, 'ann@', '4111', 'help@']) expect(all).not.toContain(value);
    expect(new Set(all.match(/\[EMAIL-[\da-f]{8}\]/g)).size).toBe(2);
    expect(masked[4]).toBe(turns[4]?.message);
  });

  it('masks the whole of a secret key, of which secretlint names the first part only', async () => {
    const [turn] = turnsOf([root(`export AWS_SECRET_ACCESS_KEY="${awsSecret}"`)]);
    if (turn === undefined) throw new Error('no turn');
    const scan = new Scan('key');
    await scan.look([turn]);
    const masked = JSON.stringify(scan.masked(turn));
    for (let from = 0; from + 8 <= awsSecret.length; from += 1)
      expect(masked).not.toContain(awsSecret.slice(from, from + 8));
  });

  it('masks what stands under a telling name in arguments, and only there', async () => {
    const call: Message = {
      role: 'assistant',
      content: [{ type: 'text', text: 'tr0ub4dor' }],
      toolCalls: [{ name: 'login', arguments: { user: 'tr0ub4dor', password: 'tr0ub4dor', tokens: ['a1b2c3d4e5'] } }],
    };
    const path = turnsOf([root('x'), call]);
    const scan = new Scan('key');
    await scan.look(path);
    const masked = path[1] === undefined ? undefined : scan.masked(path[1]);
    expect(masked).toMatchObject({
      content: [{ text: 'tr0ub4dor' }],
      toolCalls: [{ arguments: { user: 'tr0ub4dor', password: expect.stringMatching(/^\[PASSWORD-[\da-f]{8}\]$/) } }],
    });
  });
});
