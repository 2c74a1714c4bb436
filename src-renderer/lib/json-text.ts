// JSON that a person types: parsed, or a sentence that says in which line it goes wrong.
import { jsonSchema, type Json } from '#contract/turn';

export type ParsedJson = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly why: string };

/** Parses `text`; where it is not JSON, `why` is for people. */
export function parseJson(text: string): ParsedJson {
  try {
    const parsed = jsonSchema.safeParse(JSON.parse(text));
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false, why: 'This is not JSON.' };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const line = text.slice(0, faultOf(text)).split('\n').length;
    return { ok: false, why: `This is not valid JSON: look at line ${String(line)}.` };
  }
}

const tokens =
  /[ \t\r\n]+|"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|[{}[\],:]/uy;

/** Where the text stops being JSON: its offset. JSON.parse says so for long texts only. */
function faultOf(text: string): number {
  const open: ('{' | '[')[] = [];
  let expects: 'value' | 'key' | 'colon' | 'next' = 'value';
  let last = '';
  let at = 0;
  for (; at < text.length; at = tokens.lastIndex) {
    tokens.lastIndex = at;
    const token = tokens.exec(text)?.[0];
    if (token === undefined) return at;
    if (token.trim() === '') continue;
    const inside = open.at(-1);
    const closes = (token === '}' && inside === '{') || (token === ']' && inside === '[');
    if (closes && (expects === 'next' || last === '{' || last === '[')) {
      open.pop();
      expects = 'next';
    } else if (expects === 'next') {
      if (token !== ',' || inside === undefined) return at;
      expects = inside === '{' ? 'key' : 'value';
    } else if (expects === 'colon') {
      if (token !== ':') return at;
      expects = 'value';
    } else if (expects === 'key') {
      if (!token.startsWith('"')) return at;
      expects = 'colon';
    } else if (token === '{' || token === '[') {
      open.push(token);
      expects = token === '{' ? 'key' : 'value';
    } else {
      if (/^[}\],:]/.test(token)) return at;
      expects = 'next';
    }
    last = token;
  }
  return at;
}
