// Tokens as the scripted model counts them: one for every four characters, the last may be shorter.

const width = 4;

/** Of UTF-16 units; every begun four count. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / width);
}

/** The text token by token; a character of two units is never divided. */
export function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  for (let to = width; from < text.length; to += width) {
    const code = text.charCodeAt(to - 1);
    const end = code >= 0xd800 && code < 0xdc00 && to < text.length ? to + 1 : to;
    pieces.push(text.slice(from, end));
    from = end;
  }
  return pieces;
}
