// The split: nothing that hangs together on both sides, for any tree; by seed; and honest where parts are coarse.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FrozenChoice } from '#contract/dataset';
import { drawChoices } from '#engine/preference/dataset/choices';
import { rowOf, turnsOfRow } from '#engine/preference/dataset/rows';
import { anchorsOf, componentsOf, splitChoices, splitNote } from '#engine/preference/dataset/split';
import { labelPair } from '#engine/preference/label';
import { mine } from '#engine/preference/mine';
import type { Store } from '#engine/ports';
import type { Turn } from '#contract/turn';
import { addTrace, labelOf, newWorld } from '../world.ts';
import { anyRecipe, question, root, storeOf, task, text, type Talk } from './world.ts';

async function setUp(store: Store) {
  const { choices } = await drawChoices(store, anyRecipe, task);
  const rows = choices.map((choice) => rowOf(store.turns, choice));
  return { choices, rows, anchors: rows.map(anchorsOf) };
}

/** Turns from the first user turn of each side on, by id. */
function ownTurns(turns: readonly Turn[]): Set<string> {
  const first = turns.findIndex((turn) => turn.message.role === 'user');
  return new Set(turns.slice(Math.max(first, 1)).map((turn) => turn.id));
}

/** A few short words, so that trees share a lot. */
const word = fc.constantFrom('a', 'b', 'c');
const talk: fc.Arbitrary<Talk> = fc
  .record({
    root: fc.constantFrom('R', 'S'),
    greeting: fc.boolean(),
    prompt: fc.array(word, { maxLength: 3 }),
    one: word,
    two: word,
    deep: fc.boolean(),
  })
  .map(({ root: words, greeting, prompt, one, two, deep }) => ({
    prompt: [
      root(words),
      ...(greeting ? [text('assistant', 'Hello, how can I help?')] : []),
      ...prompt.map((said, index) => text(index % 2 === 0 ? 'user' : 'assistant', said)),
    ],
    one: [
      text(prompt.length % 2 === 0 ? 'user' : 'assistant', `${one}1`),
      ...(deep ? [text('assistant', 'more')] : []),
    ],
    two: [text(prompt.length % 2 === 0 ? 'user' : 'assistant', `${two}2`)],
  }));
const talks = fc.array(fc.tuple(talk, fc.option(fc.constantFrom('g1', 'g2', 'g3'), { nil: undefined })), {
  minLength: 1,
  maxLength: 25,
});

