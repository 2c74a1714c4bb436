// Changes of inputs that mean something into ones that nearly do: bytes, JSON, the same for the same numbers.
import type { Json } from '#contract/turn';

/** From 0 to below 1. */
export type Numbers = () => number;

export function pick<T>(items: readonly T[], next: Numbers): T {
  return items[Math.floor(next() * items.length)] as T;
}

const nasty = [
  '\0',
  '\ufeff',
  '\r\n',
  '[',
  ']',
  '{',
  '}',
  '"',
  '\\',
  ',',
  ':',
  '\\ud800',
  '1e999',
  '-0',
  '9'.repeat(30),
  '"__proto__":',
  'é',
];

export function mutateBytes(bytes: Buffer, other: Buffer, next: Numbers): Buffer {
  let result = Buffer.from(bytes);
  const place = (): number => Math.floor(next() * (result.length + 1));
  for (let times = Math.ceil(next() * 4); times > 0; times -= 1) {
    const at = place();
    const length = Math.floor(next() ** 3 * 200);
    const insert = Buffer.from(nasty[Math.floor(next() * nasty.length)] ?? '');
    const kind = Math.floor(next() * 7);
    if (kind === 0 && result.length > 0) result[at % result.length] = Math.floor(next() * 256);
    else if (kind === 1) result = Buffer.concat([result.subarray(0, at), result.subarray(at + length)]);
    else if (kind === 2) result = Buffer.concat([result.subarray(0, at), insert, result.subarray(at)]);
    else if (kind === 3) result = result.subarray(0, at);
    else if (kind === 4) result = Buffer.concat([result.subarray(0, at), result.subarray(Math.max(0, at - length))]);
    else if (kind === 5)
      result = Buffer.concat([result.subarray(0, at), other.subarray(Math.floor(next() * other.length))]);
    else result = Buffer.concat([result, result.subarray(at, at + length)]);
    result = Buffer.from(result);
  }
  return result;
}

/** Some of its values exchanged, dropped, doubled or made odd. */
export function mutateValue(value: Json, next: Numbers): Json {
  if (next() < 0.03) return odd(next);
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => mutateValue(item, next));
    const at = Math.floor(next() * items.length);
    const chance = next();
    if (chance < 0.04) return items.toSpliced(at, 1);
    if (chance < 0.08) return items.toSpliced(at, 0, items[at] ?? odd(next));
    return chance < 0.11 ? items.toReversed() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).flatMap(([key, item]): [string, Json][] => {
    const chance = next();
    if (chance < 0.02) return [];
    const mutated = mutateValue(item, next);
    return chance < 0.04 ? [[oddKey(next), mutated]] : [[key, mutated]];
  });
  return Object.fromEntries(next() < 0.05 ? members.toReversed() : members);
}

function odd(next: Numbers): Json {
  const values: readonly Json[] = [
    null,
    '',
    0,
    -1,
    1e21,
    true,
    [],
    {},
    'text',
    '\ud800',
    [[]],
    { type: 'text' },
    '{"a":1}',
    { role: 'user', content: '' },
  ];
  return values[Math.floor(next() * values.length)] ?? null;
}

function oddKey(next: Numbers): string {
  const keys = ['__proto__', 'constructor', '', '0', 'role', 'content', 'messages', '$number', 'toString'];
  return keys[Math.floor(next() * keys.length)] ?? '';
}

/** In pieces of any length, empty ones among them; together they are the whole. */
export function inPieces(bytes: Buffer, next: Numbers): Buffer[] {
  const pieces: Buffer[] = [];
  const longest = next() < 0.3 ? 3 : bytes.length;
  for (let at = 0; at < bytes.length;) {
    const end = at + Math.floor(next() * (longest + 1));
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}
