// Residues: a patch gives the other value back, key order included, and costs no more than what differs.
import type { Json } from '#contract/turn';
import { applyPatch, diffJson } from '#engine/turns/residue';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', '2', '');
const { value: json } = fc.letrec<{ value: Json; object: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom(null, true, 0, -0, 1.5, '', 'x', '='),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
}));

describe('diff and apply', () => {
  test('any value becomes any other, also when the patch went through JSON', () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        const patch = diffJson(from, to);
        expect(JSON.stringify(applyPatch(from, patch))).toBe(JSON.stringify(to));
        if (patch === undefined) return;
        const stored = JSON.parse(JSON.stringify(patch)) as typeof patch;
        expect(JSON.stringify(applyPatch(from, stored))).toBe(JSON.stringify(to));
      }),
      { numRuns: 2000 },
    );
  });

  test('equal values need no patch; another order of keys does', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(diffJson(value, structuredClone(value))).toBeUndefined();
      }),
    );
    expect(diffJson({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual(['{', {}, [], ['b', 'a']]);
  });

  test('holds what differs and nothing else', () => {
    const long = 'x'.repeat(1000);
    expect(
      diffJson({ a: long, list: [long, { id: 'one' }], gone: 1 }, { a: long, list: [long, { id: 'two' }], more: 2 }),
    ).toEqual(['{', { list: ['[', 2, { 1: ['{', { id: ['=', 'two'] }, []] }], more: ['=', 2] }, ['gone']]);
  });

  test('nothing reaches the prototype', () => {
    const to = JSON.parse('{"__proto__":{"polluted":true}}') as Json;
    const made = applyPatch({}, diffJson({}, to));
    expect(JSON.stringify(made)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
