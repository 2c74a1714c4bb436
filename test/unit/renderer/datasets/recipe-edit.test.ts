// Recipes: an empty list means all and is left out, order does not matter, names and targets are complete.
import { recipeSchema, targetSchema } from '#contract/dataset';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameRecipe, toggled, withKinds, withList } from '../../../../src-renderer/features/datasets/recipe-edit.ts';
import { firstRecipe, freeName, targets } from '../../../../src-renderer/features/datasets/words.ts';

describe('recipe lists', () => {
  it('leave a part out where nothing is chosen, so that it means all', () => {
    const some = withList(firstRecipe, 'annotators', ['Ada']);
    expect(some.annotators).toEqual(['Ada']);
    expect('annotators' in withList(some, 'annotators', [])).toBe(false);
    expect('kinds' in withKinds(withKinds(firstRecipe, ['sibling']), [])).toBe(false);
  });

  it('toggle back to where they were, and always fit the schema', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 })), fc.string({ minLength: 1 }), (values, value) => {
        const twice = toggled(toggled(values, value), value);
        expect(twice.toSorted()).toEqual(values.toSorted());
        expect(recipeSchema.safeParse(withList(firstRecipe, 'tags', twice)).success).toBe(true);
      }),
    );
  });

  it('compare without regard to order', () => {
    expect(sameRecipe(withList(firstRecipe, 'tags', ['a', 'b']), withList(firstRecipe, 'tags', ['b', 'a']))).toBe(true);
    expect(sameRecipe(firstRecipe, { ...firstRecipe, minStrength: 2 })).toBe(false);
  });
});

describe('words', () => {
  it('know every target, and offer Parquet for TRL only', () => {
    expect(targets.map(({ target }) => target).toSorted()).toEqual([...targetSchema.options].toSorted());
    const parquet = targets.filter(({ formats }) => formats.includes('parquet')).map(({ target }) => target);
    expect(parquet.every((target) => target.startsWith('trl-'))).toBe(true);
  });

  it('find a name nobody uses', () => {
    expect(freeName([])).toBe('Preferences');
    expect(freeName(['Preferences', 'Preferences 2'])).toBe('Preferences 3');
  });
});
