// Datasets over the contract: recipe, preview, freeze, plan and export as the renderer calls them.
import { createRouterClient } from '@orpc/server';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Recipe } from '#contract/dataset';
import { Studio } from '#engine/studio';
import { datasetsHandlers } from '#handlers/datasets';
import { addPair, labelOf, start } from '#test/samples';
import { temporaryFolder, temporaryStore } from '#test/store';

const recipe: Recipe = { ties: 'drop', minStrength: 1, conflicts: 'majority', unit: 'trajectory' };
const options = { target: 'trl-dpo', format: 'jsonl', split: 0, seed: 1, mask: false } as const;

function setUp(pickFolder: () => Promise<string | undefined>) {
  const store = temporaryStore();
  const studio = new Studio({ path: '/tmp/w', isSample: false, store, clock: { now: () => start } });
  store.labels.addAnnotator({ name: 'Ada', createdAt: start });
  for (const name of ['x', 'y']) store.labels.add(labelOf(addPair(store, name), 'Ada'));
  const none = () => {
    throw new Error('Datasets ask only for a folder.');
  };
  const desk = { pickFiles: none, pickFolder, pickSaveFile: none, isGranted: none, reveal: none };
  const workspaces = {
    current: none,
    recent: none,
    open: none,
    pick: none,
    openSample: none,
    forget: none,
    doctor: none,
  };
  const told: string[] = [];
  studio.changed = (...topics) => void told.push(...topics);
  const context = { studio: () => studio, desk, workspaces };
  return { studio, told, client: createRouterClient(datasetsHandlers, { context }) };
}

it('creates, previews, freezes once, hides and brings back, and tells the views', async () => {
  const { client, told } = setUp(() => Promise.resolve(undefined));
  expect(await client.preview(recipe)).toMatchObject({ choices: 2, leftOut: [] });
  const { id } = await client.create({ name: 'Mine', recipe });
  const version = await client.freeze({ id });
  expect(version).toMatchObject({ number: 1, choices: 2, unchanged: false });
  expect(await client.freeze({ id })).toMatchObject({ hash: version.hash, unchanged: true });
  expect(await client.update({ id, name: 'Ours', recipe: { ...recipe, unit: 'decision' } })).toMatchObject({
    name: 'Ours',
  });
  await client.remove({ id });
  expect(await client.list()).toEqual([]);
  expect(await client.restore({ id })).toMatchObject({ id, name: 'Ours' });
  expect(told).toEqual(['datasets', 'datasets', 'datasets', 'datasets', 'datasets']);
  await expect(client.freeze({ id: 'nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('plans, asks for a folder, and writes in a job, into a folder of its own inside the picked one', async () => {
  const picked = temporaryFolder();
  writeFileSync(join(picked, 'mine.txt'), '');
  const { client, studio } = setUp(() => Promise.resolve(picked));
  const { hash } = await client.freeze({ id: (await client.create({ name: 'My pairs', recipe })).id });
  expect(await client.plan({ hash, options })).toMatchObject({ rows: 2, train: 2, test: 0 });
  const started = await client.export({ hash, options });
  const job = () => studio.jobs.get(started?.jobId ?? '');
  await expect.poll(() => job()?.state).toBe('done');
  expect(job()?.result).toMatchObject({ rows: 2, verified: 2, versionHash: hash });
  expect(job()?.title).toBe('Export My pairs as TRL DPO, conversational');
  expect(readdirSync(join(picked, 'my-pairs-v1-trl-dpo')).toSorted()).toEqual([
    'README.md',
    'export.json',
    'train.jsonl',
  ]);
});

it('does nothing when the person cancels', async () => {
  const { client, studio } = setUp(() => Promise.resolve(undefined));
  const { hash } = await client.freeze({ id: (await client.create({ name: 'Mine', recipe })).id });
  expect(await client.export({ hash, options })).toBeUndefined();
  expect(studio.jobs.list()).toEqual([]);
});
