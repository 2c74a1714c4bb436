// Runs over the contract.
import { implement } from '@orpc/server';
import { contract } from '#contract/contract';
import { asContractErrors, untilClosed, type Context } from './context.ts';

const os = implement(contract.runs)
  .$context<Context>()
  .$config({ initialOutputValidationIndex: Number.NaN })
  .use(asContractErrors);

/** Who answers, where the host does not say otherwise. */
const person = 'person';

export const runsHandlers = os.router({
  list: os.list.handler(({ input, context }) => context.studio().runs.list(input.filter, input.after, input.limit)),
  counts: os.counts.handler(({ context }) => context.studio().runs.counts()),
  get: os.get.handler(({ input, context }) => context.studio().runs.get(input.id)),
  start: os.start.handler(({ input, context }) => context.studio().runs.start(input)),
  /** Ends when the workspace closes. */
  watch: os.watch.handler(({ input, context, signal }) => {
    const studio = context.studio();
    return studio.runs.watch(input.id, input.after, untilClosed(studio, signal));
  }),
  journal: os.journal.handler(({ input, context }) =>
    context.studio().runs.journal(input.id, input.after, input.limit),
  ),
  state: os.state.handler(({ input, context }) => context.studio().runs.state(input.id, input.scope, input.step)),
  pause: os.pause.handler(({ input, context }) => context.studio().runs.pause(input.id)),
  resume: os.resume.handler(({ input, context }) => context.studio().runs.resume(input.id, { step: input.step })),
  cancel: os.cancel.handler(({ input, context }) => context.studio().runs.cancel(input.id)),
  answer: os.answer.handler(({ input, context }) =>
    context.studio().runs.answer(input.id, input.interrupt, input.value, context.actor ?? person),
  ),
  edit: os.edit.handler(({ input, context }) => context.studio().runs.edit(input.id, input.set, input.remove)),
  setBreakpoints: os.setBreakpoints.handler(({ input, context }) =>
    context.studio().runs.setBreakpoints(input.id, input.breakpoints),
  ),
  fork: os.fork.handler(({ input, context }) => context.studio().runs.fork(input)),
  replay: os.replay.handler(({ input, context }) => context.studio().runs.replay(input.id, input.upTo)),
  compare: os.compare.handler(({ input, context }) => context.studio().runs.compare(input.one, input.two)),
});
