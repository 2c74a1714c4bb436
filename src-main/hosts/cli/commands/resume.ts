// `atelier resume`: lets a run go on, with answers to what it asks.
import type { Command } from '../command.ts';
import { commandLine, followRun } from '../follow-run.ts';
import { idFrom } from '../ids.ts';
import { exitCodes } from '../run-outcome.ts';
import { answerOf } from '../run-values.ts';
import { flag, texts, usage } from '../values.ts';

export const resumeCommand: Command = {
  name: 'resume',
  positionals: 'one',
  usage: 'atelier resume RUN [--step] [--answer QUESTION=JSON]…',
  summary: 'Lets a run go on: after a pause, a crash, or with the answer it waits for.',
  options: { step: { type: 'boolean' }, answer: { type: 'string', multiple: true } },
  optionHelp: [
    ['RUN', 'its id, or the beginning of it'],
    ['--step', 'one step only'],
    [
      '--answer QUESTION=JSON',
      'the answer to an open question: its id or its node, as `atelier show RUN` says; may be repeated',
    ],
    exitCodes,
  ],
  run: async (context) => {
    const { positionals, values, open, runs } = context;
    const named = positionals[0];
    if (named === undefined) throw usage('Name the run to resume.');
    const id = idFrom(open().runs, named, 'run');
    const control = await runs();
    const { interrupts, run } = control.get(id);
    const answers = (texts(values, 'answer') ?? []).map((pair) => answerOf(pair, interrupts));
    for (const { interrupt, value } of answers) await control.answer(id, interrupt, value, commandLine);
    const step = flag(values, 'step');
    if (answers.length === 0 || step) await control.resume(id, { step });
    return followRun(context, control, id, run.seq);
  },
};
