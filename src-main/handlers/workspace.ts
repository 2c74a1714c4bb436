// The workspace over the contract: which is open, the recent ones, what changed, what the machine offers.
import { implement } from '@orpc/server';
import { contract } from '#contract/contract';
import { asContractErrors, untilClosed, type Context } from './context.ts';

const os = implement(contract.workspace)
  .$context<Context>()
  // The contract holds our own types: what we send need not be checked again.
  .$config({ initialOutputValidationIndex: Number.NaN })
  .use(asContractErrors);

export const workspaceHandlers = os.router({
  current: os.current.handler(({ context }) => context.workspaces.current()),
  recent: os.recent.handler(({ context }) => context.workspaces.recent()),
  open: os.open.handler(({ input, context }) => context.workspaces.open(input.path)),
  pick: os.pick.handler(({ context }) => context.workspaces.pick(context.desk)),
  openSample: os.openSample.handler(({ context }) => context.workspaces.openSample()),
  forget: os.forget.handler(({ input, context }) => context.workspaces.forget(input.path)),
  /** Ends when the workspace closes; who goes on listening then hears the next one. */
  changes: os.changes.handler(({ context, signal }) => {
    const studio = context.studio();
    return studio.changes.listen(untilClosed(studio, signal));
  }),
  doctor: os.doctor.handler(({ context }) => context.workspaces.doctor()),
  reveal: os.reveal.handler(({ input, context }) => context.desk.reveal(input.path)),
});
