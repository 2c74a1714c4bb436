// The dialogs over an open run, one at a time.
import type { JSX } from 'react';
import type { RunDetail } from '#contract/run';
import { CancelDialog } from './cancel-dialog.tsx';
import { CompareDialog } from './compare-dialog.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { ForkDialog } from './fork-dialog.tsx';
import { ReplayDialog } from './replay-dialog.tsx';
import type { Asking } from './asking.ts';
import type { OpenRun } from './use-open-run.ts';
import type { RunCommands } from './use-run-commands.ts';

export interface RunDialogsProps {
  readonly asking: Asking | undefined;
  readonly detail: RunDetail;
  readonly open: OpenRun;
  readonly commands: RunCommands;
  readonly onOpen: (id: string) => void;
  readonly onCompare: (id: string) => void;
  readonly onClose: () => void;
}

export function RunDialogs(props: RunDialogsProps): JSX.Element | undefined {
  const { asking, detail, open, commands, onOpen, onCompare, onClose } = props;
  const { run } = detail;
  const { view } = open.feed;
  const keys = open.graph.graph?.keys.map(({ name }) => name) ?? [];
  const follow = (id: string): void => {
    onClose();
    onOpen(id);
  };
  switch (asking) {
    case undefined:
      return undefined;
    case 'cancel':
      return <CancelDialog onCancel={() => void commands.cancel()} onClose={onClose} />;
    case 'edit':
      return <EditDialog runId={run.id} step={view.step} keys={keys} commands={commands} onClose={onClose} />;
    case 'replay':
      return (
        <ReplayDialog
          lastStep={view.step}
          step={open.forkStep}
          commands={commands}
          onReplayed={follow}
          onClose={onClose}
        />
      );
    case 'compare':
      return <CompareDialog detail={detail} onPick={onCompare} onClose={onClose} />;
    case 'fork': {
      const start = `/${open.forkStep + 1}:`;
      const calls = view.calls.flatMap((key) => {
        const call = view.effects.get(key);
        return call?.message !== undefined && key.startsWith(start) ? [call] : [];
      });
      return (
        <ForkDialog runId={run.id} step={open.forkStep} keys={keys} calls={calls} onForked={follow} onClose={onClose} />
      );
    }
  }
}
