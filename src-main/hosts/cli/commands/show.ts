// `atelier show`: one run: what it did step by step, how it stands, its journal, its state after a step.
import type { RunError } from '#contract/journal';
import type { OpenInterrupt, RunSummary } from '#contract/run';
import type { SpentToday } from '#contract/model';
import type { JsonObject } from '#contract/turn';
import { eventsOf } from '#engine/control/journal-pages';
import { States } from '#engine/control/state-at';
import type { Store } from '#engine/ports';
import { Problem } from '#engine/problem';
import { RunFold } from '#engine/run/fold';
import type { Command, CommandContext, Outcome } from '../command.ts';
import { idFrom } from '../ids.ts';
import { linesOf } from '../live/run-lines.ts';
import { onwards } from '../live/onwards.ts';
import { userFrames } from '../run-outcome.ts';
import { count } from '../table.ts';
import { duration, figure, flat, jsonLine, localTime, money, shortId } from '../text.ts';
import { flag, usage, wholeNumber } from '../values.ts';

/** So many of the newest steps are listed as text. */
const listedSteps = 40;

export const showCommand: Command = {
  name: 'show',
  positionals: 'one',
  usage: 'atelier show RUN [--journal] [--state STEP]',
  summary: 'Shows a run: its steps, what it waits for, its error; or its journal, or its state after a step.',
  options: { journal: { type: 'boolean' }, state: { type: 'string' } },
  optionHelp: [
    ['RUN', 'its id, or the beginning of it'],
    ['--journal', 'every event; with --json one event a line'],
    ['--state STEP', 'the state after this step; 0: after the input'],
  ],
  run: (context) => Promise.resolve(show(context)),
};

function show(context: CommandContext): Outcome {
  const { positionals, values, open } = context;
  const named = positionals[0];
  if (named === undefined) throw usage('Name the run to show.');
  const store = open();
  const id = idFrom(store.runs, named, 'run');
  if (flag(values, 'journal')) return showJournal(context, store, id);
  const step = wholeNumber(values, 'state');
  if (step !== undefined) return showState(store, id, step);
  return showRun(store, id);
}

function showJournal({ live }: CommandContext, store: Store, id: string): Outcome {
  for (const event of eventsOf(store.runs, id)) {
    if (live.asJson) live.line(jsonLine(event));
    else
      live.line(
        `${String(event.seq).padStart(6)}  ${linesOf(event)[0] ?? flat(JSON.stringify(event.event)).slice(0, 200)}`,
      );
  }
  return { json: undefined, text: '' };
}

function showState(store: Store, id: string, step: number): Outcome {
  const found = new States(store.runs).at(id, '', step);
  return { json: found, text: JSON.stringify(found.state, undefined, 2) };
}

/** What one step of the run's own scope did. */
interface Step {
  readonly step: number;
  readonly at: number;
  readonly nodes: readonly StepNode[];
  readonly next: readonly string[];
}
interface StepNode {
  readonly node: string;
  readonly ms: number;
  readonly try?: number;
  readonly error?: RunError;
}

function showRun(store: Store, id: string): Outcome {
  const run = store.runs.get(id);
  if (run === undefined) throw new Problem('NOT_FOUND', 'There is no such run.');
  const { steps, fold } = stepsOf(store, id);
  const interrupts = fold.openInterrupts();
  const input = fold.started?.input ?? {};
  const children = store.runs.children(id);
  return {
    json: { run, input, steps, interrupts, children },
    text: [
      ...headLines(run, input, store.calls.spent({ from: 0, run: id })),
      '',
      ...stepLines(steps),
      ...errorLines(run.error),
      ...openLines(run, interrupts),
      ...children.map((child) => `${child.origin?.kind ?? 'child'}  ${shortId(child.id)}  ${child.status}`),
    ].join('\n'),
  };
}

function stepsOf(store: Store, id: string): { readonly steps: Step[]; readonly fold: RunFold } {
  const fold = new RunFold();
  const steps: Step[] = [];
  let nodes: StepNode[] = [];
  for (const entry of eventsOf(store.runs, id)) {
    const { event, at } = entry;
    fold.add(entry);
    if ((event.type === 'node.finished' || event.type === 'node.failed') && event.scope === '') {
      const { node, ms } = event;
      nodes.push({
        node,
        ms,
        ...(event.try === undefined || event.try === 1 ? {} : { try: event.try }),
        ...(event.type === 'node.failed' ? { error: event.error } : {}),
      });
    }
    if (event.type !== 'step.finished' || event.scope !== '') continue;
    steps.push({ step: event.step, at, nodes, next: event.next });
    nodes = [];
  }
  const last = steps.at(-1);
  if (nodes.length > 0) steps.push({ step: (last?.step ?? 0) + 1, at: fold.at, nodes, next: [] });
  return { steps, fold };
}

function headLines(run: RunSummary, input: JsonObject, { usd, unpriced }: SpentToday): string[] {
  const { usage, origin } = run;
  const tokens = usage.inputTokens + usage.outputTokens;
  return [
    `${run.agent}  ${run.id}  ${run.status}`,
    `file      ${run.file}${run.version === undefined ? '' : `, version ${run.version}`} (${shortId(run.hash)})`,
    `started   ${localTime(run.createdAt)}, seed ${run.seed}${run.endedAt === undefined ? '' : `, took ${duration(run.endedAt - run.createdAt)}`}`,
    ...(origin === undefined ? [] : [`from      ${origin.kind} of ${shortId(origin.run)}`]),
    ...(tokens === 0 ? [] : [`tokens    ${figure(usage.inputTokens)} in, ${figure(usage.outputTokens)} out`]),
    ...(usd === 0 && unpriced === 0
      ? []
      : [`cost      ${money(usd)} USD${unpriced === 0 ? '' : `, ${count(unpriced, 'call')} without a price`}`]),
    ...(run.traceId === undefined ? [] : [`trace     ${shortId(run.traceId)}`]),
    `input     ${flat(JSON.stringify(input)).slice(0, 500)}`,
  ];
}

function stepLines(steps: readonly Step[]): string[] {
  const shown = steps.filter(({ step, nodes }) => step > 0 || nodes.length > 0).slice(-listedSteps);
  const left = steps.length - shown.length - 1;
  return [
    ...(left > 0 ? [`… ${count(left, 'step')} before; --json lists all.`] : []),
    ...shown.map(({ step, nodes, next }) => {
      const done = nodes.map(
        (one) =>
          `${one.error === undefined ? '' : '✗ '}${flat(one.node)}${one.try === undefined ? '' : ` (try ${one.try})`} ${duration(one.ms)}`,
      );
      return `step ${String(step).padEnd(4)}  ${done.join(', ')}${next.length === 0 ? '' : `  → ${next.map(flat).join(', ')}`}`;
    }),
  ];
}

function errorLines(error: RunError | undefined): string[] {
  if (error === undefined) return [];
  return [
    '',
    `${error.name}: ${error.message}`,
    ...(error.hint === undefined ? [] : [`  ${error.hint}`]),
    ...userFrames(error).slice(0, 5),
  ];
}

function openLines(run: RunSummary, interrupts: readonly OpenInterrupt[]): string[] {
  const lines = onwards({ run, interrupts: interrupts.filter((one) => one.kind !== 'wait') });
  return lines.length === 0 ? [] : ['', ...lines];
}
