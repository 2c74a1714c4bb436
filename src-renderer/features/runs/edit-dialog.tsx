// Edits the state of a paused run.
import { useQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import { useApi } from '../../lib/api.tsx';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { KeysEditor } from './keys-editor.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { editsOf, type KeyTexts } from './state-edits.ts';
import type { RunCommands } from './use-run-commands.ts';

export interface EditDialogProps {
  readonly runId: string;
  /** The last step of the run's own scope. */
  readonly step: number;
  readonly keys: readonly string[];
  readonly commands: RunCommands;
  readonly onClose: () => void;
}

export function EditDialog({ runId, step, keys, commands, onClose }: EditDialogProps): JSX.Element {
  const { query } = useApi();
  const state = useQuery({
    ...query.runs.state.queryOptions({ input: { id: runId, scope: '', step } }),
    // Edits before this one changed it without a step.
    refetchOnMount: 'always',
  });
  const [texts, setTexts] = useState<KeyTexts>(new Map());
  const [faults, setFaults] = useState<ReadonlyMap<string, string>>(new Map());
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();
  const now = state.isFetching ? undefined : state.data?.state;
  const save = async (): Promise<void> => {
    if (now === undefined) return;
    const edits = editsOf(now, texts);
    setFaults(edits.ok ? new Map() : edits.faults);
    if (!edits.ok) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await commands.edit(edits.set, edits.remove, now);
      onClose();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="wide"
      title="Edit the state"
      description="The run goes on with it when it is taken up again. The agent’s schemas must take it."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" busy={busy} disabled={texts.size === 0} onClick={() => void save()}>
            Save the state
          </Button>
        </>
      }
    >
      {state.error !== null ? (
        <ProblemNote title="The state cannot be read." problem={problemOf(state.error)} />
      ) : now === undefined ? (
        <SkeletonRows rows={4} height={36} label="The state is loading" />
      ) : (
        <KeysEditor state={now} keys={keys} texts={texts} faults={faults} onChange={setTexts} />
      )}
      {problem === undefined ? undefined : <ProblemNote title="The state was not changed." problem={problem} />}
    </Dialog>
  );
}
