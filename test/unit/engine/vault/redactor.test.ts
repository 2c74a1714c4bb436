// Masks of known values: every form, however the bytes are cut, and nothing else touched.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '#contract/turn';
import { VaultRedactor } from '#engine/vault/redactor';

const key = 'k7Vq-9zL_pQ2xWm4Rt8sYb1n';
const awkward = 'pä"ss\\w/ö+rd?&=% 7x';
const mask = '‹secret API_KEY›';
const maskKey = Buffer.alloc(32, 7);

function redactorOf(values: Readonly<Record<string, string>>): VaultRedactor {
  const redactor = new VaultRedactor(() => maskKey);
  for (const [name, value] of Object.entries(values)) redactor.know(name, value);
  return redactor;
}

function inPieces(redactor: VaultRedactor, bytes: Uint8Array, cuts: readonly number[]): string {
  const stream = redactor.bytes();
  const out: Uint8Array[] = [];
  let from = 0;
  for (const cut of [...cuts.map((one) => one % (bytes.length + 1)).toSorted((one, two) => one - two), bytes.length]) {
    const piece = Buffer.from(bytes.subarray(from, cut));
    out.push(Buffer.from(stream.push(piece)));
    // Whoever gives a piece may use its memory again.
    piece.fill(0);
    from = cut;
  }
  out.push(stream.end());
  return Buffer.concat(out).toString('utf8');
}

