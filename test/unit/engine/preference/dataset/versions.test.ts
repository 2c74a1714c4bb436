// Frozen versions: same recipe on the same labels, same hash and the same version.
import { expect, it } from 'vitest';
import {
  createDataset,
  freezeDataset,
  previewRecipe,
  sourceOf,
  updateDataset,
} from '#engine/preference/dataset/versions';
import { onEveryStore } from '#test/store';
import { anyRecipe, clock, label, place, question } from './world.ts';

onEveryStore('versions', (open) => {
  it('freezes once, says so the second time, and makes a new version when a label is added', () => {
    const store = open();
    label(store, place(store, question('x')), 'Ann', 'one');
    const dataset = createDataset(store, clock, 'Mine', anyRecipe);
    const first = freezeDataset(store, clock, dataset.id);
    expect(first).toMatchObject({ number: 1, choices: 1, unchanged: false });
    expect(freezeDataset(store, { now: () => 99 }, dataset.id)).toEqual({ ...first, unchanged: true });
    label(store, place(store, question('y')), 'Ann', 'tie');
    expect(freezeDataset(store, clock, dataset.id)).toMatchObject({ number: 1, unchanged: true });
    label(store, place(store, question('z')), 'Ann', 'one');
    const second = freezeDataset(store, clock, dataset.id);
    expect(second).toMatchObject({ number: 2, choices: 2, unchanged: false });
    expect(second.hash).not.toBe(first.hash);
    expect(sourceOf(store, { version: first.hash })).toMatchObject({
      hash: first.hash,
      name: 'Mine',
      recipe: anyRecipe,
    });
    expect(sourceOf(store, { version: first.hash }).choices).toHaveLength(1);
  });

  it('gives the same hash to the same recipe on the same labels, whatever the name and the order of boxes', () => {
    const store = open();
    label(store, place(store, question('x')), 'Ann', 'one', { tags: ['p', 'q'] });
    const hashes = [
      { name: 'One', tags: ['p', 'q'] },
      { name: 'Two', tags: ['q', 'p', 'p'] },
    ].map(
      ({ name, tags }) =>
        freezeDataset(store, clock, createDataset(store, clock, name, { ...anyRecipe, tags }).id).hash,
    );
    expect(new Set(hashes).size).toBe(1);
    expect(sourceOf(store, { recipe: { ...anyRecipe, tags: ['q', 'p'] } }).hash).toBe(hashes[0]);
    expect(sourceOf(store, { recipe: { ...anyRecipe, tags: ['p'] } }).hash).not.toBe(hashes[0]);
  });

  it('keeps a frozen recipe when the dataset is changed', () => {
    const store = open();
    label(store, place(store, question('x')), 'Ann', 'one');
    const dataset = createDataset(store, clock, 'Mine', anyRecipe);
    const version = freezeDataset(store, clock, dataset.id);
    updateDataset(store, dataset.id, 'Ours', { ...anyRecipe, unit: 'decision' });
    expect(sourceOf(store, { version: version.hash })).toMatchObject({ name: 'Ours', recipe: { unit: 'trajectory' } });
  });

  it('previews without storing, and refuses to freeze nothing with the reason', () => {
    const store = open();
    const dataset = createDataset(store, clock, 'Mine', anyRecipe);
    expect(() => freezeDataset(store, clock, dataset.id)).toThrow('There are no labels yet.');
    label(store, place(store, question('x')), 'Ann', 'tie');
    expect(previewRecipe(store, anyRecipe)).toEqual({
      choices: 0,
      ties: 0,
      bad: 0,
      leftOut: [{ why: 'Tie', count: 1 }],
    });
    expect(previewRecipe(store, { ...anyRecipe, ties: 'both-desirable' })).toMatchObject({ choices: 1, ties: 1 });
    expect(() => freezeDataset(store, clock, dataset.id)).toThrow(
      'leaves out all 1 labelled pair. Most often: tie (1).',
    );
    expect(() => freezeDataset(store, clock, 'nobody')).toThrow('not in the workspace');
  });
});
