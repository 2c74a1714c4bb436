// The desk of a page in a browser over the contract: its questions and their answers.
import { implement } from '@orpc/server';
import { contract } from '#contract/contract';
import { Problem } from '#engine/problem';
import { asContractErrors, type AskingDesk, type Context } from './context.ts';

const os = implement(contract.desk)
  .$context<Context>()
  .$config({ initialOutputValidationIndex: Number.NaN })
  .use(asContractErrors);

export const deskHandlers = os.router({
  questions: os.questions.handler(({ context, signal }) =>
    asking(context).questions(signal ?? new AbortController().signal),
  ),
  answer: os.answer.handler(({ context, input }) => asking(context).answer(input.id, input.paths)),
});

function asking({ asks }: Context): AskingDesk {
  if (asks === undefined) throw new Problem('REFUSED', 'This studio has dialogs of its own to ask for paths.');
  return asks;
}
