// JSON as a tree to show: numbers keep their digits and objects every member, so that what is shown is what was written.
import type { Json } from '#contract/turn';
import { isList } from '../../lib/json-kinds.ts';

export type JsonNode =
  | { readonly type: 'object'; readonly members: readonly (readonly [string, JsonNode])[]; readonly lines: number }
  | { readonly type: 'array'; readonly items: readonly JsonNode[]; readonly lines: number }
  | { readonly type: 'string'; readonly value: string; readonly lines: 1 }
  | {
      readonly type: 'literal';
      readonly text: string;
      readonly kind: 'number' | 'boolean' | 'null';
      readonly lines: 1;
    };

/** Deeper than this a tree cannot be read by anybody; such JSON is shown as text. */
const maxDepth = 100;
/** Containers up to this long and without nesting are shown on one line. */
const inlineLength = 72;

/** The tree of a parsed value; deeper parts than can be shown become their compact JSON text. */
export function nodeOf(value: Json, depth = 0): JsonNode {
  if (typeof value === 'string') return { type: 'string', value, lines: 1 };
  if (typeof value === 'number') return { type: 'literal', text: String(value), kind: 'number', lines: 1 };
  if (typeof value === 'boolean') return { type: 'literal', text: String(value), kind: 'boolean', lines: 1 };
  if (value === null) return { type: 'literal', text: 'null', kind: 'null', lines: 1 };
  if (depth >= maxDepth) return { type: 'string', value: '… nested too deep to show', lines: 1 };
  if (isList(value)) return listNode(value.map((item) => nodeOf(item, depth + 1)));
  return objectNode(Object.entries(value).map(([key, member]) => [key, nodeOf(member, depth + 1)] as const));
}

/**
 * The tree of a JSON text that is an object or a list (white space around it allowed); undefined where it is anything
 * else, is not JSON (RFC 8259) or nests too deep.
 */
export function parseJsonText(text: string): JsonNode | undefined {
  const first = /^[ \t\r\n]*([{[])/.exec(text);
  if (first === null) return undefined;
  try {
    return new Reader(text).document();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether a container is short and flat enough for one line. */
export function isInline(node: JsonNode): boolean {
  return node.lines === 1;
}

/** One line of JSON text for short, flat values; the screen's own spacing, not the source's. */
export function inlineText(node: JsonNode): string {
  if (node.type === 'string') return JSON.stringify(node.value);
  if (node.type === 'literal') return node.text;
  if (node.type === 'array') return `[${node.items.map(inlineText).join(', ')}]`;
  if (node.members.length === 0) return '{}';
  return `{ ${node.members.map(([key, value]) => `${JSON.stringify(key)}: ${inlineText(value)}`).join(', ')} }`;
}

function listNode(items: readonly JsonNode[]): JsonNode {
  return { type: 'array', items, lines: linesOf(items, () => 4) };
}

function objectNode(members: readonly (readonly [string, JsonNode])[]): JsonNode {
  const lines = linesOf(
    members.map(([, value]) => value),
    (index) => (members[index]?.[0].length ?? 0) + 6,
  );
  return { type: 'object', members, lines };
}

/** 1 where all children are plain and fit one line together, else an own line for each bracket and all of the children's. */
function linesOf(children: readonly JsonNode[], overhead: (index: number) => number): number {
  let lines = 2;
  let length = 4;
  for (const [index, child] of children.entries()) {
    lines += child.lines;
    if (child.type === 'string') length += child.value.includes('\n') ? inlineLength : child.value.length + 2;
    else if (child.type === 'literal') length += child.text.length;
    else length += child.lines === 1 && sizeOf(child) === 0 ? 2 : inlineLength;
    length += overhead(index);
  }
  return length <= inlineLength ? 1 : lines;
}

function sizeOf(node: JsonNode): number {
  if (node.type === 'array') return node.items.length;
  return node.type === 'object' ? node.members.length : 0;
}

/** A recursive-descent reader; JSON.parse would round big integers and drop repeated keys. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonNode {
    const node = this.#value(0);
    this.#space();
    if (this.#at !== this.#text.length) throw new SyntaxError('text after the value');
    return node;
  }

  #value(depth: number): JsonNode {
    if (depth > maxDepth) throw new SyntaxError('nested too deep');
    this.#space();
    const char = this.#text[this.#at];
    if (char === '{') return this.#object(depth);
    if (char === '[') return this.#array(depth);
    if (char === '"') return { type: 'string', value: this.#string(), lines: 1 };
    return this.#literal();
  }

  #object(depth: number): JsonNode {
    const members: (readonly [string, JsonNode])[] = [];
    this.#at += 1;
    if (this.#take('}')) return objectNode(members);
    do {
      this.#space();
      if (this.#text[this.#at] !== '"') throw new SyntaxError('a key must be a string');
      const key = this.#string();
      if (!this.#take(':')) throw new SyntaxError('no colon after a key');
      members.push([key, this.#value(depth + 1)]);
    } while (this.#take(','));
    if (!this.#take('}')) throw new SyntaxError('an object does not end');
    return objectNode(members);
  }

  #array(depth: number): JsonNode {
    const items: JsonNode[] = [];
    this.#at += 1;
    if (this.#take(']')) return listNode(items);
    do items.push(this.#value(depth + 1));
    while (this.#take(','));
    if (!this.#take(']')) throw new SyntaxError('a list does not end');
    return listNode(items);
  }

  #string(): string {
    const start = this.#at;
    for (this.#at += 1; this.#at < this.#text.length; this.#at += 1) {
      const char = this.#text[this.#at];
      if (char === '\\') this.#at += 1;
      else if (char === '"') {
        this.#at += 1;
        const parsed: unknown = JSON.parse(this.#text.slice(start, this.#at));
        if (typeof parsed === 'string') return parsed;
      }
    }
    throw new SyntaxError('a string does not end');
  }

  #literal(): JsonNode {
    const pattern = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#text)?.[0];
    if (text === undefined) throw new SyntaxError('not a JSON value');
    this.#at += text.length;
    if (text === 'null') return { type: 'literal', text, kind: 'null', lines: 1 };
    return { type: 'literal', text, kind: text === 'true' || text === 'false' ? 'boolean' : 'number', lines: 1 };
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #take(char: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }
}
