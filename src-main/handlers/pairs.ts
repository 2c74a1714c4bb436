// Pairs over the contract: mining as a job, lists, one pair whole.
import { implement } from '@orpc/server';
import { contract } from '#contract/contract';
import { pairDetail, pairListItems } from '#engine/preference/detail';
import { mine, mineMessage } from '#engine/preference/mine';
import { asContractErrors, type Context } from './context.ts';

const os = implement(contract.pairs).$context<Context>().use(asContractErrors);

export const pairsHandlers = os.router({
  mine: os.mine.handler(({ input, context }) => {
    const studio = context.studio();
    const jobId = studio.jobs.start(
      'mine',
      'Mine pairs',
      // A cancelled mining keeps what it stored, so views ask again whatever came of it.
      (task) => mine(studio.store, studio.clock, input.kinds, task).finally(() => studio.changed('pairs', 'workspace')),
      mineMessage,
    );
    return { jobId };
  }),
  list: os.list.handler(({ input, context }) =>
    pairListItems(context.studio().store, input.filter, input.page.offset, input.page.limit),
  ),
  get: os.get.handler(({ input, context }) => pairDetail(context.studio().store, input.id)),
  facets: os.facets.handler(({ context }) => context.studio().store.pairs.facets()),
});
