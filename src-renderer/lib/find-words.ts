// The words of a search found again in a text, as the store finds them: whole words, the last one also as a beginning,
// whatever their case and accents. Pure.

/** Start and end of a found word, in UTF-16 units. */
export type Place = readonly [number, number];

export interface WordSearch {
  /** Whether the texts taken together hold every word. */
  readonly holds: (texts: readonly string[]) => boolean;
  /** Where any of the words stands, in order; at most `most`. */
  readonly places: (text: string, most?: number) => readonly Place[];
}

const letter = String.raw`[\p{L}\p{N}\p{M}\p{Co}]`;

/** Undefined where nothing that was typed is a word. */
export function wordSearch(typed: string): WordSearch | undefined {
  const words = typed.match(/[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{M}\p{Co}]*/gu);
  if (words === null) return undefined;
  const patterns = words.map((word, index) => patternOf(word, index === words.length - 1));
  const each = patterns.map((pattern) => new RegExp(pattern, 'iu'));
  const any = patterns.join('|');
  return {
    holds: (texts) => {
      const folded = texts.map(foldedText);
      return each.every((word) => folded.some((text) => word.test(text)));
    },
    places: (text, most = Infinity) => {
      const found: Place[] = [];
      for (const match of foldedText(text).matchAll(new RegExp(any, 'giu'))) {
        if (found.length >= most) break;
        found.push([match.index, match.index + match[0].length]);
      }
      return found;
    },
  };
}

function patternOf(word: string, isLast: boolean): string {
  // Accents may also stand in a text as marks of their own.
  const letters = [...plain(word)].join(String.raw`\p{M}*`);
  return `(?<!${letter})${letters}${isLast ? `${letter}*` : String.raw`\p{M}*(?!${letter})`}`;
}

function plain(text: string): string {
  return text.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '').normalize('NFC');
}

/** The text without accents and of the same length, so that places in it are places in the text. */
function foldedText(text: string): string {
  // Only letters of the scripts that have accents or cases; the rest stays as it is, which is fast.
  return text.replaceAll(/[\u00c0-\u1fff]/g, (char) => {
    const folded = plain(char);
    return folded.length === 1 ? folded : char;
  });
}
