// Every target: what is read back is what was to be carried, for any conversation, and what is not lost is not changed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { targetSchema, type FrozenChoice } from '#contract/dataset';
import { carry, comparable, sourceExamples } from '#engine/preference/dataset/targets/target';
import { targets } from '#engine/preference/dataset/targets/targets';
import type { Json } from '#contract/turn';
import { conversation } from './arbitrary.ts';

const choice = (verdict: FrozenChoice['verdict']): FrozenChoice => ({
  pairId: 'p',
  prompt: '0',
  chosen: '1',
  rejected: '2',
  verdict,
  strength: 2,
  labels: [],
});

describe.each(targetSchema.options)('%s', (name) => {
  const format = targets[name];

  it('reads back what it wrote, through JSON text', () => {
    let written = 0;
    fc.assert(
      fc.property(
        conversation,
        fc.constantFrom('prefer' as const, 'tie' as const, 'bad' as const),
        (messages, verdict) => {
          for (const example of carry(format, choice(verdict), messages).examples) {
            written += 1;
            const row = JSON.parse(JSON.stringify(format.encode(example))) as Json;
            expect(comparable(format.decode(row))).toBe(comparable(example));
          }
        },
      ),
      { numRuns: 1500 },
    );
    expect(written).toBeGreaterThan(30);
  });

  it('changes nothing where it declares no loss', () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        const { examples, losses } = carry(format, choice('prefer'), messages);
        if (losses.length > 0) return;
        expect(examples.map(comparable)).toEqual(sourceExamples(format, choice('prefer'), messages).map(comparable));
      }),
      { numRuns: 800 },
    );
  });

  it('writes only columns that it names', () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        for (const example of carry(format, choice('prefer'), messages).examples) {
          const names = format.columns.map((column) => column.name);
          expect(names).toEqual(expect.arrayContaining(Object.keys(format.encode(example))));
        }
      }),
      { numRuns: 200 },
    );
  });
});
