// `atelier fork`: goes on from a step of a run another way.
import type { Command, Values } from '../command.ts';
import { followRun } from '../follow-run.ts';
import { idFrom } from '../ids.ts';
import { exitCodes } from '../run-outcome.ts';
import { pairOf, settingsOf } from '../run-values.ts';
import { flag, text, texts, usage, wholeNumber } from '../values.ts';
import type { RunFork } from '#contract/run';

export const forkCommand: Command = {
  name: 'fork',
  positionals: 'one',
  usage: 'atelier fork RUN --at STEP [--set KEY=VALUE]… [--remove KEY]… [--message EFFECT=TEXT] [--paused]',
  summary: 'Begins a new run with the state a run had after a step, changed or not; it shares the journal until there.',
  options: {
    at: { type: 'string' },
    set: { type: 'string', multiple: true },
    remove: { type: 'string', multiple: true },
    message: { type: 'string' },
    paused: { type: 'boolean' },
  },
  optionHelp: [
    ['RUN', 'its id, or the beginning of it'],
    ['--at STEP', 'the step after which it parts; 0: after the input'],
    ['--set KEY=VALUE', 'sets a key of the state: JSON, or text where it is none; may be repeated'],
    ['--remove KEY', 'takes a key out of the state; may be repeated'],
    [
      '--message EFFECT=TEXT',
      'what a model said in the step after, said otherwise; its key is in `atelier show RUN --journal`',
    ],
    ['--paused', 'does not go on by itself'],
    exitCodes,
  ],
  run: async (context) => {
    const { positionals, values, open, runs } = context;
    const named = positionals[0];
    const step = wholeNumber(values, 'at');
    if (named === undefined) throw usage('Name the run to fork.');
    if (step === undefined) throw usage('Say --at STEP; `atelier show RUN` lists the steps.');
    const parent = idFrom(open().runs, named, 'run');
    const control = await runs();
    const fork = await control.fork({ id: parent, step, ...changesOf(values) });
    return followRun(context, control, fork.id, fork.origin?.kind === 'fork' ? fork.origin.seq : 0);
  },
};

function changesOf(values: Values): Omit<RunFork, 'id' | 'step'> {
  const set = settingsOf(texts(values, 'set'), 'set');
  const remove = texts(values, 'remove') ?? [];
  const message = text(values, 'message');
  return {
    ...(Object.keys(set).length === 0 ? {} : { set }),
    ...(remove.length === 0 ? {} : { remove }),
    ...(message === undefined ? {} : { message: messageOf(message) }),
    ...(flag(values, 'paused') ? { paused: true } : {}),
  };
}

function messageOf(pair: string): NonNullable<RunFork['message']> {
  const [key, said] = pairOf(pair, 'message');
  return { key, message: { role: 'assistant', content: [{ type: 'text', text: said }] } };
}
