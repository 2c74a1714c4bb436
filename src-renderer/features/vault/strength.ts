// How hard a passphrase is to guess, roughly: a hint while it is chosen, no promise.

export interface Strength {
  /** 0 too short, 1 weak, 2 fair, 3 good. */
  readonly level: 0 | 1 | 2 | 3;
  readonly name: string;
  readonly hint: string;
}

/** As the contract takes them. */
export const leastLength = 8;

const common = ['password', 'passphrase', 'passwort', 'letmein', 'welcome', 'qwerty', 'asdf', 'iloveyou', 'atelier'];
const rows = ['abcdefghijklmnopqrstuvwxyz', '0123456789', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
/** Bits of a word somebody picks, and of a character of each kind. */
const wordBits = 11;
const fairBits = 40;
const goodBits = 60;

export function strengthOf(passphrase: string): Strength {
  if (passphrase.length < leastLength) {
    return { level: 0, name: 'Too short', hint: `At least ${leastLength} characters.` };
  }
  const bits = Math.min(bitsByCharacter(passphrase), bitsByWord(passphrase));
  if (bits < fairBits) {
    return {
      level: 1,
      name: 'Weak',
      hint: 'Soon guessed by a machine. Take five or six words that do not belong together.',
    };
  }
  if (bits < goodBits) return { level: 2, name: 'Fair', hint: 'One or two more words make it much harder to guess.' };
  return { level: 3, name: 'Good', hint: 'Hard to guess. Nobody can recover it for you: keep it somewhere safe.' };
}

/** Each character by the kinds there are; one that repeats or follows the one before it tells little. */
function bitsByCharacter(text: string): number {
  const pool =
    (/[a-z]/.test(text) ? 26 : 0) +
    (/[A-Z]/.test(text) ? 26 : 0) +
    (/\d/.test(text) ? 10 : 0) +
    (/[^a-zA-Z\d]/.test(text) ? 32 : 0);
  const each = Math.log2(Math.max(2, pool));
  const characters = [...text];
  const seen = new Set<string>();
  let bits = 0;
  for (const [index, character] of characters.entries()) {
    const before = characters[index - 1];
    const follows = before !== undefined && rows.some((row) => row.includes((before + character).toLowerCase()));
    bits += before === character || follows ? 0.5 : seen.has(character) ? each / 2 : each;
    seen.add(character);
  }
  return bits - (common.some((word) => text.toLowerCase().includes(word)) ? 30 : 0);
}

/** What reads as words is guessed word by word; anything else is not bounded by this. */
function bitsByWord(text: string): number {
  const words = text
    .toLowerCase()
    .split(/[\s\-_.]+/)
    .filter((word) => word !== '');
  if (words.length < 2 || !words.every((word) => /^\p{L}+$/u.test(word))) return Number.POSITIVE_INFINITY;
  return new Set(words).size * wordBits;
}
