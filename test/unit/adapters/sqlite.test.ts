// The small parts under the store: columns, chains, bits, what is kept.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bits } from '#adapters/sqlite/bits';
import { storedLength } from '#adapters/sqlite/chain';
import { fromKey, fromText, toKey, toText } from '#adapters/sqlite/columns';
import { Recent } from '#adapters/sqlite/recent';
import { turnsOf } from '#engine/turns/path';
import { hash } from '#test/samples';
import { temporaryStore } from '#test/store';

const strings = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\ud800', '\udc00', 'a', '\u0000') }),
);

describe('columns', () => {
  it('give any string back', () => {
    fc.assert(
      fc.property(strings, (text) => {
        expect(fromText(toText(text))).toBe(text);
      }),
    );
  });

  it('give any id back, hash or not, and take 32 bytes for a hash', () => {
    fc.assert(fc.property(strings, (id) => fromKey(toKey(id)) === id));
    fc.assert(fc.property(strings.map(hash), (id) => fromKey(toKey(id)) === id));
    expect(toKey(hash('x'))).toHaveLength(32);
    expect(toKey(hash('x').toUpperCase())).toBe(hash('x').toUpperCase());
    // 16 units of UTF-16 are 32 bytes too.
    expect(fromKey(toKey('\ud800'.repeat(16)))).toBe('\ud800'.repeat(16));
  });

  it('keep different ids different', () => {
    const bytes = (id: string): string => Buffer.from(toKey(id)).toString('hex') + typeof toKey(id);
    fc.assert(
      fc.property(strings, strings, (one, two) => {
        expect(bytes(one) === bytes(two)).toBe(one === two);
      }),
    );
  });
});

describe('storedLength', () => {
  it('finds where the stored links end', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (length, part) => {
        const stored = Math.min(length, part);
        expect(storedLength(length, (index) => index < stored)).toBe(stored);
      }),
    );
  });

  it('asks once where nothing is stored, twice where all is, and few times where the end is new', () => {
    const asked = (length: number, stored: number): number => {
      let count = 0;
      storedLength(length, (index) => {
        count += 1;
        return index < stored;
      });
      return count;
    };
    expect(asked(2000, 0)).toBe(1);
    expect(asked(2000, 2000)).toBe(2);
    expect(asked(2000, 1998)).toBeLessThanOrEqual(5);
    expect(asked(2000, 1)).toBeLessThanOrEqual(13);
  });
});

describe('bits', () => {
  it('are a set of numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5000), fc.boolean())), (changes) => {
        const [bits, set] = [new Bits(), new Set<number>()];
        for (const [index, add] of changes) {
          if (add) bits.add(index);
          else bits.remove(index);
          if (add) set.add(index);
          else set.delete(index);
        }
        expect(bits.size).toBe(set.size);
        for (const [index] of changes) expect(bits.has(index)).toBe(set.has(index));
      }),
    );
  });
});

describe('what was computed', () => {
  it('is kept until it is stale or pushed out', () => {
    const kept = new Recent<number>(2);
    let computed = 0;
    const ask = (key: string, version: number): number => kept.get(key, version, () => (computed += 1));
    expect([ask('a', 1), ask('a', 1), ask('a', 2), ask('a', 2)]).toEqual([1, 1, 2, 2]);
    expect([ask('b', 2), ask('a', 2), ask('c', 2), ask('a', 2), ask('b', 2)]).toEqual([3, 2, 4, 2, 5]);
  });
});

describe('numbers of rows that are remembered', () => {
  it('are forgotten when what was written never happened', () => {
    const store = temporaryStore();
    const path = turnsOf([
      { content: [], role: 'context', tools: [] },
      { content: [{ type: 'text', text: 'Hi' }], role: 'user' },
    ]);
    const fails = (): void => {
      store.transaction(() => {
        store.turns.putPath(path);
        throw new Error('no');
      });
    };
    expect(fails).toThrow('no');
    expect(store.turns.count()).toBe(0);
    expect(store.turns.putPath(path)).toBe(2);
    expect(store.turns.path(path[1]?.id ?? '')).toEqual(path);
  });
});
