// Numbers as people type them.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shortMoney } from '../../../../src-renderer/lib/format.ts';
import { decimalNumber, numberText, wholeNumber } from '../../../../src-renderer/lib/number-text.ts';

const valueOf = (result: ReturnType<typeof wholeNumber>): number | string | undefined =>
  result.ok ? result.value : 'fault';

it('a number is read back from its text', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1 }), fc.double({ min: 1e-12, max: 1e12, noNaN: true }), (whole, decimal) => {
      expect(valueOf(wholeNumber(numberText(whole)))).toBe(whole);
      expect(valueOf(decimalNumber(numberText(decimal)))).toBe(decimal);
    }),
  );
  expect(numberText(undefined)).toBe('');
});

it.each([
  ['', undefined],
  ['  ', undefined],
  [' 12 ', 12],
  ['200,000', 200_000],
  ['200 000', 200_000],
  ['200_000', 200_000],
  ['2,00', 'fault'],
  ['1.5', 'fault'],
  ['0', 'fault'],
  ['-3', 'fault'],
  ['1e3', 'fault'],
  ['99999999999999999999', 'fault'],
  ['twelve', 'fault'],
])('a whole number: %j', (text, value) => expect(valueOf(wholeNumber(text))).toBe(value));

it.each([
  ['', undefined],
  ['2.50', 2.5],
  ['.5', 0.5],
  ['5.', 5],
  ['1e-7', 1e-7],
  ['1e400', 'fault'],
  // It could be one thousand, or one.
  ['1,000', 'fault'],
  ['0', 'fault'],
  ['0.0', 'fault'],
  ['-1', 'fault'],
  ['1.2.3', 'fault'],
  ['0x10', 'fault'],
])('a decimal number: %j', (text, value) => expect(valueOf(decimalNumber(text))).toBe(value));

it('more than there may be is refused with how many there may be', () => {
  expect(wholeNumber('11', 10)).toEqual({ ok: false, fault: 'At most 10.' });
  expect(decimalNumber('10.1', 10)).toEqual({ ok: false, fault: 'At most 10.' });
});

it.each([
  [0, '$0.00'],
  [12.5, '$12.50'],
  [0.1, '$0.10'],
  [0.0041, '$0.0041'],
  [0.000_000_2, '< $0.000001'],
])('money: %d', (usd, words) => expect(shortMoney(usd)).toBe(words));
