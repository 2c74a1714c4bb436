// Correcting the chosen side: its texts and tool-call arguments as fields; what is saved becomes new turns.
import type { Message } from '#contract/turn';
import { useMemo, useState, type JSX } from 'react';
import { ActionScope, useAction } from '../../lib/actions.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, TextArea } from '../../ui/field.tsx';
import { applyFields, editFields, type EditField } from './edit-fields.ts';
import styles from './edit-side.module.css';

export interface EditSideProps {
  /** A or B. */
  readonly name: string;
  readonly messages: readonly Message[];
  /** The side has been corrected already and can go back to how it came. */
  readonly edited: boolean;
  readonly onSave: (messages: readonly Message[]) => void;
  readonly onRevert: () => void;
  readonly onClose: () => void;
}

export function EditSide(props: EditSideProps): JSX.Element {
  const { name, messages, edited, onSave, onRevert, onClose } = props;
  const fields = useMemo(() => editFields(messages), [messages]);
  const [values, setValues] = useState<ReadonlyMap<string, string>>(
    () => new Map(fields.map((field) => [field.key, field.value])),
  );
  const [endAfter, setEndAfter] = useState<number>();
  const result = useMemo(() => applyFields(messages, values, endAfter), [messages, values, endAfter]);
  const errors = result.ok ? undefined : result.errors;
  const save = (): void => {
    if (!result.ok) return;
    if (result.changed) onSave(result.messages);
    onClose();
  };
  const groups = Map.groupBy(fields, (field) => field.message);
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      width="wide"
      title={`Edit ${name}, the chosen side`}
      description="What you write is chosen instead of it and becomes new turns. The recorded turns stay as they are."
      footer={
        <>
          {edited ? (
            <Button
              look="quiet"
              icon="undo"
              onClick={() => {
                onRevert();
                onClose();
              }}
            >
              Back to the recorded side
            </Button>
          ) : undefined}
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" keys="Mod+Enter" disabled={!result.ok} onClick={save}>
            Keep the edit
          </Button>
        </>
      }
    >
      <ActionScope>
        <SaveAction enabled={result.ok} run={save} />
        <div className={styles.fields}>
          {fields.length === 0 ? <p>This side has no message of the assistant to edit.</p> : undefined}
          {[...groups].map(([message, own], index) => (
            <fieldset key={message} className={styles.message} disabled={endAfter !== undefined && message > endAfter}>
              <legend className={styles.legend}>
                Message {index + 1} of {groups.size}
              </legend>
              {own.map((field) => (
                <FieldInput
                  key={field.key}
                  field={field}
                  value={values.get(field.key) ?? ''}
                  error={errors?.get(field.key)}
                  onChange={(value) => setValues(new Map(values).set(field.key, value))}
                />
              ))}
              {message < messages.length - 1 ? (
                <Button
                  look="quiet"
                  aria-pressed={endAfter === message}
                  onClick={() => setEndAfter(endAfter === message ? undefined : message)}
                >
                  {endAfter === message
                    ? 'Keep what follows'
                    : `End here: leave out the ${String(messages.length - 1 - message)} that follow`}
                </Button>
              ) : undefined}
            </fieldset>
          ))}
        </div>
      </ActionScope>
    </Dialog>
  );
}

function SaveAction({ enabled, run }: { readonly enabled: boolean; readonly run: () => void }): undefined {
  useAction({ id: 'prefer.keep-edit', title: 'Keep the edit', section: 'Prefer', keys: 'Mod+Enter', enabled, run });
}

const kindLabels: Readonly<Record<EditField['kind'], string>> = {
  text: 'Text',
  reasoning: 'Reasoning',
  arguments: 'Arguments',
};

function FieldInput({
  field,
  value,
  error,
  onChange,
}: {
  readonly field: EditField;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}): JSX.Element {
  const lines = value.split('\n').length + Math.floor(value.length / 100);
  return (
    <Field
      label={
        field.key.endsWith('/new')
          ? 'Text, none so far'
          : field.tool === undefined
            ? kindLabels[field.kind]
            : `Arguments of ${field.tool}, as JSON`
      }
      {...(error === undefined ? {} : { error })}
    >
      {(ids) => (
        <TextArea
          {...ids}
          className={field.kind === 'arguments' ? styles.mono : undefined}
          spellCheck={field.kind !== 'arguments'}
          rows={Math.min(16, Math.max(field.key.endsWith('/new') ? 1 : 2, lines))}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
