// Begins an agent from a template: its name, and what it begins as.
import { useQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import { useApi } from '../../lib/api.tsx';
import { problemOf } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, TextInput } from '../../ui/field.tsx';
import { Select } from '../../ui/select.tsx';
import css from './fork-dialog.module.css';

export interface NewAgentDialogProps {
  readonly onMade: (file: string) => void;
  readonly onClose: () => void;
}

/** As the contract takes names. */
const namePattern = /^[a-z][a-z0-9-]{0,59}$/u;

export function NewAgentDialog({ onMade, onClose }: NewAgentDialogProps): JSX.Element {
  const { client, query } = useApi();
  const templates = useQuery(query.agents.templates.queryOptions());
  const [name, setName] = useState('');
  const [picked, setPicked] = useState<string>();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const template = picked ?? templates.data?.[0]?.name;
  const make = async (): Promise<void> => {
    if (busy || template === undefined) return;
    if (!namePattern.test(name)) {
      setError('Small letters, digits and hyphens, a letter first: mail-triage.');
      return;
    }
    setBusy(true);
    try {
      onMade((await client.agents.create({ name, template })).file);
    } catch (thrown) {
      setError(problemOf(thrown).sentence);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="narrow"
      title="New agent"
      description="A file in the folder agents, with what it needs of tools and models. Every template runs without a network."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" icon="plus" busy={busy} onClick={() => void make()}>
            Make
          </Button>
        </>
      }
    >
      <form
        className={css.body}
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <Field
          label="Name"
          help={`agents/${name === '' ? 'NAME' : name}.agent.ts`}
          {...(error === undefined ? {} : { error })}
        >
          {(ids) => (
            <TextInput
              {...ids}
              value={name}
              onChange={(event) => {
                setName(event.target.value);
                setError(undefined);
              }}
            />
          )}
        </Field>
        <Field
          label="Template"
          {...(templates.error === null
            ? {}
            : { error: `The templates cannot be listed: ${problemOf(templates.error).sentence}` })}
        >
          {({ id }) => (
            <Select
              id={id}
              value={template}
              onChange={setPicked}
              disabled={templates.data === undefined}
              options={(templates.data ?? []).map((one) => ({
                value: one.name,
                label: one.name,
                detail: one.summary,
              }))}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
