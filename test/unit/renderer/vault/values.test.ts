// Values, names and passphrases while they are written: what is refused is said without any of it.
import { secretValueSchema } from '#contract/vault';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkValue, nameFault } from '../../../../src-renderer/features/vault/secret-value.ts';
import { strengthOf } from '../../../../src-renderer/features/vault/strength.ts';

describe('a value', () => {
  it('is taken without what surrounds it, as the contract takes it', () => {
    expect(checkValue('\uFEFF \n sk-abc123 \r\n')).toEqual({ ok: true, value: 'sk-abc123' });
    fc.assert(
      fc.property(
        fc.stringMatching(/^[!-~][ -~]{2,40}[!-~]$/),
        fc.stringMatching(/^[ \n\t]{0,3}$/),
        (value, around) => {
          const checked = checkValue(around + value + around);
          expect(checked).toEqual({ ok: true, value });
          expect(secretValueSchema.safeParse(value).success).toBe(true);
        },
      ),
    );
  });

  it.each([
    ['', /Paste/],
    [' \n ', /Paste/],
    ['one\ntwo\r\nthree', /3 lines/],
    ['sk-\u200Babc', /cannot be seen/],
    ['sk-\u0000abc', /cannot be seen/],
    ['abc', /at least 4/],
    ['x'.repeat(65_537), /longer than/],
  ])('is refused in words: %j', (text, words) => {
    const checked = checkValue(text);
    expect(checked).toEqual({ ok: false, fault: expect.stringMatching(words) as string });
  });
});

it('a value that is refused is in no word about it', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9a-f]{12,40}$/), (value) => {
      const faults = [`${value}\n${value}`, `${value}\u0007${value}`].map((text) => JSON.stringify(checkValue(text)));
      expect(faults.filter((fault) => fault.includes(value) || !fault.includes('fault'))).toEqual([]);
    }),
  );
});

describe('a name', () => {
  it.each(['OPENAI_API_KEY', 'a', 'team.key-2'])('may be %s', (name) => expect(nameFault(name, [])).toBeUndefined());
  it.each(['', '  ', '2FA', '_X', 'a b', 'x'.repeat(81), 'naïve'])('may not be %j', (name) =>
    expect(nameFault(name, [])).toEqual(expect.any(String)),
  );
  it('is taken where another differs by capitals alone', () => {
    expect(nameFault(' openai_api_key', ['OPENAI_API_KEY'])).toContain('there already');
    expect(nameFault('OPENAI_API_KEY_2', ['OPENAI_API_KEY'])).toBeUndefined();
  });
});

describe('a passphrase', () => {
  it.each([
    ['short', 0],
    ['password', 1],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 1],
    ['abcdefghijklmnop', 1],
    ['1234567890123456', 1],
    ['Password1!', 1],
    ['horse horse horse horse horse horse', 1],
    ['correct horse battery staple', 2],
    ['correct horse battery staple lantern pickle', 3],
    ['kX9#vQ2m!Lr7tz', 3],
  ])('%j is of level %i', (passphrase, level) => expect(strengthOf(passphrase).level).toBe(level));

  it('is never called harder for being a beginning of itself', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), (text) => {
        expect(strengthOf(text + text).level).toBeGreaterThanOrEqual(Math.min(1, strengthOf(text).level));
        expect(strengthOf(text).hint).not.toContain(text);
      }),
    );
  });
});
