// Signs that cannot be seen but change what is read: they turn the line, join or hide words. Pure.

/** A piece of text: as it is, or a run of one kind of hidden sign. */
export type Piece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'hidden'; readonly text: string; readonly code: string; readonly name: string };

/** More than this in one text, and the rest is left as it is. */
const mostPieces = 2000;

const names: Readonly<Record<string, string>> = {
  '\u061c': 'Arabic letter mark',
  '\u180e': 'Mongolian vowel separator',
  '\u200b': 'zero-width space',
  '\u200c': 'zero-width non-joiner',
  '\u200d': 'zero-width joiner',
  '\u200e': 'left-to-right mark',
  '\u200f': 'right-to-left mark',
  '\u202a': 'left-to-right embedding',
  '\u202b': 'right-to-left embedding',
  '\u202c': 'end of embedding',
  '\u202d': 'left-to-right override',
  '\u202e': 'right-to-left override',
  '\u2060': 'word joiner',
  '\u2066': 'left-to-right isolate',
  '\u2067': 'right-to-left isolate',
  '\u2068': 'first strong isolate',
  '\u2069': 'end of isolate',
  '\ufeff': 'byte order mark',
};

const hidden = /([\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff])\1*|[\u{e0000}-\u{e007f}]+/gu;
/** Joiners belong to emoji and to the scripts that need them, tags to flags. Each is asked of one sign. */
const joinsBefore = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]/u;
const joinsAfter = /^\p{Extended_Pictographic}/u;
const scriptBefore =
  /^[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const flag = '\u{1f3f4}';

/** The text in pieces; undefined where it hides nothing. */
export function hiddenSigns(text: string): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(hidden)) {
    if (pieces.length >= mostPieces) break;
    const run = match[0];
    const { index } = match;
    const end = index + run.length;
    if (isUsual(run, signBefore(text, index), text.slice(end, end + 2))) continue;
    if (index > from) pieces.push({ type: 'text', text: text.slice(from, index) });
    pieces.push({ type: 'hidden', text: run, ...described(run) });
    from = end;
  }
  if (pieces.length === 0) return undefined;
  if (from < text.length) pieces.push({ type: 'text', text: text.slice(from) });
  return pieces;
}

function signBefore(text: string, index: number): string {
  const isPair = (text.codePointAt(index - 2) ?? 0) > 0xffff;
  return text.slice(Math.max(0, index - (isPair ? 2 : 1)), index);
}

function isUsual(run: string, before: string, after: string): boolean {
  if (run === '\u200d' && joinsBefore.test(before) && joinsAfter.test(after)) return true;
  if (run === '\u200c' || run === '\u200d') return scriptBefore.test(before);
  // A flag of a region: a black flag, its letters as tags, the closing tag.
  return before === flag && /^[\u{e0030}-\u{e007a}]{3,6}\u{e007f}$/u.test(run);
}

function described(run: string): { readonly code: string; readonly name: string } {
  const point = run.codePointAt(0) ?? 0;
  const signs = [...run];
  const times = signs.length === 1 ? '' : ` ×${signs.length.toLocaleString('en')}`;
  if (point >= 0xe0000) {
    const said = signs.map((sign) => String.fromCharCode((sign.codePointAt(0) ?? 0) - 0xe0000)).join('');
    return { code: `tags${times}`, name: `hidden tags: ${said.replaceAll(/[^ -~]/g, '·').slice(0, 200)}` };
  }
  const code = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  return { code: `${code}${times}`, name: names[signs[0] ?? ''] ?? 'invisible sign' };
}
