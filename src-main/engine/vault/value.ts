// What may be a secret's value and its name.
import { secretNameSchema } from '#contract/vault';
import { Problem } from '../problem.ts';
import { hasKeyShape } from './key-shapes.ts';

/** Anything shorter would be masked in half of all texts, and guards nothing. */
const shortest = 4;
const longest = 65_536;

/** The value without what surrounds it when it is pasted. Throws BAD_INPUT; no part of the value is in the sentence. */
export function checkedValue(given: string, what = 'The value'): string {
  const value = given.replace(/^\uFEFF/u, '').trim();
  if (value === '') throw new Problem('BAD_INPUT', `${what} is empty.`, 'Paste it again, or pipe it in.');
  if (/[\r\n]/u.test(value)) {
    const lines = value.split(/\r\n|\r|\n/u).length;
    throw new Problem('BAD_INPUT', `${what} has ${lines} lines; a secret is one.`, 'Take the key alone.');
  }
  const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.exec(value)?.[0]?.codePointAt(0);
  if (hidden !== undefined) {
    const code = hidden.toString(16).toUpperCase().padStart(4, '0');
    throw new Problem(
      'BAD_INPUT',
      `${what} has a character that cannot be seen (U+${code}).`,
      'Copy it again, as text.',
    );
  }
  if (!value.isWellFormed()) throw new Problem('BAD_INPUT', `${what} is no text.`, 'Copy it again, as text.');
  if (value.length < shortest) {
    throw new Problem(
      'BAD_INPUT',
      `${what} has less than ${shortest} characters: that is no secret.`,
      'A server that takes any key needs none here.',
    );
  }
  if (value.length > longest)
    throw new Problem('BAD_INPUT', `${what} has more than ${longest.toLocaleString('en-US')} characters.`);
  return value;
}

/** Throws BAD_INPUT, without the name where that may be a value that was put in the wrong place. */
export function checkedName(name: string): string {
  if (secretNameSchema.safeParse(name).success && !hasKeyShape(name)) return name;
  throw new Problem(
    'BAD_INPUT',
    hasKeyShape(name) || name.length > 80 || !/^[\w .-]*$/u.test(name)
      ? 'That is no name for a secret: is it the value?'
      : `"${name}" cannot be the name of a secret.`,
    'A name begins with a letter and has at most 80 letters, digits, "_", "-" and ".", as in OPENAI_API_KEY.',
  );
}

/** A name is shown everywhere: it must not give the value away. Throws BAD_INPUT. */
export function refuseNameWithin(name: string, value: string): void {
  const [one, other] = [name.toLowerCase(), value.toLowerCase()];
  if (!one.includes(other) && (one.length < 8 || !other.includes(one))) return;
  throw new Problem(
    'BAD_INPUT',
    'The name and the value have too much in common: names are shown everywhere.',
    'Give it another name, as in OPENAI_API_KEY.',
  );
}
