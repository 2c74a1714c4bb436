// Lays JSON text out over lines without reading its values: no digit, key or escape changes.

/**
 * `text` with two spaces an indent and one value a line. Only white space outside strings is touched, so text that is
 * not JSON comes back readable too, and never fails. Linear in time.
 */
export function indentJson(text: string): string {
  const out: string[] = [];
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '"') {
      const end = endOfString(text, at);
      out.push(text.slice(at, end));
      at = end;
    } else if (char === '{' || char === '[') {
      const closing = skipSpace(text, at + 1);
      if (text[closing] === (char === '{' ? '}' : ']')) {
        out.push(char, text.charAt(closing));
        at = closing + 1;
      } else {
        depth += 1;
        out.push(char, lineBreak(depth));
        at += 1;
      }
    } else if (char === '}' || char === ']') {
      depth = Math.max(0, depth - 1);
      out.push(lineBreak(depth), char);
      at += 1;
    } else if (char === ',') {
      out.push(',', lineBreak(depth));
      at += 1;
    } else if (char === ':') {
      out.push(': ');
      at += 1;
    } else if (isSpace(char)) {
      at += 1;
    } else {
      const end = endOfLiteral(text, at);
      out.push(text.slice(at, end));
      at = end;
    }
  }
  return out.join('');
}

/** Indents past this level would push everything out of sight. */
const deepestIndent = 40;

function lineBreak(depth: number): string {
  return `\n${'  '.repeat(Math.min(depth, deepestIndent))}`;
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\n' || char === '\r' || char === '\t';
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text.charAt(at))) at += 1;
  return at;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const char = text[at];
    if (char === '\\') at += 2;
    else if (char === '"') return at + 1;
    else at += 1;
  }
  return text.length;
}

function endOfLiteral(text: string, start: number): number {
  let at = start;
  while (at < text.length && !/[\s"{}[\],:]/.test(text.charAt(at))) at += 1;
  return Math.max(at, start + 1);
}
