// Where each value of a JSON text stands in it: to say where something is wrong, and to change one member and nothing else.

/** A value's place: offsets into the text, `end` exclusive. */
export interface Placed {
  readonly start: number;
  readonly end: number;
  /** Of an object, in the order of the text. */
  readonly members?: readonly PlacedMember[];
  /** Of an array. */
  readonly items?: readonly Placed[];
}

export interface PlacedMember {
  readonly name: string;
  /** Of the name's first quote. */
  readonly start: number;
  readonly value: Placed;
}

const deepest = 200;
const space = /[ \t\r\n]*/uy;
const scalar = /"(?:[^"\\]|\\.)*"|[^\s,:[\]{}]+/uy;

/** `text` is JSON (jsonFault finds nothing in it). undefined where it is nested over 200 deep. */
export function placesOf(text: string): Placed | undefined {
  let at = 0;
  const skip = (): void => {
    space.lastIndex = at;
    space.test(text);
    at = space.lastIndex;
  };
  const take = (): string => {
    scalar.lastIndex = at;
    const [found = ''] = scalar.exec(text) ?? [];
    at += found.length;
    return found;
  };
  const value = (depth: number): Placed | undefined => {
    if (depth > deepest) return undefined;
    const start = at;
    const sign = text[at];
    if (sign !== '{' && sign !== '[') {
      take();
      return { start, end: at };
    }
    const members: PlacedMember[] = [];
    const items: Placed[] = [];
    at += 1;
    for (skip(); text[at] !== '}' && text[at] !== ']'; skip()) {
      if (text[at] === ',') {
        at += 1;
        continue;
      }
      const from = at;
      const name = sign === '{' ? String(JSON.parse(take())) : undefined;
      if (name !== undefined) {
        skip();
        at += 1;
        skip();
      }
      const inner = value(depth + 1);
      if (inner === undefined) return undefined;
      if (name === undefined) items.push(inner);
      else members.push({ name, start: from, value: inner });
    }
    at += 1;
    return sign === '{' ? { start, end: at, members } : { start, end: at, items };
  };
  skip();
  return value(1);
}

/** The value at a path, or the innermost there is on the way. */
export function placeAt(root: Placed, path: readonly PropertyKey[]): number {
  let here = root;
  let start = root.start;
  for (const step of path) {
    const member = here.members?.findLast(({ name }) => name === step);
    const next = member?.value ?? (typeof step === 'number' ? here.items?.[step] : undefined);
    if (next === undefined) return start;
    start = member?.start ?? next.start;
    here = next;
  }
  return start;
}

/** Line and column of an offset, from 1. */
export function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/**
 * The text with the member `name` of its outermost object set (at the end, on a line of its own, where it is new), or taken out where `value`
 * is undefined.
 */
export function withMember(text: string, root: Placed, name: string, value: string | undefined, eol = '\n'): string {
  const members = root.members ?? [];
  const index = members.findLastIndex((member) => member.name === name);
  const member = members[index];
  if (member === undefined) {
    if (value === undefined) return text;
    const last = members.at(-1);
    const begin = last?.value.end ?? root.start + 1;
    const rest = last === undefined ? eol : text.slice(begin, root.end - 1);
    return `${text.slice(0, begin)}${last === undefined ? '' : ','}${eol}  ${JSON.stringify(name)}: ${value}${rest}${text.slice(root.end - 1)}`;
  }
  if (value !== undefined) return text.slice(0, member.value.start) + value + text.slice(member.value.end);
  const before = members[index - 1];
  const after = members[index + 1];
  if (before !== undefined) return text.slice(0, before.value.end) + text.slice(member.value.end);
  if (after !== undefined) return text.slice(0, member.start) + text.slice(after.start);
  return `${text.slice(0, root.start)}{}${text.slice(root.end)}`;
}
