// The gateway over the contract.
import { implement } from '@orpc/server';
import { contract } from '#contract/contract';
import { asContractErrors, type Context } from './context.ts';

const os = implement(contract.gateway)
  .$context<Context>()
  .$config({ initialOutputValidationIndex: Number.NaN })
  .use(asContractErrors);

export const gatewayHandlers = os.router({
  state: os.state.handler(({ context }) => context.studio().gateway.state()),
  start: os.start.handler(({ input, context }) => context.studio().gateway.start(input)),
  stop: os.stop.handler(({ context }) => context.studio().gateway.stop()),
  createKey: os.createKey.handler(({ input, context }) => context.studio().gateway.createKey(input)),
  updateKey: os.updateKey.handler(({ input, context }) => context.studio().gateway.updateKey(input.id, input.settings)),
  revokeKey: os.revokeKey.handler(({ input, context }) => context.studio().gateway.revokeKey(input.id)),
  calls: os.calls.handler(({ input, context }) => context.studio().gateway.calls(input)),
  use: os.use.handler(({ input, context }) => context.studio().gateway.use(input.from)),
});