/** Each form a value may stand in, by how it is made. */
const writers: readonly (readonly [string, (value: string) => string])[] = [
  ['as it is', (value) => value],
  ['as a header', (value) => `Authorization: Bearer ${value}`],
  ['JSON', (value) => JSON.stringify({ value })],
  ['JSON in JSON', (value) => JSON.stringify({ body: JSON.stringify({ value }) })],
  [
    'ASCII JSON',
    (value) =>
      JSON.stringify(value).replaceAll(
        /[\u0080-\uFFFF]/g,
        (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
  ],
  ['URL', (value) => `https://a.example/?key=${encodeURIComponent(value)}&b=1`],
  ['form', (value) => new URLSearchParams({ key: value }).toString()],
  ['lower-case URL', (value) => encodeURIComponent(value).replaceAll(/%../g, (code) => code.toLowerCase())],
  ['base64', (value) => Buffer.from(value).toString('base64')],
  ['base64 after one', (value) => Buffer.from(`a${value}`).toString('base64')],
  ['base64 after two', (value) => Buffer.from(`ab${value}cd`).toString('base64')],
  ['Basic', (value) => `Basic ${Buffer.from(`user:${value}`).toString('base64')}`],
  ['base64url', (value) => Buffer.from(value).toString('base64url')],
  ['hex', (value) => Buffer.from(value).toString('hex')],
  ['upper-case hex', (value) => Buffer.from(value).toString('hex').toUpperCase()],
];

describe.each([
  ['plain', key],
  ['awkward', awkward],
])('a known value (%s)', (_, value) => {
  it.each(writers)('is masked: %s', (_name, write) => {
    const redactor = redactorOf({ API_KEY: value });
    const text = `before ${write(value)} after`;
    const masked = redactor.text(text);
    expect(masked).toContain(mask);
    expect(masked).toMatch(/^before .* after$/u);
    expect(inPieces(redactor, Buffer.from(text), [])).toContain(mask);
    // What is left of an encoded value are the signs at its edges that also hold what stands beside it.
    const left = masked.replaceAll(mask, '').length;
    expect(left).toBeLessThanOrEqual(text.length - value.length);
  });
});

describe('masks', () => {
  it('give back the very text and value where there is nothing', () => {
    const redactor = redactorOf({ API_KEY: key });
    const value: Json = { a: ['x', 1, null, { b: 'k7Vq-9zL' }] };
    expect(redactor.json(value)).toBe(value);
    expect(redactor.text('k7Vq-9zL_pQ2xWm4Rt8sYb1')).toBe('k7Vq-9zL_pQ2xWm4Rt8sYb1');
    expect(redactor.text('')).toBe('');
  });

  it('are made in strings and names of JSON, and lose no member', () => {
    const redactor = redactorOf({ API_KEY: key });
    redactor.know('API_KEY', `${key}-new`);
    const value: Json = { [key]: 1, [`${key}-new`]: [key], plain: { __proto__: null, deep: `x ${key}` } };
    expect(redactor.json(value)).toEqual({ [mask]: 1, [`${mask} 2`]: [mask], plain: { deep: `x ${mask}` } });
  });

  it('survive texts that are not well-formed', () => {
    const redactor = redactorOf({ API_KEY: key });
    expect(redactor.text(`\uD800${key}\uDC00 ${key}`)).toBe(`\uD800${mask}\uDC00 ${mask}`);
    expect(redactor.text('\uD800 no')).toBe('\uD800 no');
  });

  it('are those of the longest that begins first; what overlaps goes with it', () => {
    const redactor = redactorOf({ SHORT: 'abcdefgh12', LONG: 'abcdefgh12345', NEXT: '345ijklmnop' });
    expect(redactor.text('<abcdefgh12>')).toBe('<‹secret SHORT›>');
    expect(redactor.text('<abcdefgh12345ijklmnop>')).toBe('<‹secret LONG›>');
    expect(redactor.text('<abcdefgh12abcdefgh12345>')).toBe('<‹secret SHORT›‹secret LONG›>');
  });

  it('hide short values only as words', () => {
    const redactor = redactorOf({ PIN: 'x7_q' });
    expect(redactor.text('x7_q')).toBe('‹secret PIN›');
    expect(redactor.text('(x7_q), x7_q')).toBe('(‹secret PIN›), ‹secret PIN›');
    expect(redactor.text('ax7_q x7_qb')).toBe('ax7_q x7_qb');
    expect(redactor.text('a\\nx7_q %20x7_q')).toBe('a\\n‹secret PIN› %20‹secret PIN›');
  });

  it('stay as they are, also where a value looks like a part of them', () => {
    const redactor = redactorOf({ API_KEY: key, WORD: 'secret', NAME: 'API_KEY' });
    const once = redactor.text(`the secret ${key} and API_KEY`);
    expect(once).toBe(`the ‹secret WORD› ${mask} and ‹secret NAME›`);
    expect(redactor.text(once)).toBe(once);
    expect(inPieces(redactor, Buffer.from(once), [])).toBe(once);
  });

  it('keep JSON valid where a value begins within an escape', () => {
    const redactor = redactorOf({ N: 'nabcdefgh1', U: '00e9abcdefg' });
    for (const text of ['x\nabcdefgh1 y', 'x\u00e9abcdefg', 'x\\nabcdefgh1']) {
      const json = JSON.stringify({ text }).replaceAll('é', '\\u00e9');
      const masked = inPieces(redactor, Buffer.from(json), []);
      expect(masked).toContain('‹secret ');
      expect(JSON.parse(masked)).toHaveProperty('text');
    }
  });

  it('are the same however the bytes are cut', () => {
    const values = {
      A: key,
      B: awkward,
      C: 'aaaaaaaa',
      D: 'aaaaaaaaaaaab',
      E: 'w0rd',
      F: 'nabcdefgh1',
      G: '9zL_pQ2xWm4Rt8sYb1n-more',
    };
    const redactor = redactorOf(values);
    const parts = fc.oneof(
      fc.constantFrom(...Object.values(values)),
      fc.constantFrom(...writers.flatMap(([, write]) => [write(key), write(awkward)])),
      fc.constantFrom(
        'a',
        'aa',
        'aaaa',
        '\\',
        '\\\\',
        '\\n',
        '\\u00',
        '"',
        ' ',
        'w0r',
        '‹secret A›',
        '‹secret',
        '%20',
        'é',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    const law = fc.property(
      fc.array(parts, { maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 30 }),
      (texts, cuts) => {
        const bytes = Buffer.from(texts.join(''));
        const whole = inPieces(redactor, bytes, []);
        expect(inPieces(redactor, bytes, cuts)).toBe(whole);
        expect(
          inPieces(
            redactor,
            bytes,
            Array.from({ length: bytes.length }, (_unused, at) => at),
          ),
        ).toBe(whole);
        for (const value of [key, awkward, 'aaaaaaaa', values.G]) expect(whole).not.toContain(value);
      },
    );
    fc.assert(law, { numRuns: 2000 });
  });

  it('are not masked again', () => {
    const redactor = redactorOf({ A: key, B: awkward, C: 'aaaaaaaa' });
    const law = fc.property(
      fc.array(
        fc.oneof(fc.constantFrom(key, awkward, 'aaaaaaaa', 'sk-proj-a1b2c3d4e5f6g7h8i9j0k1', ' '), fc.string()),
        { maxLength: 8 },
      ),
      (texts) => {
        const once = redactor.text(texts.join(''));
        expect(redactor.text(once)).toBe(once);
      },
    );
    fc.assert(law, { numRuns: 1000 });
  });

  it('leave JSON that parses to what the masks say', () => {
    const redactor = redactorOf({ A: key, B: awkward });
    const leaf = fc.oneof(fc.string(), fc.constantFrom(key, awkward, `x ${key}`, `${awkward}\n`));
    const law = fc.property(fc.dictionary(leaf, fc.array(leaf)), (value) => {
      const masked = inPieces(redactor, Buffer.from(JSON.stringify(value)), []);
      const parsed: unknown = JSON.parse(masked);
      expect(JSON.stringify(parsed)).not.toContain(key);
      expect(JSON.stringify(redactor.json(value))).not.toContain(key);
    });
    fc.assert(law, { numRuns: 500 });
  });

  it('hold back nothing but what may be the beginning of a value', () => {
    const stream = redactorOf({ API_KEY: key }).bytes();
    const push = (text: string): string => Buffer.from(stream.push(Buffer.from(text))).toString();
    expect(push('data: {"a": "hello"}\n\n')).toBe('data: {"a": "hello"}\n\n');
    expect(push('the key is ')).toBe('the key is ');
    expect(push(key.slice(0, 12))).toBe('');
    expect(push(key.slice(12, 20))).toBe('');
    expect(push('. And so on')).toBe(`${key.slice(0, 20)}. And so on`);
    expect(push(key)).toBe(mask);
    expect(Buffer.from(stream.end()).toString()).toBe('');
  });

  it('keep no more than the longest value, also of a text that repeats one', () => {
    const stream = redactorOf({ C: 'aaaaaaaa' }).bytes();
    let given = 0;
    for (let round = 0; round < 200; round += 1) given += stream.push(Buffer.alloc(1000, 'a')).length;
    given += stream.end().length;
    expect(given).toBe(Buffer.byteLength('‹secret C›'));
  });
});
