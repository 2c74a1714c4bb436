// `atelier cancel`: ends a run.
import type { Command } from '../command.ts';
import { idFrom } from '../ids.ts';
import { shortId } from '../text.ts';
import { usage } from '../values.ts';

export const cancelCommand: Command = {
  name: 'cancel',
  positionals: 'one',
  usage: 'atelier cancel RUN',
  summary: 'Ends a run; what its attempts have done is undone.',
  options: {},
  optionHelp: [['RUN', 'its id, or the beginning of it']],
  run: async ({ positionals, open, runs }) => {
    const named = positionals[0];
    if (named === undefined) throw usage('Name the run to cancel.');
    const id = idFrom(open().runs, named, 'run');
    const before = open().runs.get(id)?.status;
    const run = await (await runs()).cancel(id);
    const isDone = run.status === 'cancelled';
    return {
      json: { run },
      text: isDone
        ? `Run ${shortId(id)} is cancelled after step ${run.step}.`
        : `Run ${shortId(id)} is ${run.status}, not cancelled.`,
      code: isDone || before === run.status ? 0 : 1,
    };
  },
};
