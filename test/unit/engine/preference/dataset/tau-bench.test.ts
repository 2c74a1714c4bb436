// Real logs through the whole path: import, mine, label, export to what a trainer reads; where the shared data is.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mine } from '#engine/preference/mine';
import { exportDataset, planExport } from '#engine/preference/dataset/export';
import { labelPair } from '#engine/preference/label';
import { importFiles } from '#engine/trace/import/run';
import type { Store } from '#engine/ports';
import { temporaryFolder, temporaryStore } from '#test/store';
import { anyOptions, anyRecipe, clock, task } from './world.ts';

const file = resolve(
  import.meta.dirname,
  '../../../../../../shared/data/tau-bench-airline/gpt-4o-airline.tasks-00-24.json',
);
const there = existsSync(file);

/** The side with the better outcome is chosen; every tenth pair is bad on both sides. */
async function labelled(): Promise<Store> {
  const store = temporaryStore();
  await importFiles(store, clock, [file], { format: 'auto' }, task);
  await mine(store, clock, undefined, task);
  const rewardOf = (trace: string | undefined): number => store.traces.get(trace ?? '')?.summary.scores[0]?.value ?? 0;
  for (const [index, pair] of store.pairs.list({}, 0, 100).items.entries()) {
    const better = rewardOf(pair.traceA) > rewardOf(pair.traceB) ? 'a' : 'b';
    const choice = index % 10 === 9 ? 'bad' : better;
    labelPair(store, clock, {
      pairId: pair.id,
      annotator: 'Ann',
      choice,
      strength: 3,
      tags: [],
      swapped: false,
      elapsedMs: 0,
    });
  }
  return store;
}

if (!there) process.stdout.write(`Skipped: ${file} is not there.\n`);

describe.skipIf(!there)('τ-bench airline', () => {
  it('comes out as 32 preferences and 70 completions, proved equal, groups on one side', async () => {
    const store = await labelled();
    const folder = temporaryFolder();
    for (const format of ['jsonl', 'parquet'] as const) {
      for (const [target, rows] of [
        ['trl-dpo', 32],
        ['trl-dpo-standard', 32],
        ['trl-kto', 70],
      ] as const) {
        const options = { ...anyOptions, target, format, split: 0.2, mask: true };
        const summary = await exportDataset(
          store,
          { recipe: anyRecipe, options, out: join(folder, `${target}-${format}`) },
          task,
        );
        expect(summary).toMatchObject({ rows, verified: rows, nearDuplicates: 0 });
        expect(summary.files).toHaveLength(2);
        expect(summary.findings.map(({ rule }) => rule)).toEqual(['EMAIL']);
      }
    }
    const rows = readFileSync(join(folder, 'trl-dpo-jsonl', 'train.jsonl'), 'utf8');
    expect(rows).not.toMatch(/[\w.]+@example\.com/);
    expect(rows).toContain('# Airline Agent Policy');
    expect(rows).toContain('get_reservation_details');
  }, 60_000);

  it('has no single decision, because the trials part at the simulated user’s first words', async () => {
    const store = await labelled();
    const decision = planExport(store, { recipe: { ...anyRecipe, unit: 'decision' }, options: anyOptions }, task);
    await expect(decision).rejects.toThrow('part at a user or tool turn');
    const single = planExport(store, { recipe: anyRecipe, options: { ...anyOptions, target: 'llama-factory' } }, task);
    await expect(single).rejects.toThrow('None of the 35 choices can be written as LLaMA-Factory sharegpt ranking');
  }, 60_000);
});
