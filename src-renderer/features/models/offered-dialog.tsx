// What a provider says that it offers, to be taken over into its settings.
import { useQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import { useApi } from '../../lib/api.tsx';
import { counted } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextInput } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import css from './offered-dialog.module.css';
import { modelsOf } from './provider-draft.ts';

export interface OfferedDialogProps {
  readonly provider: string;
  /** What its settings name, one a line. */
  readonly chosen: string;
  readonly onTake: (models: readonly string[]) => void;
  readonly onClose: () => void;
}

const shownMost = 200;

export function OfferedDialog({ provider, chosen, onTake, onClose }: OfferedDialogProps): JSX.Element {
  const { query } = useApi();
  const [text, setText] = useState('');
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  // Asked for whenever the dialog opens: what is offered changes at the provider, and a question is a connection.
  const offered = useQuery(
    query.models.offered.queryOptions({ input: { provider }, meta: { live: false }, gcTime: 0, staleTime: 0 }),
  );
  const known = new Set(modelsOf(chosen));
  const wanted = text.trim().toLowerCase();
  const fitting = (offered.data ?? []).filter((model) => model.toLowerCase().includes(wanted));
  const toggle = (model: string, isOn: boolean): void => {
    const next = new Set(picked);
    if (isOn) next.add(model);
    else next.delete(model);
    setPicked(next);
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`What ${provider} offers`}
      description="Ticked models are added to its settings, which are not saved by that."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" icon="plus" disabled={picked.size === 0} onClick={() => onTake([...picked])}>
            {picked.size === 0 ? 'Take them over' : `Take ${counted(picked.size, 'model')} over`}
          </Button>
        </>
      }
    >
      <div className={css.body}>
        <TextInput
          type="search"
          icon="search"
          aria-label="Find a model"
          placeholder="Find a model"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {/* It scrolls, and nothing in it takes the focus. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <div className={css.list} role="region" aria-label="Offered models" tabIndex={0}>
          {offered.isFetching ? (
            <SkeletonRows rows={8} height={28} label="The provider is asked" />
          ) : offered.error !== null ? (
            <>
              <ProblemNote title="It could not be asked." problem={problemOf(offered.error)} />
              <Button icon="refresh" onClick={() => void offered.refetch()}>
                Try again
              </Button>
            </>
          ) : fitting.length === 0 ? (
            <p className={css.none}>{wanted === '' ? 'It offers no model.' : 'No model of this name.'}</p>
          ) : (
            <ul>
              {fitting.slice(0, shownMost).map((model) => (
                <li key={model} className={css.model}>
                  <Checkbox
                    checked={known.has(model) || picked.has(model)}
                    disabled={known.has(model)}
                    onChange={(isOn) => toggle(model, isOn)}
                  >
                    {model}
                  </Checkbox>
                  {known.has(model) ? <span className={css.note}>there already</span> : undefined}
                </li>
              ))}
              {fitting.length > shownMost ? (
                <li className={css.none}>
                  {counted(fitting.length - shownMost, 'more', 'more')}: write some of the name.
                </li>
              ) : undefined}
            </ul>
          )}
        </div>
      </div>
    </Dialog>
  );
}
