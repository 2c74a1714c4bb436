// From labels to choices: conflicts, strength, ties, edits, units and what is left out, on both stores.
import { expect, it } from 'vitest';
import type { Recipe } from '#contract/dataset';
import { drawChoices, normalRecipe } from '#engine/preference/dataset/choices';
import { onEveryStore } from '#test/store';
import { anyRecipe, label, place, question, root, task, text, type Talk } from './world.ts';
import type { Store } from '#engine/ports';
import { turnsOf } from '#engine/turns/path';

function draw(store: Store, change: Partial<Recipe> = {}) {
  return drawChoices(store, { ...anyRecipe, ...change }, task);
}

const long: Talk = {
  prompt: [root(), text('user', 'Go on?')],
  one: [text('assistant', 'Yes.'), text('user', 'And then?'), text('assistant', 'Home.')],
  two: [text('assistant', 'No.'), text('user', 'Why?')],
};

onEveryStore('choices', (open) => {
  it('takes the labelled side for chosen, and orders choices by pair', async () => {
    const store = open();
    const placed = ['x', 'y', 'z'].map((name) => place(store, question(name)));
    placed.forEach((item, index) => label(store, item, 'Ann', index === 1 ? 'two' : 'one'));
    const { choices, leftOut } = await draw(store);
    expect(leftOut).toEqual([]);
    expect(choices.map((choice) => choice.pairId)).toEqual(placed.map(({ pair }) => pair.id).toSorted());
    const second = choices.find((choice) => choice.pairId === placed[1]?.pair.id);
    expect(second?.chosen).toBe(placed[1]?.two === 'a' ? placed[1].pair.a : placed[1]?.pair.b);
    expect(second).toMatchObject({ verdict: 'prefer', strength: 2, prompt: placed[1]?.pair.prompt });
  });

  it.each([
    ['majority', ['one', 'one', 'two'], 'one'],
    ['majority', ['one', 'two'], undefined],
    ['majority', ['one', 'two', 'tie', 'one'], 'one'],
    ['unanimous', ['one', 'one', 'two'], undefined],
    ['unanimous', ['two', 'two'], 'two'],
    ['latest', ['one', 'one', 'two'], 'two'],
  ] as const)('settles by %s: %j is %s', async (conflicts, given, expected) => {
    const store = open();
    const placed = place(store, question('x'));
    given.forEach((choice, index) => label(store, placed, `annotator ${index}`, choice));
    const { choices, leftOut } = await draw(store, { conflicts });
    const chosen = expected === undefined ? [] : [placed[expected] === 'a' ? placed.pair.a : placed.pair.b];
    expect(choices.map((item) => item.chosen)).toEqual(chosen);
    expect(leftOut.filter(({ why }) => why.includes('disagree'))).toHaveLength(expected === undefined ? 1 : 0);
  });

  it('does not let a blind repeat vote', async () => {
    const store = open();
    const placed = place(store, question('x'));
    const first = label(store, placed, 'Ann', 'one');
    label(store, placed, 'Ann', 'two', { repeats: first.id });
    for (const conflicts of ['majority', 'unanimous', 'latest'] as const) {
      const { choices } = await draw(store, { conflicts });
      expect(choices[0]?.labels).toHaveLength(1);
      expect(choices[0]?.chosen).toBe(placed.one === 'a' ? placed.pair.a : placed.pair.b);
    }
  });

  it('takes the mean strength of those who agree, unrounded, against the least', async () => {
    const store = open();
    const placed = place(store, question('x'));
    label(store, placed, 'Ann', 'one', { strength: 1 });
    label(store, placed, 'Bea', 'one', { strength: 2 });
    label(store, placed, 'Cem', 'two', { strength: 3 });
    expect((await draw(store)).choices[0]?.strength).toBe(1.5);
    expect(await draw(store, { minStrength: 2 })).toEqual({
      choices: [],
      leftOut: [{ why: 'Weaker than the least strength', count: 1 }],
    });
  });

  it('drops ties or keeps them, keeps both-bad, both without a least strength', async () => {
    const store = open();
    label(store, place(store, question('x')), 'Ann', 'tie', { strength: 1 });
    label(store, place(store, question('y')), 'Ann', 'bad', { strength: 1 });
    expect(await draw(store, { minStrength: 3 })).toMatchObject({
      choices: [{ verdict: 'bad' }],
      leftOut: [{ why: 'Tie', count: 1 }],
    });
    const kept = (await draw(store, { ties: 'both-desirable', minStrength: 3 })).choices;
    expect(kept.map((choice) => choice.verdict).toSorted()).toEqual(['bad', 'tie']);
    for (const choice of kept) expect(choice.chosen < choice.rejected).toBe(true);
  });

  it('puts the newest edit in place of the chosen side, over the rejected one', async () => {
    const store = open();
    const placed = place(store, question('x'));
    const prompt = turnsOf(question('x').prompt);
    const edits = ['Better.', 'Best.'].map((words) => turnsOf([text('assistant', words)], prompt.at(-1)));
    for (const edit of edits) store.turns.putPath([...prompt, ...edit]);
    label(store, placed, 'Ann', 'one', { edit: edits[0]?.[0]?.id ?? '' });
    label(store, placed, 'Bea', 'one', { edit: edits[1]?.[0]?.id ?? '' });
    const { choices } = await draw(store);
    expect(choices).toHaveLength(1);
    expect(choices[0]).toMatchObject({
      chosen: edits[1]?.[0]?.id,
      rejected: placed.two === 'a' ? placed.pair.a : placed.pair.b,
    });
  });

  it('finds the prompt anew where an edit shares more with the other side', async () => {
    const store = open();
    const placed = place(store, long);
    const prompt = turnsOf(long.prompt);
    const edit = turnsOf(
      [text('assistant', 'No.'), text('user', 'Really?'), text('assistant', 'Really.')],
      prompt.at(-1),
    );
    store.turns.putPath([...prompt, ...edit]);
    label(store, placed, 'Ann', 'one', { edit: edit.at(-1)?.id ?? '' });
    expect((await draw(store)).choices[0]?.prompt).toBe(edit[0]?.id);
  });

  it('cuts to the decision, and leaves out what parts at a user turn', async () => {
    const store = open();
    label(store, place(store, long), 'Ann', 'one');
    const parting: Talk = {
      prompt: [root()],
      one: [text('user', 'Hi'), text('assistant', 'Ho')],
      two: [text('user', 'Hey'), text('assistant', 'Ha')],
    };
    label(store, place(store, parting), 'Ann', 'one');
    const { choices, leftOut } = await draw(store, { unit: 'decision' });
    const prompt = turnsOf(long.prompt);
    expect(choices).toMatchObject([
      { chosen: turnsOf(long.one, prompt.at(-1))[0]?.id, rejected: turnsOf(long.two, prompt.at(-1))[0]?.id },
    ]);
    expect(leftOut).toEqual([{ why: 'The sides part at a user or tool turn, so there is no one decision', count: 1 }]);
  });

  it('leaves out sides that share nothing, or of which one begins the other', async () => {
    const store = open();
    const shorter = turnsOf(long.one.slice(0, 1), turnsOf(long.prompt).at(-1))[0];
    const whole = place(store, { ...long, two: long.one.slice(0, 1) }, { prompt: shorter?.id ?? '' });
    label(store, whole, 'Ann', 'one');
    // An edit is looked up anew; this one stands on another root.
    const other = place(store, long);
    const stranger = turnsOf([root('Other.'), text('user', 'a')]);
    store.turns.putPath(stranger);
    label(store, other, 'Ann', 'one', { edit: stranger.at(-1)?.id ?? '' });
    const { choices, leftOut } = await draw(store);
    expect(choices).toEqual([]);
    expect(leftOut.map(({ why }) => why).toSorted()).toEqual([
      'One side is the beginning of the other',
      'The sides share nothing, not even the system prompt and tools',
    ]);
  });

  it('filters pairs by kind, group and tag, labels by annotator; what is left out adds up', async () => {
    const store = open();
    const [x, y, z] = [
      place(store, question('x'), { kind: 'outcome', group: 'g1' }),
      place(store, question('y'), { group: 'g2' }),
      place(store, question('z')),
    ];
    label(store, x, 'Ann', 'one', { tags: ['safe'] });
    label(store, y, 'Bea', 'one');
    label(store, z, 'Ann', 'one', { tags: ['short', 'safe'] });
    label(store, z, 'Bea', 'one');
    const ids = async (change: Partial<Recipe>): Promise<readonly string[]> => {
      const drawn = await draw(store, change);
      expect(drawn.choices.length + drawn.leftOut.reduce((sum, { count }) => sum + count, 0)).toBe(3);
      return drawn.choices.map((choice) => choice.pairId);
    };
    expect(await ids({ kinds: ['outcome'] })).toEqual([x.pair.id]);
    expect(await ids({ groups: ['g2'] })).toEqual([y.pair.id]);
    expect(await ids({ annotators: ['Bea'] })).toEqual([y.pair.id, z.pair.id].toSorted());
    expect(await ids({ tags: ['safe'] })).toEqual([x.pair.id, z.pair.id].toSorted());
    expect(
      (await draw(store, { annotators: ['Bea'] })).choices.every((choice) =>
        choice.labels.every((vote) => vote.annotator === 'Bea'),
      ),
    ).toBe(true);
  });

  it('does not count an undone label', async () => {
    const store = open();
    label(store, place(store, question('x')), 'Ann', 'one');
    const act = store.labels.lastAct('Ann');
    if (act !== undefined) store.labels.undo(act, 9);
    expect(await draw(store)).toEqual({ choices: [], leftOut: [] });
  });
});

it('gives one recipe one form', () => {
  expect(normalRecipe({ ...anyRecipe, tags: ['b', 'a', 'b'], groups: [] })).toEqual({ ...anyRecipe, tags: ['a', 'b'] });
});
