// The named actions of an open run: in the palette, in the shortcut sheet, on keys, in its menu.
import type { RunDetail } from '#contract/run';
import { useAction } from '../../lib/actions.tsx';
import { problemOf } from '../../lib/problem.ts';
import { useToast } from '../../lib/toasts.tsx';
import type { MenuItem } from '../../ui/menu.tsx';
import { toggled } from './breakpoints.ts';
import { refusalsOf, type Refusals } from './controls.ts';
import { runKeys } from './run-keys.ts';
import type { Asking } from './asking.ts';
import type { OpenRun } from './use-open-run.ts';
import { useRunCommands, type RunCommands } from './use-run-commands.ts';

interface Given {
  readonly detail: RunDetail;
  readonly open: OpenRun;
  readonly onAsk: (what: Asking) => void;
  readonly onOpen: (id: string) => void;
  readonly onTrace: (traceId: string) => void;
}

export interface RunActions {
  readonly commands: RunCommands;
  readonly refusals: Refusals;
  readonly pauseOrResume: () => void;
  readonly step: () => void;
  readonly answer: () => void;
  readonly more: readonly MenuItem[];
}

export function useRunActions({ detail, open, onAsk, onOpen, onTrace }: Given): RunActions {
  const { run, breakpoints } = detail;
  const toast = useToast();
  const commands = useRunCommands(run.id);
  const refusals = refusalsOf(open.status, open.steps);
  const canPause = refusals.pause === undefined;
  const section = 'Run';
  const pauseOrResume = (): void => void (canPause ? commands.pause() : commands.resume());
  const step = (): void => void commands.step();
  const answer = (): void => {
    open.setTab('questions');
    requestAnimationFrame(() =>
      document
        .querySelector<HTMLElement>(
          '[data-questions] :is(input, textarea, [role=checkbox], button):not([data-details] *, [aria-hidden])',
        )
        ?.focus(),
    );
  };
  const again = async (): Promise<void> => {
    const id = await commands.startAgain(run, detail.input);
    if (id !== undefined) onOpen(id);
  };
  const copyId = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(run.id);
      toast({ text: 'The run’s id is on the clipboard.' });
    } catch (error) {
      toast({ text: 'The id was not copied.', problem: problemOf(error) });
    }
  };
  useAction({
    id: 'run.pause',
    title: canPause ? 'Pause the run' : 'Go on with the run',
    section,
    keys: runKeys.pause,
    enabled: canPause || refusals.resume === undefined,
    run: pauseOrResume,
  });
  useAction({
    id: 'run.step',
    title: 'Make one step',
    section,
    keys: runKeys.step,
    enabled: refusals.step === undefined,
    run: step,
  });
  useAction({
    id: 'run.cancel',
    title: 'Cancel the run…',
    section,
    keys: runKeys.cancel,
    enabled: refusals.cancel === undefined,
    run: () => onAsk('cancel'),
  });
  useAction({
    id: 'run.fork',
    title: `Fork after step ${open.forkStep}…`,
    section,
    keys: runKeys.fork,
    enabled: refusals.fork === undefined,
    run: () => onAsk('fork'),
  });
  useAction({
    id: 'run.replay',
    title: 'Replay the run…',
    section,
    keys: runKeys.replay,
    enabled: refusals.replay === undefined,
    run: () => onAsk('replay'),
  });
  useAction({
    id: 'run.compare',
    title: 'Compare with another run…',
    section,
    keys: runKeys.compare,
    run: () => onAsk('compare'),
  });
  useAction({
    id: 'run.edit',
    title: 'Edit the state…',
    section,
    keys: runKeys.edit,
    enabled: refusals.edit === undefined,
    run: () => onAsk('edit'),
  });
  useAction({
    id: 'run.again',
    title: 'Start again with the same input and seed',
    section,
    run: () => void again(),
  });
  const node = open.graph.flow?.nodes.find(({ id }) => id === open.nodeId);
  useAction({
    id: 'run.breakpoint',
    title: `Stop before ${node?.name ?? 'the node'}, or no more`,
    section,
    keys: runKeys.breakpoint,
    enabled: node !== undefined && node.kind !== 'start' && node.kind !== 'end',
    run: () => {
      if (node !== undefined) void commands.setBreakpoints(toggled(breakpoints, node.name));
    },
  });
  useAction({
    id: 'run.answer',
    title: 'Answer what the run asks',
    section,
    keys: runKeys.answer,
    enabled: open.asked > 0,
    run: answer,
  });
  useAction({
    id: 'run.trace',
    title: 'Open the trace of the run',
    section,
    keys: runKeys.trace,
    enabled: run.traceId !== undefined,
    run: () => {
      if (run.traceId !== undefined) onTrace(run.traceId);
    },
  });
  const moving = { section, repeats: true, hidden: true, enabled: open.steps > 0 } as const;
  useAction({
    ...moving,
    id: 'run.step-next',
    title: 'Select the next step',
    keys: runKeys.nextStep,
    run: () => open.selectStep((open.stepIndex ?? -1) + 1),
  });
  useAction({
    ...moving,
    id: 'run.step-previous',
    title: 'Select the step before',
    keys: runKeys.previousStep,
    run: () => open.selectStep(Math.max(0, (open.stepIndex ?? 0) - 1)),
  });
  useTabActions(open);
  return {
    commands,
    refusals,
    pauseOrResume,
    step,
    answer,
    more: [
      {
        label: 'Edit the state…',
        icon: 'edit',
        keys: runKeys.edit,
        disabled: refusals.edit !== undefined,
        onSelect: () => onAsk('edit'),
      },
      { label: 'Start again with the same input and seed', icon: 'play', onSelect: () => void again() },
      { label: 'Copy the id', icon: 'copy', onSelect: () => void copyId() },
    ],
  };
}

function useTabActions({ setTab }: OpenRun): void {
  const section = 'Run: views';
  useAction({ id: 'run.tab-steps', title: 'Show the steps', section, keys: '1', run: () => setTab('steps') });
  useAction({ id: 'run.tab-output', title: 'Show the output', section, keys: '2', run: () => setTab('output') });
  useAction({ id: 'run.tab-journal', title: 'Show the journal', section, keys: '3', run: () => setTab('journal') });
  useAction({
    id: 'run.tab-questions',
    title: 'Show the questions',
    section,
    keys: '4',
    run: () => setTab('questions'),
  });
  useAction({ id: 'run.tab-problems', title: 'Show the problems', section, keys: '5', run: () => setTab('problems') });
}
