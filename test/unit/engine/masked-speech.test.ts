// What a model says in pieces: a known value is told as its mask wherever it is cut, and all else is told as it is.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskedSpeech } from '#engine/masked-speech';
import { VaultRedactor } from '#engine/vault/redactor';

const value = 'k7Vq-9zL_pQ2é€🗝xWm4Rt8sYb1n';

function redactor(): VaultRedactor {
  const made = new VaultRedactor(() => Buffer.alloc(32));
  made.know('KEY', value);
  return made;
}

/** What is told where `text` is said in pieces that end at `cuts`, halves of surrogate pairs too. */
function told(text: string, cuts: readonly number[]): { readonly whole: string; readonly pieces: readonly string[] } {
  const pieces: string[] = [];
  const { say, end } = maskedSpeech(redactor(), (_channel, piece) => pieces.push(piece));
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).toSorted((one, other) => one - other), text.length];
  for (const [index, place] of places.entries()) say('text', text.slice(places[index - 1] ?? 0, place));
  end();
  return { whole: pieces.join(''), pieces };
}

test('a value is masked wherever it is cut', () => {
  const around = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('‹'));
  fc.assert(
    fc.property(around, around, fc.array(fc.nat(200), { maxLength: 40 }), (before, after, cuts) => {
      expect(told(`${before}${value}${after}`, cuts).whole).toBe(`${before}‹secret KEY›${after}`);
    }),
  );
});

test('what is none is told as it is, without waiting for more', () => {
  expect(told('a 🗝 b', [1, 2, 3, 4, 5]).whole).toBe('a 🗝 b');
  expect(told(`begins ${value.slice(0, 12)}`, [3, 15]).whole).toBe(`begins ${value.slice(0, 12)}`);
  const pieces: string[] = [];
  const { say } = maskedSpeech(redactor(), (channel, piece) => pieces.push(`${channel}: ${piece}`));
  say('text', 'Hello ');
  say('reasoning', `so ${value}`);
  say('text', 'world.');
  expect(pieces).toEqual(['text: Hello ', 'reasoning: so ‹secret KEY›', 'text: world.']);
});
