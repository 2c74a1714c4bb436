// What leaves the machine, over the contract.
import { implement } from '@orpc/server';
import { contract } from '#contract/contract';
import { asContractErrors, type Context } from './context.ts';

const os = implement(contract.egress)
  .$context<Context>()
  .$config({ initialOutputValidationIndex: Number.NaN })
  .use(asContractErrors);

export const egressHandlers = os.router({
  state: os.state.handler(({ context }) => context.studio().egress.state()),
  setOffline: os.setOffline.handler(({ input, context }) => context.studio().egress.setOffline(input.isOffline)),
  setAllowed: os.setAllowed.handler(({ input, context }) => context.studio().egress.setAllowed(input.hosts)),
  ledger: os.ledger.handler(({ input, context }) =>
    context.studio().egress.ledger(input.filter, input.offset, input.limit),
  ),
  report: os.report.handler(({ input, context }) => context.studio().egress.report(input)),
  check: os.check.handler(({ context }) => context.studio().egress.check()),
});
