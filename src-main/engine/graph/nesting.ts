// Whether a text may be given to the parser: what is nested without measure would overflow its stack, and with it the process.

/** UTF-16 code units; a graph of 10,000 nodes is 1 million. */
const longest = 4_000_000;
/** Brackets in brackets, and words and signs in one statement or item without a comma; the parser takes ten times as many. */
const deepest = 256;
const widest = 4096;

/** Offset at which the text goes past what can be read; undefined where it does not. Linear. */
export function tooMuchAt(text: string): number | undefined {
  if (text.length > longest) return 0;
  // Pieces counted at each depth since the last sign that ends an item.
  const pieces = [0];
  const templates: number[] = [];
  let before = '';
  tokens.lastIndex = 0;
  for (let match = tokens.exec(text); match !== null; match = tokens.exec(text)) {
    const [token] = match;
    const first = token[0] ?? '';
    if (isSpace(first) || token.startsWith('//') || token.startsWith('/*')) continue;
    if (first === '/' && !endsValue(before)) {
      regex.lastIndex = match.index;
      if (regex.test(text)) tokens.lastIndex = regex.lastIndex;
    }
    if (first === '`' || (first === '}' && templates.at(-1) === pieces.length)) {
      if (first === '}') {
        templates.pop();
        pieces.pop();
      }
      template.lastIndex = match.index + 1;
      template.test(text);
      tokens.lastIndex = template.lastIndex;
      if (text[tokens.lastIndex - 1] === '{') {
        pieces.push(0);
        templates.push(pieces.length);
      }
    } else if (first === '(' || first === '[' || first === '{') pieces.push(0);
    else if ((first === ')' || first === ']' || first === '}') && pieces.length > 1) pieces.pop();
    const here = pieces.length - 1;
    const ends = first === ',' || first === ';' || (before === '}' && /^[\w$]/u.test(first) && token !== 'else');
    pieces[here] = ends ? 0 : (pieces[here] ?? 0) + 1;
    if (pieces.length > deepest || (pieces[here] ?? 0) > widest) return match.index;
    before = token;
  }
  return undefined;
}

const tokens =
  /\s+|\/\/[^\n\r]*|\/\*[^]*?(?:\*\/|$)|'(?:[^'\\\n]|\\[^])*'?|"(?:[^"\\\n]|\\[^])*"?|[\w$\u0080-\uFFFF]+|[^]/gy;
const regex = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/gy;
/** To the template's end or its next `${`. */
const template = /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{|$)/gy;

function isSpace(sign: string): boolean {
  return sign === ' ' || sign === '\n' || sign === '\r' || sign === '\t' || sign === '\uFEFF';
}

/** After a value a slash divides; elsewhere it begins a regular expression. */
function endsValue(token: string): boolean {
  return /^[\w$)\]}'"`]/u.test(token) && !/^(?:return|typeof|case|in|of|void|delete|await|else)$/u.test(token);
}
