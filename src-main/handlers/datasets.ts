// Datasets: recipes, frozen versions and exports.
import { implement } from '@orpc/server';
import { contract } from '#contract/contract';
import { newTask } from '#engine/jobs';
import { exportDataset, planExport } from '#engine/preference/dataset/export';
import { folderWithin } from '#engine/preference/dataset/files/folder';
import { targets } from '#engine/preference/dataset/targets/targets';
import {
  createDataset,
  freezeDataset,
  previewRecipe,
  requireDataset,
  requireVersion,
  updateDataset,
} from '#engine/preference/dataset/versions';
import type { Task } from '#engine/ports';
import { asContractErrors, type Context } from './context.ts';

const os = implement(contract.datasets).$context<Context>().use(asContractErrors);

export const datasetsHandlers = os.router({
  list: os.list.handler(({ context }) => context.studio().store.datasets.list()),

  create: os.create.handler(({ context, input }) => {
    const studio = context.studio();
    const dataset = createDataset(studio.store, studio.clock, input.name, input.recipe);
    studio.changed('datasets');
    return dataset;
  }),

  update: os.update.handler(({ context, input }) => {
    const studio = context.studio();
    const dataset = updateDataset(studio.store, input.id, input.name, input.recipe);
    studio.changed('datasets');
    return dataset;
  }),

  remove: os.remove.handler(({ context, input }) => {
    const studio = context.studio();
    requireDataset(studio.store, input.id);
    studio.store.datasets.setRemoved(input.id, true);
    studio.changed('datasets');
  }),

  restore: os.restore.handler(({ context, input }) => {
    const studio = context.studio();
    studio.store.datasets.setRemoved(input.id, false);
    const dataset = requireDataset(studio.store, input.id);
    studio.changed('datasets');
    return dataset;
  }),

  preview: os.preview.handler(({ context, input, signal }) =>
    previewRecipe(context.studio().store, input, unwatched(signal)),
  ),

  freeze: os.freeze.handler(async ({ context, input, signal }) => {
    const studio = context.studio();
    const version = await freezeDataset(studio.store, studio.clock, input.id, unwatched(signal));
    if (!version.unchanged) studio.changed('datasets');
    return version;
  }),

  plan: os.plan.handler(({ context, input, signal }) =>
    planExport(context.studio().store, { version: input.hash, options: input.options }, unwatched(signal)),
  ),

  export: os.export.handler(async ({ context, input }) => {
    const studio = context.studio();
    const { version, name } = requireVersion(studio.store, input.hash);
    const picked = await context.desk.pickFolder(`Export “${name}” to a folder`);
    if (picked === undefined) return undefined;
    const out = await folderWithin(picked, `${name} v${version.number} ${input.options.target}`);
    const jobId = studio.jobs.start(
      'export',
      `Export ${name} as ${targets[input.options.target].title}`,
      (task) => exportDataset(studio.store, { version: input.hash, options: input.options, out }, task),
      (summary) => `${summary.rows.toLocaleString('en')} rows written and proved equal, in ${out}`,
    );
    return { jobId };
  }),
});

/** Work that ends with the call: it yields now and then, and stops when the caller does. */
function unwatched(signal: AbortSignal | undefined): Task {
  return newTask(signal ?? new AbortController().signal, () => undefined);
}
