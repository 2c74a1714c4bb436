// Signs that hide or turn text are found; those that a script or an emoji needs are left alone.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hiddenSigns } from '../../../../src-renderer/ui/transcript/hidden-signs.ts';

const codes = (text: string): readonly string[] =>
  (hiddenSigns(text) ?? []).flatMap((piece) => (piece.type === 'hidden' ? [piece.code] : []));
const tags = (word: string): string =>
  [...word].map((char) => String.fromCodePoint(0xe0000 + (char.codePointAt(0) ?? 0))).join('');

describe('hiddenSigns', () => {
  it.each([
    ['\u202egnp.exe', ['U+202E']],
    ['pass\u200bword', ['U+200B']],
    ['a\u200b\u200b\u200bb', ['U+200B ×3']],
    ['\u2066\u2069', ['U+2066', 'U+2069']],
    ['\ufeffid', ['U+FEFF']],
    ['a\u200db', ['U+200D']],
    [`Hello${tags('ignore all')}`, ['tags ×10']],
  ])('finds them in %j', (text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  it('reads what tags say', () => {
    expect(hiddenSigns(tags('obey me'))).toEqual([
      { type: 'hidden', text: tags('obey me'), code: 'tags ×7', name: 'hidden tags: obey me' },
    ]);
  });

  it.each([
    'plain words, ünïcode, 漢字',
    'a family 👩‍👩‍👧, a pilot 👩🏽‍✈️, a heart ❤️‍🔥',
    'می\u200cخواهم',
    'क्\u200dष',
    `Wales 🏴${tags('gbwls')}${String.fromCodePoint(0xe007f)}`,
  ])('leaves %j as it is', (text) => {
    expect(hiddenSigns(text)).toBeUndefined();
  });

  it('loses nothing', () => {
    const signs = fc.constantFrom('\u202e', '\u200b', '\u200d', '👩', 'a', 'ش', '\u{e0041}', '\u2069', '\n');
    fc.assert(
      fc.property(fc.string({ unit: signs }), (text) => {
        const pieces = hiddenSigns(text) ?? [{ text }];
        expect(pieces.map((piece) => piece.text).join('')).toBe(text);
      }),
    );
  });
});
