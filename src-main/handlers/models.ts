// Models over the contract.
import { implement } from '@orpc/server';
import { contract } from '#contract/contract';
import { asContractErrors, untilClosed, type Context } from './context.ts';

const os = implement(contract.models)
  .$context<Context>()
  .$config({ initialOutputValidationIndex: Number.NaN })
  .use(asContractErrors);

export const modelsHandlers = os.router({
  state: os.state.handler(({ context }) => context.studio().models.state()),
  putProvider: os.putProvider.handler(({ input, context }) =>
    context.studio().models.putProvider(input.name, input.settings),
  ),
  removeProvider: os.removeProvider.handler(({ input, context }) => context.studio().models.removeProvider(input.name)),
  setFallbacks: os.setFallbacks.handler(({ input, context }) =>
    context.studio().models.setFallbacks(input.model, input.fallbacks),
  ),
  setBudgets: os.setBudgets.handler(({ input, context }) => context.studio().models.setBudgets(input)),
  discover: os.discover.handler(({ context, signal }) => {
    const studio = context.studio();
    return studio.models.discover(untilClosed(studio, signal));
  }),
  offered: os.offered.handler(({ input, context, signal }) => {
    const studio = context.studio();
    return studio.models.offered(input.provider, untilClosed(studio, signal));
  }),
  /** Ends, and cancels its call, when the reader stops or the workspace closes. */
  try: os.try.handler(({ input, context, signal }) => {
    const studio = context.studio();
    return studio.models.try(input.model, input.prompt, untilClosed(studio, signal));
  }),
  prices: os.prices.handler(({ context }) => context.studio().models.prices()),
  makePriceFile: os.makePriceFile.handler(({ context }) => context.studio().models.makePriceFile()),
});
