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
import { anyRecipe, clock, label, place, question, task } from './world.ts';

onEveryStore('versions', (open) => {
  it('freezes once, says so the second time, and makes a new version when a label is added', async () => {
    const store = open();
    label(store, place(store, question('x')), 'Ann', 'one');
    const dataset = createDataset(store, clock, 'Mine', anyRecipe);
    const first = await freezeDataset(store, clock, dataset.id, task);
    expect(first).toMatchObject({ number: 1, choices: 1, unchanged: false });
    expect(await freezeDataset(store, { now: () => 99 }, dataset.id, task)).toEqual({ ...first, unchanged: true });
    label(store, place(store, question('y')), 'Ann', 'tie');
    expect(await freezeDataset(store, clock, dataset.id, task)).toMatchObject({ number: 1, unchanged: true });
    label(store, place(store, question('z')), 'Ann', 'one');
    const second = await freezeDataset(store, clock, dataset.id, task);
    expect(second).toMatchObject({ number: 2, choices: 2, unchanged: false });
    expect(second.hash).not.toBe(first.hash);
    expect(await sourceOf(store, { version: first.hash }, task)).toMatchObject({
      hash: first.hash,
      name: 'Mine',
      recipe: anyRecipe,
    });
    expect((await sourceOf(store, { version: first.hash }, task)).choices).toHaveLength(1);
  });

  it('gives the same hash to the same recipe on the same labels, whatever the name and the order of boxes', async () => {
    const store = open();
    label(store, place(store, question('x')), 'Ann', 'one', { tags: ['p', 'q'] });
    const hashes: string[] = [];
    for (const tags of [
      ['p', 'q'],
      ['q', 'p', 'p'],
    ]) {
      const { id } = createDataset(store, clock, tags.join(' '), { ...anyRecipe, tags });
      hashes.push((await freezeDataset(store, clock, id, task)).hash);
    }
    expect(new Set(hashes).size).toBe(1);
    expect((await sourceOf(store, { recipe: { ...anyRecipe, tags: ['q', 'p'] } }, task)).hash).toBe(hashes[0]);
    expect((await sourceOf(store, { recipe: { ...anyRecipe, tags: ['p'] } }, task)).hash).not.toBe(hashes[0]);
  });

  it('keeps a frozen recipe when the dataset is changed', async () => {
    const store = open();
    label(store, place(store, question('x')), 'Ann', 'one');
    const dataset = createDataset(store, clock, 'Mine', anyRecipe);
    const version = await freezeDataset(store, clock, dataset.id, task);
    updateDataset(store, dataset.id, 'Ours', { ...anyRecipe, unit: 'decision' });
    expect(await sourceOf(store, { version: version.hash }, task)).toMatchObject({
      name: 'Ours',
      recipe: { unit: 'trajectory' },
    });
  });

  it('previews without storing, and refuses to freeze nothing with the reason', async () => {
    const store = open();
    const dataset = createDataset(store, clock, 'Mine', anyRecipe);
    await expect(freezeDataset(store, clock, dataset.id, task)).rejects.toThrow('There are no labels yet.');
    label(store, place(store, question('x')), 'Ann', 'tie');
    expect(await previewRecipe(store, anyRecipe, task)).toEqual({
      choices: 0,
      ties: 0,
      bad: 0,
      leftOut: [{ why: 'Tie', count: 1 }],
    });
    expect(await previewRecipe(store, { ...anyRecipe, ties: 'both-desirable' }, task)).toMatchObject({
      choices: 1,
      ties: 1,
    });
    await expect(freezeDataset(store, clock, dataset.id, task)).rejects.toThrow(
      'leaves out all 1 labelled pair. Most often: tie (1).',
    );
    await expect(freezeDataset(store, clock, 'nobody', task)).rejects.toThrow('not in the workspace');
  });
});
