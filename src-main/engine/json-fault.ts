// Where a text stops being JSON: what JSON.parse leaves out of its message where the text is short.

export interface JsonFault {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Sentence without its end: "a value is missing before ]". */
  readonly what: string;
}

const token =
  /[ \t\r\n]*(?:([[\]{},:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])|$)/uy;

/** undefined where it is JSON. */
export function jsonFault(text: string): JsonFault | undefined {
  const open: string[] = [];
  // What may come: a value, a key, a colon, or what stands after a value. `first`: the bracket may close at once.
  let wanted: 'value' | 'key' | 'colon' | 'after' = 'value';
  let first = false;
  token.lastIndex = 0;
  for (;;) {
    const from = token.lastIndex;
    const found = token.exec(text);
    const here = from + (/^[ \t\r\n]*/u.exec(text.slice(from, from + 10_000))?.[0].length ?? 0);
    if (found === null) return faultAt(text, here, unreadable(text, here));
    const [, sign, string, scalar] = found;
    const inner = open.at(-1);
    const closes = (sign === '}' && inner === '{') || (sign === ']' && inner === '[');
    if (sign === undefined && string === undefined && scalar === undefined) {
      if (wanted === 'after' && inner === undefined) return undefined;
      return faultAt(text, here, inner === undefined ? 'there is nothing' : `it ends before its ${inner} is closed`);
    }
    if (closes && (wanted === 'after' || first)) {
      open.pop();
      [wanted, first] = ['after', false];
    } else if (wanted === 'value' && (sign === '{' || sign === '[')) {
      open.push(sign);
      [wanted, first] = [sign === '{' ? 'key' : 'value', true];
    } else if ((wanted === 'value' && sign === undefined) || (wanted === 'key' && string !== undefined)) {
      [wanted, first] = [wanted === 'key' ? 'colon' : 'after', false];
    } else if (wanted === 'colon' && sign === ':') {
      wanted = 'value';
    } else if (wanted === 'after' && sign === ',' && inner !== undefined) {
      wanted = inner === '{' ? 'key' : 'value';
    } else {
      return faultAt(
        text,
        here,
        `${words[wanted]} must stand here, not ${text.slice(here, token.lastIndex).slice(0, 30)}`,
      );
    }
  }
}

const words = {
  value: 'a value',
  key: 'a name in double quotes',
  colon: 'a colon',
  after: 'a comma or the closing bracket',
};

function unreadable(text: string, offset: number): string {
  const sign = text[offset];
  if (sign === '"') return 'this text is not closed on its line, or has a \\ in it that means nothing';
  if (sign === "'") return 'texts stand in double quotes';
  if (sign === '/') return 'JSON takes no comments';
  return `${JSON.stringify(/^\S{1,20}/u.exec(text.slice(offset, offset + 40))?.[0] ?? sign)} means nothing here`;
}

function faultAt(text: string, offset: number, what: string): JsonFault {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, what };
}
