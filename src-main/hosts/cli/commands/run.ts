// `atelier run`: starts an agent and follows it to its end.
import { join, resolve } from 'node:path';
import type { RunStart } from '#contract/run';
import { Problem } from '#engine/problem';
import { isObject } from '#engine/trace/json';
import type { Command, CommandContext, Outcome } from '../command.ts';
import { agentFile } from '../agent-files.ts';
import { knownNode } from '../agent-nodes.ts';
import { followRun } from '../follow-run.ts';
import { askForm } from '../live/ask.ts';
import { exitCodes } from '../run-outcome.ts';
import { inputOf } from '../run-values.ts';
import { flag, text, usage, wholeNumber } from '../values.ts';

export const runCommand: Command = {
  name: 'run',
  positionals: 'one',
  usage: 'atelier run FILE [--input JSON|@FILE] [--seed N] [--until NODE] [--detach] [--json]',
  summary: 'Runs an agent: durably, so that it can be stopped and go on at any time.',
  options: {
    input: { type: 'string' },
    seed: { type: 'string' },
    until: { type: 'string' },
    detach: { type: 'boolean' },
  },
  optionHelp: [
    ['FILE', "the agent's file, or its name: triage is agents/triage.agent.ts"],
    [
      '--input JSON|@FILE',
      'the input as a JSON object, or a file that holds one; a terminal is asked where it is left out',
    ],
    ['--seed N', 'of everything it draws; the same seed draws the same'],
    ['--until NODE', 'pauses after this node'],
    [
      '--detach',
      'goes on in the background, which has the workspace until the run ends or waits; log in .atelier/detached.log',
    ],
    ['--json', 'every update on a line of its own, the last with the result'],
    exitCodes,
  ],
  near: ([file]) => file,
  run: async (context) => {
    const start = await startOf(context);
    return flag(context.values, 'detach') ? startDetached(context, start) : startHere(context, start);
  },
};

async function startOf({ positionals, values, cwd, workspace }: CommandContext): Promise<RunStart> {
  const named = positionals[0];
  if (named === undefined) throw usage('Name the agent to run.');
  const input = inputOf(text(values, 'input'), cwd);
  const seed = wholeNumber(values, 'seed');
  const until = text(values, 'until');
  const folder = workspace();
  const file = agentFile(named, cwd, folder);
  return {
    file,
    input,
    ...(seed === undefined ? {} : { seed }),
    ...(until === undefined ? {} : { until: await knownNode(until, folder, file) }),
  };
}

async function startHere(context: CommandContext, start: RunStart): Promise<Outcome> {
  const control = await context.runs();
  const { person } = context.live;
  let { input } = start;
  if (person !== undefined && text(context.values, 'input') === undefined) {
    const asked = await askForm((await control.agent(start.file)).face.input, person);
    if (!isObject(asked?.value)) return { json: undefined, text: 'Nothing was started.', code: 1 };
    input = asked.value;
  }
  const run = await control.start({ ...start, input });
  context.announce(run.id);
  return followRun(context, control, run.id, 0);
}

/** The same command again in a process of its own, which tells the run's id once it is on disk. */
async function startDetached({ detach, workspace, values, cwd }: CommandContext, start: RunStart): Promise<Outcome> {
  if (detach === undefined) throw new Problem('REFUSED', 'Nothing can be started in the background here.');
  const folder = workspace();
  const log = join(folder, '.atelier', 'detached.log');
  const { file, input, seed, until } = start;
  const named = text(values, 'input') ?? '';
  const argv = [
    'run',
    file,
    '--workspace',
    folder,
    '--input',
    // What a command line may hold is limited.
    named.startsWith('@') && isLong(input) ? `@${resolve(cwd, named.slice(1))}` : JSON.stringify(input),
    '--text',
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
    ...(until === undefined ? [] : ['--until', until]),
  ];
  const { run, pid } = await detach(argv, log);
  return {
    json: { run, pid, log },
    text: `${run}\nIt goes on in process ${pid}, which has the workspace until it ends or waits; log in ${log}.`,
  };
}

function isLong(input: RunStart['input']): boolean {
  return JSON.stringify(input).length > 32_000;
}
