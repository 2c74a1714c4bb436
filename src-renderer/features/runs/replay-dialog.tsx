// Replays a run from its journal: all of it, or up to a step and then live.
import { useState, type JSX } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, TextInput } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import type { RunCommands } from './use-run-commands.ts';
import css from './fork-dialog.module.css';

export interface ReplayDialogProps {
  /** The last step there is, and the one that is selected. */
  readonly lastStep: number;
  readonly step: number;
  readonly commands: RunCommands;
  readonly onReplayed: (id: string) => void;
  readonly onClose: () => void;
}

export function ReplayDialog({ lastStep, step, commands, onReplayed, onClose }: ReplayDialogProps): JSX.Element {
  const [way, setWay] = useState<'all' | 'part'>('all');
  const [text, setText] = useState(String(step));
  const [busy, setBusy] = useState(false);
  const upTo = Number(text);
  const isGood = /^\d+$/.test(text.trim()) && upTo <= lastStep;
  const replay = async (): Promise<void> => {
    if (way === 'part' && !isGood) return;
    setBusy(true);
    const id = await commands.replay(way === 'part' ? upTo : undefined);
    setBusy(false);
    if (id !== undefined) onReplayed(id);
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="narrow"
      title="Replay the run"
      description="Models, tools and answers come from the journal, so nothing is done twice. Where the agent does something else, the replay says so and stops."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" icon="replay" busy={busy} onClick={() => void replay()}>
            Replay
          </Button>
        </>
      }
    >
      <form
        className={css.body}
        onSubmit={(event) => {
          event.preventDefault();
          void replay();
        }}
      >
        <Segmented
          label="How much"
          value={way}
          onChange={setWay}
          segments={[
            { value: 'all', label: 'All of it' },
            { value: 'part', label: 'Up to a step, then live' },
          ]}
        />
        {way === 'all' ? undefined : (
          <Field
            label="Step"
            help="From the step after, models and tools are asked again."
            {...(isGood ? {} : { error: `A whole number up to ${lastStep}.` })}
          >
            {(ids) => (
              <TextInput {...ids} inputMode="numeric" value={text} onChange={(event) => setText(event.target.value)} />
            )}
          </Field>
        )}
      </form>
    </Dialog>
  );
}
