// What a secret may be released to: what is on offer with one press, and each binding in words that can be changed.
import type { JSX } from 'react';
import { Button } from '../../ui/button.tsx';
import { Field, TextInput } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Select, type Option } from '../../ui/select.tsx';
import {
  bindingWords,
  faultsOf,
  mostBindings,
  offersFor,
  originOf,
  withBinding,
  withEmpty,
  type BindingDraft,
  type KnownProvider,
} from './binding-draft.ts';
import css from './binding-fields.module.css';

export interface BindingFieldsProps {
  /** Name of the secret as it stands: it may say what it is for. */
  readonly secret: string;
  readonly drafts: readonly BindingDraft[];
  readonly providers: readonly KnownProvider[];
  /** Faults are shown from the first try to save on. */
  readonly showFaults: boolean;
  readonly onChange: (drafts: readonly BindingDraft[]) => void;
}

const kinds: readonly Option<BindingDraft['kind']>[] = [
  { value: 'provider', label: 'Provider', detail: 'Only that provider of models, only at that host' },
  { value: 'host', label: 'Host', detail: 'Whoever asks, for requests to that host' },
  { value: 'tool', label: 'Tool', detail: 'That tool of an agent' },
];

export function BindingFields({ secret, drafts, providers, showFaults, onChange }: BindingFieldsProps): JSX.Element {
  const offers = offersFor(secret, providers, drafts);
  const isFull = drafts.length >= mostBindings;
  const change = (id: number, part: Partial<BindingDraft>): void =>
    onChange(drafts.map((draft) => (draft.id === id ? { ...draft, ...part } : draft)));
  return (
    <fieldset className={css.fields}>
      <legend className={css.legend}>Released only to</legend>
      {drafts.length === 0 ? undefined : (
        <ul className={css.drafts}>
          {drafts.map((draft) => (
            <DraftLine
              key={draft.id}
              draft={draft}
              showFaults={showFaults}
              onChange={(part) => change(draft.id, part)}
              onRemove={() => onChange(drafts.filter(({ id }) => id !== draft.id))}
            />
          ))}
        </ul>
      )}
      {showFaults && drafts.length === 0 ? (
        <p className={css.error} role="alert">
          Say what it may be used for: a secret that is bound to nothing is never released.
        </p>
      ) : undefined}
      <div className={css.offers}>
        {offers.map((offer) => (
          <Button
            key={bindingWords(offer)}
            icon="plus"
            disabled={isFull}
            onClick={() => onChange(withBinding(drafts, offer))}
          >
            {bindingWords(offer)}
          </Button>
        ))}
        <Button look="quiet" icon="plus" disabled={isFull} onClick={() => onChange(withEmpty(drafts, 'host'))}>
          {offers.length === 0 && drafts.length === 0 ? 'A provider, host or tool' : 'Another'}
        </Button>
      </div>
    </fieldset>
  );
}

function DraftLine({
  draft,
  showFaults,
  onChange,
  onRemove,
}: {
  readonly draft: BindingDraft;
  readonly showFaults: boolean;
  readonly onChange: (part: Partial<BindingDraft>) => void;
  readonly onRemove: () => void;
}): JSX.Element {
  const faults = showFaults ? faultsOf(draft) : {};
  const origin = draft.kind === 'tool' ? undefined : originOf(draft.origin);
  return (
    <li className={css.draft}>
      <Select label="Bound to" value={draft.kind} options={kinds} onChange={(kind) => onChange({ kind })} />
      {draft.kind === 'host' ? undefined : (
        <Field
          label={draft.kind === 'tool' ? 'Name of the tool' : 'Name of the provider'}
          hideLabel
          {...(faults.name === undefined ? {} : { error: faults.name })}
        >
          {(ids) => (
            <TextInput
              {...ids}
              placeholder={draft.kind === 'tool' ? 'web-search' : 'openai'}
              value={draft.name}
              onChange={(event) => onChange({ name: event.target.value })}
            />
          )}
        </Field>
      )}
      {draft.kind === 'tool' ? undefined : (
        <Field
          label="Address of the host"
          hideLabel
          {...(faults.origin === undefined ? {} : { error: faults.origin })}
          {...(origin?.ok === true && origin.isOpen
            ? { help: 'http:// sends the secret unencrypted over the network.' }
            : {})}
        >
          {(ids) => (
            <TextInput
              {...ids}
              placeholder="https://api.example.com"
              value={draft.origin}
              onChange={(event) => onChange({ origin: event.target.value })}
              onBlur={() => {
                if (origin?.ok === true && origin.origin !== draft.origin) onChange({ origin: origin.origin });
              }}
            />
          )}
        </Field>
      )}
      <IconButton icon="close" label="Remove this binding" onClick={onRemove} />
    </li>
  );
}
