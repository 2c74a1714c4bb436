// The turn tree's arithmetic: canonical text, ids, paths.
import type { Json, Message } from '#contract/turn';
import { canonicalJson, sha256, turnId } from '#engine/turns/canonical';
import { emptyContext, isEmptyContext, sharedLength, turnBelow, turnsOf } from '#engine/turns/path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
const messages = fc
  .array(fc.constantFrom('a', 'b').map(user), { maxLength: 5 })
  .map((said): Message[] => [emptyContext, ...said]);

/** The same value with its keys in another order. */
function turnedRound(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => turnedRound(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, turnedRound(member)]),
  );
}

describe('canonical JSON', () => {
  // Keys and numbers from RFC 8785 §3.2.2 and §3.2.3; 1 precedes € precedes 😂 precedes דּ by UTF-16 code unit.
  test('orders keys by code unit and writes numbers as ECMAScript does', () => {
    const value = { '€': 'Euro', '\r': 'CR', '\ufb33': 'Dalet', '1': 'One', '😂': 'Joy', '\u0080': 'Control', ö: 'o' };
    expect(Object.keys(JSON.parse(canonicalJson(value)) as object)).toEqual([
      '1',
      '\r',
      '\u0080',
      'ö',
      '€',
      '😂',
      '\ufb33',
    ]);
    expect(canonicalJson([Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    );
    expect(canonicalJson({ b: undefined, a: '\u000f\n"\\' })).toBe('{"a":"\\u000f\\n\\"\\\\"}');
    expect(canonicalJson({ b: 1, a: { d: 1, c: '\ud800' } })).toBe('{"a":{"c":"\\ud800","d":1},"b":1}');
    expect(canonicalJson({ 10: 0, 9: 0 })).toBe('{"10":0,"9":0}');
  });

  test('does not depend on the order of keys, and loses nothing', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(turnedRound(value))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('turn ids', () => {
  test('are the SHA-256 of the parent and the canonical message', () => {
    const root = turnBelow(undefined, emptyContext);
    expect(root.id).toBe(sha256('{"content":[],"role":"context","tools":[]}'));
    expect(turnBelow(root, user('Hi')).id).toBe(
      sha256(`${root.id}{"content":[{"text":"Hi","type":"text"}],"role":"user"}`),
    );
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(turnId(root.id, user('Hi'))).toBe(turnBelow(root, user('Hi')).id);
  });

  test('two paths share exactly the turns whose messages are equal from the root on', () => {
    fc.assert(
      fc.property(messages, messages, (one, two) => {
        let equal = 0;
        while (
          equal < Math.min(one.length, two.length) &&
          canonicalJson(one[equal] ?? '') === canonicalJson(two[equal] ?? '')
        )
          equal += 1;
        const [left, right] = [turnsOf(one), turnsOf(two)];
        expect(sharedLength(left, right)).toBe(equal);
        expect(new Set([...left, ...right].map(({ id }) => id)).size).toBe(left.length + right.length - equal);
        expect(left.map(({ depth }) => depth)).toEqual(left.map((_, index) => index));
        expect(left.slice(1).every(({ parent }, index) => parent === left[index]?.id)).toBe(true);
      }),
    );
  });

  test('a path has its context first and nowhere else', () => {
    expect(() => turnsOf([user('Hi')])).toThrow('starts with its context');
    expect(() => turnsOf([emptyContext, emptyContext])).toThrow('has only one');
    expect(isEmptyContext(emptyContext)).toBe(true);
    expect(isEmptyContext({ role: 'context', content: [], tools: [{}] })).toBe(false);
  });
});
