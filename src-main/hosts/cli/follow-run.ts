// Follows a run for a command and says how it ended.
import type { RunControl } from '#engine/control/run-control';
import type { CommandContext, Outcome } from './command.ts';
import { follow } from './live/follow.ts';
import { outcomeOf } from './run-outcome.ts';

/** Whoever sits at the command line, in journals. */
export const commandLine = 'command line';

/** From the event after `after` on, until the run ends or rests. */
export async function followRun(
  { live, task }: CommandContext,
  control: RunControl,
  id: string,
  after: number,
): Promise<Outcome> {
  const followed = await follow(
    {
      get: (run) => control.get(run),
      watch: (run, seq, signal) => control.watch(run, seq, signal),
      pause: (run) => control.pause(run),
      answer: (run, interrupt, value) => control.answer(run, interrupt, value, commandLine),
    },
    id,
    after,
    live,
    task.signal,
  );
  return outcomeOf(followed, () => control.state(id, '', followed.run.step).state);
}
