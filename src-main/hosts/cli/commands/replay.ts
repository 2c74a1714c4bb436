// `atelier replay`: does a run again with what its journal recorded.
import type { Command } from '../command.ts';
import { followRun } from '../follow-run.ts';
import { idFrom } from '../ids.ts';
import { exitCodes } from '../run-outcome.ts';
import { usage, wholeNumber } from '../values.ts';

export const replayCommand: Command = {
  name: 'replay',
  positionals: 'one',
  usage: 'atelier replay RUN [--up-to STEP]',
  summary: 'Does a run again with the recorded effects, and says where it departs from its journal.',
  options: { 'up-to': { type: 'string' } },
  optionHelp: [
    ['RUN', 'its id, or the beginning of it'],
    ['--up-to STEP', 'from the journal up to this step, then from the world'],
    exitCodes,
  ],
  run: async (context) => {
    const { positionals, values, open, runs } = context;
    const named = positionals[0];
    if (named === undefined) throw usage('Name the run to replay.');
    const id = idFrom(open().runs, named, 'run');
    const control = await runs();
    const replay = await control.replay(id, wholeNumber(values, 'up-to'));
    return followRun(context, control, replay.id, 0);
  },
};
