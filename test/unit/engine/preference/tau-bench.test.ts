// Real logs: the pairs that are in the shared τ-bench file, where it is.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addAnnotator } from '#engine/preference/annotators';
import { mine } from '#engine/preference/mine';
import { nextItem } from '#engine/preference/queue';
import { importFiles } from '#engine/trace/import/run';
import { newWorld, quietTask } from './world.ts';

const file = resolve(
  import.meta.dirname,
  '../../../../../shared/data/tau-bench-airline/gpt-4o-airline.tasks-00-24.json',
);
const there = existsSync(file);
if (!there) process.stdout.write(`Skipped: ${file} is not there.\n`);

describe.skipIf(!there)('τ-bench airline', () => {
  it('gives its 35 pairs of one task with another reward, and the same again', async () => {
    const { store, clock } = newWorld();
    await importFiles(store, clock, [file], { format: 'auto' }, quietTask());
    const summary = await mine(store, clock, undefined, quietTask());
    expect(summary).toEqual({ pairs: 35, new: 35, byKind: { imported: 0, outcome: 35, sibling: 0 }, leftOut: [] });
    expect(await mine(store, clock, undefined, quietTask())).toEqual({ ...summary, new: 0 });
    const pairs = store.pairs.list({}, 0, 100).items;
    expect(new Set(pairs.map(({ group }) => group)).size).toBe(11);
    for (const { reason, group } of pairs) {
      expect(reason).toBe(`Two runs of group “${group}” with different scores: reward 1 against 0.`);
    }
    addAnnotator(store, clock, 'Ada');
    const item = nextItem(store, 'Ada');
    const rewards = [item?.detail.originA.scores[0]?.value, item?.detail.originB.scores[0]?.value];
    expect(new Set(rewards)).toEqual(new Set([0, 1]));
    // The trials share the airline's policy and part at what the simulated user says first.
    expect(item?.detail.prefix.map(({ message }) => message.role)).toEqual(['context']);
    expect(item?.detail.a[0]?.message.role).toBe('user');
  });
});
