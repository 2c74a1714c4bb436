// Background jobs over the contract.
import { implement } from '@orpc/server';
import { contract } from '#contract/contract';
import { asContractErrors, untilClosed, type Context } from './context.ts';

const os = implement(contract.jobs)
  .$context<Context>()
  .$config({ initialOutputValidationIndex: Number.NaN })
  .use(asContractErrors);

export const jobsHandlers = os.router({
  list: os.list.handler(({ context }) => context.studio().jobs.list()),
  /** Ends when the workspace closes. */
  watch: os.watch.handler(({ context, signal }) => {
    const studio = context.studio();
    return studio.jobs.watch(untilClosed(studio, signal));
  }),
  cancel: os.cancel.handler(({ input, context }) => context.studio().jobs.cancel(input.id)),
});
