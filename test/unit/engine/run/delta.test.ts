// Deltas: what they say, that they lead from one state to the other, and what they cost.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyDelta, deltaOf, equalJson } from '#engine/run/delta';
import { deltaSchema } from '#contract/journal';
import type { Json } from '#contract/turn';

const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);

describe('deltaOf', () => {
  test('says growth as growth', () => {
    expect(deltaOf({ a: [1], t: 'ab' }, { a: [1, 2, 3], t: 'abc' })).toEqual([
      ['+', ['a'], [2, 3]],
      ['~', ['t'], 'c'],
    ]);
  });

  test('says members, items and removals one by one', () => {
    expect(deltaOf({ a: { x: 1, y: 2 }, l: [1, 2, 3, 4] }, { a: { y: 3 }, l: [1, 2, 9, 4] })).toEqual([
      ['-', ['a', 'x']],
      ['=', ['a', 'y'], 3],
      ['=', ['l', 2], 9],
    ]);
    expect(deltaOf({ queue: [1, 2, 3, 4] }, { queue: [2, 3, 4] })).toEqual([['-', ['queue', 0]]]);
    expect(deltaOf({ stack: [1, 2, 3] }, { stack: [1, 2] })).toEqual([['-', ['stack', 2]]]);
  });

  test('begins on nothing', () => {
    expect(deltaOf(undefined, { a: 1 })).toEqual([['=', [], { a: 1 }]]);
  });

  test('does not look into what is shared', () => {
    const looked = { count: 0 };
    const item: Json = Object.defineProperty({}, 'secret', {
      enumerable: true,
      get: () => {
        looked.count += 1;
        return 1;
      },
    });
    const long: Json[] = Array.from({ length: 1000 }, () => item);
    expect(deltaOf({ long, same: { item } }, { long: [...long, 7], same: { item } })).toEqual([['+', ['long'], [7]]]);
    expect(looked.count).toBe(0);
  });

  test('leads from any value to any other, through JSON text', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        const delta = deltaSchema.parse(JSON.parse(JSON.stringify(deltaOf(before, after))));
        expect(equalJson(applyDelta(before, delta), after)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('leads through edits of one value, and of equal values there is none', () => {
    const edits = fc.array(fc.tuple(fc.constantFrom('push', 'shift', 'pop', 'set', 'drop', 'text'), json, fc.nat(5)), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(json, { maxLength: 6 }), edits, (list, steps) => {
        const record: Record<string, Json> = { a: 1, ['__proto__']: 2 };
        const before = { list, record, text: 'x' };
        const next = structuredClone({
          list: [...list],
          record: structuredClone(record),
          text: 'x',
        });
        for (const [kind, value, at] of steps) {
          if (kind === 'push') next.list.push(value);
          if (kind === 'shift') next.list.shift();
          if (kind === 'pop') next.list.pop();
          if (kind === 'set' && at < next.list.length) next.list[at] = value;
          if (kind === 'drop') delete next.record.a;
          if (kind === 'text') next.text += String(at);
        }
        expect(equalJson(applyDelta(before, deltaOf(before, next)), next)).toBe(true);
        expect(deltaOf(next, structuredClone(next))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('applyDelta', () => {
  test('shares what did not change and leaves the old value alone', () => {
    const before = Object.freeze({ kept: { deep: 1 }, list: Object.freeze([1]) });
    const after = applyDelta(before, [['+', ['list'], [2]]]);
    expect(after).toEqual({ kept: { deep: 1 }, list: [1, 2] });
    expect(Reflect.get(Object(after), 'kept')).toBe(before.kept);
    expect(before.list).toEqual([1]);
  });

  test('refuses a path that leads nowhere', () => {
    expect(() => applyDelta({ a: 1 }, [['=', ['b', 'c'], 1]])).toThrow('leads nowhere');
    expect(() => applyDelta({ a: 1 }, [['+', ['a'], [1]]])).toThrow('does not fit');
  });
});
