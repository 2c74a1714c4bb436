// Another value for a secret: in the old one's place at once, or beside it until the old one is given up.
import { useRef, useState, type JSX } from 'react';
import type { SecretSummary } from '#contract/vault';
import { Segmented } from '../../ui/segmented.tsx';
import { TaskDialog } from '../../ui/task-dialog.tsx';
import { useVaultCall } from './use-vault.ts';
import { ValueField, type ValueFieldHandle } from './value-field.tsx';
import css from './vault-dialogs.module.css';

export interface ValueDialogProps {
  readonly secret: SecretSummary;
  readonly way: 'replace' | 'rotate';
  readonly onDone: (told: string) => void;
  readonly onClose: () => void;
}

const texts = {
  replace: {
    title: 'Replace the value of',
    about: 'The old value is gone at once. Calls under way keep it; every later one uses the new value.',
    label: 'New value',
    button: 'Replace',
    failed: 'The value was not replaced.',
    done: 'has a new value.',
  },
  rotate: {
    title: 'Rotate',
    about:
      'The new value waits beside the old one. The old one is used until it is refused or you say so, so nothing fails while the service switches over.',
    label: 'Next value',
    button: 'Begin rotation',
    failed: 'The rotation was not begun.',
    done: 'has two values until you finish the rotation.',
  },
} as const;

export function ValueDialog({ secret, way, onDone, onClose }: ValueDialogProps): JSX.Element {
  const value = useRef<ValueFieldHandle>(null);
  const { busy, problem, ask } = useVaultCall();
  const words = texts[way];
  const { name } = secret;
  const send = async (): Promise<void> => {
    const text = busy ? undefined : value.current?.take();
    if (text === undefined) return;
    const state = await ask((vault) => vault[way]({ name, value: text }));
    if (state === undefined) value.current?.putBack(text);
    else onDone(`${name} ${words.done}`);
  };
  return (
    <TaskDialog
      title={`${words.title} ${name}`}
      description={words.about}
      send={{ label: words.button, icon: way === 'rotate' ? 'rotate' : 'key' }}
      busy={busy}
      problem={problem}
      failed={words.failed}
      onSend={() => void send()}
      onClose={onClose}
    >
      <ValueField label={words.label} help="It is never shown again." handle={value} />
    </TaskDialog>
  );
}

/** Which of the two values stays. */
export function FinishDialog({ secret, onDone, onClose }: Omit<ValueDialogProps, 'way'>): JSX.Element {
  const [keep, setKeep] = useState<'next' | 'old'>('next');
  const { busy, problem, ask } = useVaultCall();
  const { name } = secret;
  const finish = async (): Promise<void> => {
    const state = await ask((vault) => vault.finishRotation({ name, keep }));
    if (state !== undefined) onDone(`${name} keeps its ${keep === 'next' ? 'new' : 'old'} value.`);
  };
  return (
    <TaskDialog
      width="narrow"
      title={`Finish the rotation of ${name}`}
      send={{ label: `Keep the ${keep === 'next' ? 'new' : 'old'} value`, icon: 'check' }}
      busy={busy}
      problem={problem}
      failed="The rotation goes on."
      onSend={() => void finish()}
      onClose={onClose}
    >
      <div className={css.choice}>
        <span className={css.label}>Value to keep</span>
        <Segmented
          label="Value to keep"
          value={keep}
          onChange={setKeep}
          segments={[
            { value: 'next', label: 'The new one' },
            { value: 'old', label: 'The old one' },
          ]}
        />
      </div>
      <p className={css.text}>
        {keep === 'next'
          ? 'The old value is dropped for good. Revoke it at the service as well.'
          : 'The new value is dropped for good, and the secret stays as it was before the rotation.'}
      </p>
    </TaskDialog>
  );
}
