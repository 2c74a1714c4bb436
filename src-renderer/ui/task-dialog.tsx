// A dialog that asks for something and sends it, by its button or by Enter, and says in place what went wrong.
import { useId, type JSX } from 'react';
import type { ShownProblem } from '../lib/problem.ts';
import { Button } from './button.tsx';
import { Dialog, type DialogProps } from './dialog.tsx';
import type { IconName } from './icons.tsx';
import { ProblemNote } from './problem-note.tsx';
import css from './task-dialog.module.css';

export interface TaskDialogProps extends Pick<DialogProps, 'title' | 'description' | 'width' | 'children'> {
  /** The button that sends. */
  readonly send: {
    readonly label: string;
    readonly icon: IconName;
    readonly look?: 'main' | 'danger';
    readonly disabled?: boolean;
  };
  /** The button that does not. */
  readonly leave?: string;
  readonly busy: boolean;
  readonly problem: ShownProblem | undefined;
  /** What a problem means: "It was not added." */
  readonly failed: string;
  readonly onSend: () => void;
  readonly onClose: () => void;
}

export function TaskDialog(props: TaskDialogProps): JSX.Element {
  const { send, leave = 'Cancel', busy, problem, failed, onSend, onClose, children, ...shown } = props;
  const form = useId();
  return (
    <Dialog
      {...shown}
      open
      onOpenChange={onClose}
      footer={
        <>
          <Button onClick={onClose}>{leave}</Button>
          <Button
            look={send.look ?? 'main'}
            icon={send.icon}
            type="submit"
            form={form}
            busy={busy}
            disabled={send.disabled}
          >
            {send.label}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={css.form}
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          onSend();
        }}
      >
        {children}
        {problem === undefined ? undefined : <ProblemNote title={failed} problem={problem} />}
      </form>
    </Dialog>
  );
}