describe('split', () => {
  it('keeps groups and shared turns on one side, for any labelled tree', async () => {
    let apart = 0;
    await fc.assert(
      fc.asyncProperty(
        talks,
        fc.double({ min: 0.05, max: 0.9, noNaN: true }),
        fc.nat(50),
        async (drawn, share, seed) => {
          const { choices, rows, anchors } = await setUp(
            storeOf(
              drawn.map(([item]) => item),
              drawn.map(([, group]) => group),
            ),
          );
          const { test } = splitChoices(choices, anchors, share, seed);
          const sides = {
            train: { groups: new Set<string>(), turns: new Set<string>() },
            test: { groups: new Set<string>(), turns: new Set<string>() },
          };
          for (const row of rows) {
            const side = sides[test.has(row.choice.pairId) ? 'test' : 'train'];
            if (row.choice.group !== undefined) side.groups.add(row.choice.group);
            for (const path of [row.chosen, row.rejected])
              for (const id of ownTurns([...row.prompt, ...path])) side.turns.add(id);
          }
          if (test.size > 0 && test.size < choices.length) apart += 1;
          expect([...sides.test.groups].filter((group) => sides.train.groups.has(group))).toEqual([]);
          expect([...sides.test.turns].filter((turn) => sides.train.turns.has(turn))).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
    expect(apart).toBeGreaterThan(30);
  });

  it('keeps the groups whole whose runs answered the same question', async () => {
    const world = newWorld();
    const score = (value: number) => ({ scores: [{ name: 'reward', value }] });
    addTrace(world, ['u: hello', 'a: one'], { group: 'g1' });
    addTrace(world, ['u: hello', 'a: two'], { group: 'g2' });
    addTrace(world, ['u: my own', 'a: x'], { group: 'g1', ...score(1) });
    addTrace(world, ['u: another', 'a: y'], { group: 'g1', ...score(0) });
    addTrace(world, ['u: far', 'a: x'], { group: 'g3', ...score(1) });
    addTrace(world, ['u: away', 'a: y'], { group: 'g3', ...score(0) });
    await mine(world.store, world.clock, undefined, task);
    for (const pair of world.store.pairs.list({}, 0, 10).items)
      labelPair(world.store, world.clock, labelOf(pair.id, 'Ann', { choice: 'a' }));
    const { choices, anchors } = await setUp(world.store);
    const parts = new Map(componentsOf(anchors).map((part, index) => [choices[index]?.group ?? 'none', part]));
    expect(parts.size).toBe(3);
    expect(parts.get('none')).toBe(parts.get('g1'));
    expect(parts.get('g3')).not.toBe(parts.get('g1'));
  });

  it('does not join by a system prompt or a fixed greeting alone', async () => {
    const greeted = ['x', 'y'].map((name): Talk => {
      const { prompt, one, two } = question(name);
      return { prompt: [...prompt.slice(0, 1), text('assistant', 'Hello!'), ...prompt.slice(1)], one, two };
    });
    const { anchors } = await setUp(storeOf(greeted));
    expect(new Set(componentsOf(anchors)).size).toBe(2);
  });

  it('is the same for one seed and another for another, and near the share', async () => {
    const { choices, anchors } = await setUp(storeOf(Array.from({ length: 200 }, (_, index) => question(`q${index}`))));
    const split = (seed: number): string => [...splitChoices(choices, anchors, 0.1, seed).test].join();
    expect(split(1)).toBe(split(1));
    expect(split(1)).not.toBe(split(2));
    expect(splitChoices(choices, anchors, 0.1, 1).test.size).toBe(20);
    expect(splitChoices(choices, anchors, 0, 1).test.size).toBe(0);
  });

  it('says what it could not do where everything hangs together or parts are coarse', async () => {
    const all = await setUp(storeOf([question('x'), question('y'), question('z')], ['g', 'g', 'g']));
    const none = splitChoices(all.choices, all.anchors, 0.3, 1);
    expect(none.test.size).toBe(0);
    expect(splitNote(none, 3, 0.3)).toContain('any split would leak');
    const names = Array.from({ length: 10 }, (_, index) => `q${index}`);
    const coarse = await setUp(
      storeOf(
        names.map(question),
        names.map((_, index) => (index < 4 ? 'small' : 'large')),
      ),
    );
    const split = splitChoices(coarse.choices, coarse.anchors, 0.1, 1);
    expect(split.test.size).toBe(4);
    expect(splitNote(split, 10, 0.1)).toContain('holds 40 % of the choices instead of 10 %');
    expect(splitNote(split, 10, 0.4)).toBeUndefined();
  });

  it('copes with 100,000 choices in a chain', () => {
    const choices = Array.from({ length: 100_000 }, (_, index): FrozenChoice => ({
      pairId: String(index),
      prompt: '',
      chosen: '',
      rejected: '',
      verdict: 'prefer',
      strength: 1,
      labels: [],
    }));
    const chain = choices.map((_, index) => [`t${index}`, `t${index + 1}`]);
    expect(new Set(componentsOf(chain)).size).toBe(1);
    expect(new Set(componentsOf(choices.map((_, index) => [`t${index}`]))).size).toBe(100_000);
  });
});

it('reads a row back from the tree', async () => {
  const { rows } = await setUp(storeOf([question('x')]));
  expect(rows[0] === undefined ? [] : turnsOfRow(rows[0]).map((turn) => turn.message.role)).toEqual([
    'context',
    'user',
    'assistant',
    'assistant',
  ]);
});
